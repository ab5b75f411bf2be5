"""D4, CNPG Postgres: do the databases answer, is there room, do replicas follow, and could one restore."""

from typing import Final

from dashboards.board import Board, Row
from dashboards.boards import postgres_safety
from dashboards.choices import choices
from dashboards.panels import from_above, from_below, lines, stat
from dashboards.promised import Promised, firing
from dashboards.scope import Scope

TITLE: Final = "CNPG Postgres"
_AT: Final = Scope.of("job", "instance", "namespace")
_DB: Final = _AT.also(datname="database")
_POD: Final = ("namespace", "pod")


def board(promised: Promised) -> Board:
    """The handbook's D4."""
    return Board(
        id="D4",
        uid="emberline-cnpg-postgres",
        title=TITLE,
        description="Connections, transactions and locks of every instance, replication, archiving and backups, and "
        "the poolers in front.",
        tags=("emberline", "platform", "database"),
        variables=choices(
            _DB, "cnpg_backends_total", "cnpg_pgbouncer_pools_cl_active", "kubelet_volume_stats_used_bytes"
        ),
        rows=(_glance(), _connections(), _work(), *postgres_safety.rows()),
        alerts=firing("platform"),
        links=promised.details("platform"),
    )


def _glance() -> Row:
    used = _AT.level("cnpg_backends_total", *_POD)
    limit = _AT.level('cnpg_pg_settings_setting{name="max_connections"}', *_POD, reduce="max")
    return Row(
        "Do the databases answer?",
        (
            stat(
                "Instances answering",
                "Fewer than you have: see which of them is missing.",
                _AT.level("cnpg_collector_up"),
                steady="a state",
            ),
            stat(
                "Connections in use",
                "The fullest instance. At 100 % nobody gets in, not even you.",
                used.per(limit, "percentunit").reduced("max"),
                marks=from_above(0.8, 0.9),
            ),
            stat(
                "Longest transaction",
                "An old transaction holds locks and keeps vacuum from working.",
                _AT.level("cnpg_backends_max_tx_duration_seconds", reduce="max"),
                marks=from_above(300, 3600),
            ),
            stat(
                "Replication lag",
                "The replica that is farthest behind: what a failover would lose or wait for.",
                _AT.level("cnpg_pg_replication_lag", reduce="max"),
                marks=from_above(10, 60),
            ),
            stat(
                "Waiting for a lock",
                "Connections that stand still because of another.",
                _AT.level("cnpg_backends_waiting_total"),
                marks=from_above(1, 10),
            ),
            stat(
                "Oldest usable backup",
                "Age of the last backup, of the database where it is oldest.",
                _AT.age("cnpg_collector_last_available_backup_timestamp", *_POD).reduced("max"),
                marks=from_above(93_600, 180_000),
            ),
        ),
    )


def _connections() -> Row:
    used = _AT.level("cnpg_backends_total", *_POD)
    limit = _AT.level('cnpg_pg_settings_setting{name="max_connections"}', *_POD, reduce="max")
    return Row(
        "Who is connected, and what do they wait for?",
        (
            lines(
                "Connections by state",
                "Idle in transaction is an application that forgets to commit.",
                _DB.level("cnpg_backends_total", "state"),
                stacked=True,
                width=8,
            ),
            lines(
                "Connections against the limit",
                "By instance. Poolers keep it flat.",
                used.per(limit, "percentunit"),
                width=8,
                maximum=1,
                marks=from_above(0.8, 0.9),
            ),
            lines(
                "Waiting for a lock by instance",
                "By instance.",
                _AT.level("cnpg_backends_waiting_total", *_POD),
                width=8,
            ),
            lines(
                "Oldest transaction by database",
                "Find it in pg_stat_activity.",
                _DB.level("cnpg_backends_max_tx_duration_seconds", "datname", reduce="max"),
                width=8,
            ),
            lines(
                "Deadlocks by database",
                "Each has killed a transaction.",
                _DB.rate("cnpg_pg_stat_database_deadlocks", "datname"),
                width=8,
            ),
            lines(
                "Age of transaction ids",
                "At 200 million vacuum gets aggressive, at two thousand million the database stops.",
                _DB.level("cnpg_pg_database_xid_age", "datname", reduce="max"),
                width=8,
                marks=from_above(2e8, 1e9),
            ),
        ),
    )


def _work() -> Row:
    hit, read = (_DB.rate(f"cnpg_pg_stat_database_blks_{end}", "datname") for end in ("hit", "read"))
    undone = _DB.rate("cnpg_pg_stat_database_xact_rollback", "datname")
    rows = (
        _DB.rate(f"cnpg_pg_stat_database_tup_{what}").named(what)
        for what in ("returned", "fetched", "inserted", "updated", "deleted")
    )
    return Row(
        "What work do they do?",
        (
            lines(
                "Commits by database", "The load.", _DB.rate("cnpg_pg_stat_database_xact_commit", "datname"), width=8
            ),
            lines(
                "Share of rollbacks",
                "Errors of applications, or deadlocks.",
                undone / (undone + _DB.rate("cnpg_pg_stat_database_xact_commit", "datname")),
                width=8,
                marks=from_above(0.05, 0.2),
            ),
            lines("Rows", "Many returned for few fetched: a scan where an index is missing.", *rows, width=8),
            lines(
                "Cache hits",
                "Share of blocks found in memory. Below 99 % for long: more memory, or a scan.",
                hit / (hit + read),
                width=8,
                maximum=1,
                marks=from_below(0.9, 0.99),
            ),
            lines(
                "Spilled to temporary files",
                "Sorts and hashes that did not fit into work_mem.",
                _DB.rate("cnpg_pg_stat_database_temp_bytes", "datname"),
                width=8,
            ),
            lines(
                "Checkpoints",
                "Asked for more often than timed: raise max_wal_size.",
                _AT.rate("cnpg_pg_stat_bgwriter_checkpoints_timed").named("timed"),
                _AT.rate("cnpg_pg_stat_bgwriter_checkpoints_req").named("asked for"),
                width=8,
            ),
        ),
    )
