"""A CloudNativePG cluster of two instances, and its pooler."""

from collections.abc import Iterator

from emberline.demo.component import Component, Metric, Terms, assemble
from emberline.demo.driver import One
from emberline.demo.estate.draw import Draw
from emberline.demo.metrics import gauge, labelled
from emberline.demo.script import Script
from native.exposition import Labels

_DATABASES = ("keycloak", "app")
_STATES = {"active": 6.0, "idle": 22.0, "idle in transaction": 1.6}


def components(script: Script) -> Iterator[Component]:
    """A primary, a replica and a pooler."""
    for number in (1, 2):
        pod = f"pg-main-{number}"
        one = _Instance(Draw(script, pod), labelled(namespace="platform", pod=pod), number == 1)
        yield assemble("cnpg", f"{pod}.platform:9187", tuple(one.metrics()))
    yield assemble("cnpg-pooler", "pg-pooler.platform:9127", tuple(_pooler(Draw(script, "pooler"))))


class _Instance:
    """One server; the replica is behind by less than a second."""

    def __init__(self, draw: Draw, where: Labels, primary: bool) -> None:  # noqa: FBT001
        self.draw, self.where, self.primary = draw, where, primary

    def metrics(self) -> Iterator[Metric]:
        yield from self._states()
        yield from self._work()
        yield from self._archive()

    def _level(self, name: str, level: float, *, whole: bool = False, **labels: str) -> Metric:
        return self.draw.levels(name, "", {(*labelled(**labels), *self.where): level}, whole=whole)

    def _by_database(self, name: str, rate: float) -> Metric:
        rates = {(("datname", database), *self.where): rate for database in _DATABASES}
        return self.draw.counters(name, "", rates)

    def _states(self) -> Iterator[Metric]:
        yield self.draw.states("cnpg_collector_up", "1 if PostgreSQL is up, 0 otherwise.", {self.where: 1})
        yield self.draw.levels(
            "cnpg_backends_total",
            "Number of backends",
            {
                (*labelled(application_name="app", datname=database, state=state, usename="app"), *self.where): count
                for database in _DATABASES
                for state, count in _STATES.items()
            },
            whole=True,
        )
        yield self._level("cnpg_backends_waiting_total", 1.3)
        yield self._level(
            "cnpg_backends_max_tx_duration_seconds",
            4.2,
            application_name="app",
            datname="app",
            state="active",
            usename="app",
        )
        settings = {(("name", "max_connections"), *self.where): 200.0}
        yield self.draw.states("cnpg_pg_settings_setting", "Setting value", settings)
        yield self._level("cnpg_pg_replication_lag", 0.02 if self.primary else 0.4)
        replicas = {self.where: float(self.primary)}
        yield self.draw.states("cnpg_pg_replication_streaming_replicas", "Number of streaming replicas", replicas)
        for step, lag in (("write", 0.002), ("flush", 0.004), ("replay", 0.006)):
            name = f"cnpg_pg_stat_replication_{step}_lag_seconds"
            yield self._level(name, lag, application_name="pg-main-2")

    def _work(self) -> Iterator[Metric]:
        rates = {
            "xact_commit": 60.0, "xact_rollback": 0.4, "blks_hit": 9000.0, "blks_read": 22.0, "tup_fetched": 4000.0,
            "tup_returned": 21000.0, "tup_inserted": 30.0, "tup_updated": 18.0, "tup_deleted": 2.0, "deadlocks": 0.01,
        }  # fmt: skip
        for what, rate in rates.items():
            yield self._by_database(f"cnpg_pg_stat_database_{what}", rate)
        spilled = {(("datname", database), *self.where): 0.2 for database in _DATABASES}
        yield self.draw.amounts("cnpg_pg_stat_database_temp_bytes", "", spilled, 1e6)
        sizes = {(("datname", database), *self.where): 12e9 for database in _DATABASES}
        yield self.draw.levels("cnpg_pg_database_size_bytes", "", sizes, whole=True)
        ages = {(("datname", database), *self.where): 41e6 for database in _DATABASES}
        yield self.draw.levels("cnpg_pg_database_xid_age", "", ages, whole=True)

    def _archive(self) -> Iterator[Metric]:
        for what, rate in (("checkpoints_timed", 0.04), ("checkpoints_req", 0.02)):
            yield self.draw.counters(f"cnpg_pg_stat_bgwriter_{what}", "", {self.where: rate})
        yield self._level("cnpg_collector_pg_wal", 1.6e9, whole=True, value="size")
        yield self._level("cnpg_collector_pg_wal_archive_status", 3.4, value="ready")
        yield self.draw.counters("cnpg_pg_stat_archiver_failed_count", "", {self.where: 0.01})
        yield self._level("cnpg_pg_stat_archiver_seconds_since_last_archival", 42)
        now = self.draw.script.now_ms // 1000
        for name, ago in (("last_available_backup_timestamp", 30_000), ("first_recoverability_point", 2_500_000)):
            moment: Terms = ((One(), float(now - ago)),)
            yield gauge(f"cnpg_collector_{name}", "", {self.where: moment})


def _pooler(draw: Draw) -> Iterator[Metric]:
    levels = {"cl_waiting": 0.8, "cl_active": 34.0, "sv_active": 12.0, "sv_idle": 8.0, "maxwait": 0.2}
    where = labelled(database="app", namespace="platform", pod="pg-pooler-0", user="app")
    for what, level in levels.items():
        yield draw.levels(f"cnpg_pgbouncer_pools_{what}", "", {where: level})
