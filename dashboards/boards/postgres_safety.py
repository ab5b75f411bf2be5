"""The rows of D4 on replicas, backups and poolers."""

from typing import Final

from dashboards.board import Row
from dashboards.panels import from_above, from_below, lines, table
from dashboards.scope import Scope

_AT: Final = Scope.of("job", "instance", "namespace")
_DB: Final = _AT.also(datname="database")
_POD: Final = ("namespace", "pod")


def rows() -> tuple[Row, Row, Row]:
    """Replicas, room and backups, poolers."""
    return _replicas(), _restore(), _pooler()


def _replicas() -> Row:
    """Whether replicas follow."""
    lag = (
        _AT.level(f"cnpg_pg_stat_replication_{step}_lag_seconds", reduce="max").named(step)
        for step in ("write", "flush", "replay")
    )
    return Row(
        "Do replicas follow?",
        (
            lines(
                "Lag by instance",
                "What a failover to this replica would lose or wait for.",
                _AT.level("cnpg_pg_replication_lag", *_POD, reduce="max"),
                width=8,
                marks=from_above(10, 60),
            ),
            lines(
                "Lag by step",
                "Write grows: the network. Flush: the replica's disk. Replay: its processor, or a "
                "query that it waits for.",
                *lag,
                width=8,
            ),
            lines(
                "Streaming replicas",
                "Below what the cluster should have: no failover is safe.",
                _AT.level("cnpg_pg_replication_streaming_replicas", *_POD),
                width=8,
                marks=from_below(1, 2),
                steady="a state",
            ),
        ),
    )


def _restore() -> Row:
    """Whether there is room, and whether one could restore."""
    volume = ("namespace", "persistentvolumeclaim")
    return Row(
        "Is there room, and could one restore?",
        (
            lines(
                "Size by database",
                "Plan the volume before it is needed.",
                _DB.level("cnpg_pg_database_size_bytes", "datname", reduce="max"),
                width=6,
            ),
            lines(
                "Volumes",
                "A full volume stops the database.",
                _AT.level("kubelet_volume_stats_used_bytes", *volume).per(
                    _AT.level("kubelet_volume_stats_capacity_bytes", *volume), "percentunit"
                ),
                width=6,
                maximum=1,
                marks=from_above(0.8, 0.9),
            ),
            lines(
                "Since the last archived segment",
                "More than minutes under load: archiving stands still, and the log fills the volume.",
                _AT.level("cnpg_pg_stat_archiver_seconds_since_last_archival", *_POD, reduce="max"),
                width=6,
                marks=from_above(600, 3600),
            ),
            lines(
                "Segments that failed to be archived",
                "Zero is the usual; the log of the instance says why.",
                _AT.rate("cnpg_pg_stat_archiver_failed_count", *_POD),
                width=6,
            ),
            lines(
                "Log segments by archive status",
                "`ready` that grows: the archive is slower than the log.",
                _AT.level("cnpg_collector_pg_wal_archive_status", "value"),
                width=6,
            ),
            lines(
                "Write-ahead log on disk",
                "It shrinks after checkpoints, unless a slot holds it.",
                _AT.level('cnpg_collector_pg_wal{value="size"}', *_POD),
                width=6,
            ),
            table(
                "Backups",
                "How old the last one is, and how far back one can go.",
                _POD,
                _AT.age("cnpg_collector_last_available_backup_timestamp", *_POD).column(
                    "Last backup", from_above(93_600, 180_000).steps
                ),
                _AT.age("cnpg_collector_first_recoverability_point", *_POD).column("Can go back"),
                width=12,
            ),
        ),
    )


def _pooler() -> Row:
    """Whether the poolers keep up."""
    of = ("database", "user")
    return Row(
        "Do the poolers keep up?",
        (
            lines(
                "Clients that wait",
                "Above zero for long: DatabaseConnectionExhausted.",
                _AT.level("cnpg_pgbouncer_pools_cl_waiting", *of),
                width=8,
                marks=from_above(1, 10),
            ),
            lines(
                "Longest wait",
                "How long the first in the queue has waited.",
                _AT.level("cnpg_pgbouncer_pools_maxwait", *of, reduce="max"),
                width=8,
                marks=from_above(1, 5),
            ),
            lines(
                "Connections",
                "Server connections in use at the pool's size: it is the bottleneck.",
                _AT.level("cnpg_pgbouncer_pools_cl_active").named("clients"),
                _AT.level("cnpg_pgbouncer_pools_sv_active").named("server, in use"),
                _AT.level("cnpg_pgbouncer_pools_sv_idle").named("server, idle"),
                width=8,
            ),
        ),
    )
