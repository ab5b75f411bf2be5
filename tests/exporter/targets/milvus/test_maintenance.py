"""How old maintenance is, hour by hour, from counts alone; and the handbook's schedule beside our promises."""

from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from exporter.targets.judge import HEALTH
from exporter.targets.milvus.healthz import Healthz
from exporter.targets.milvus.judge import MilvusJudge
from exporter.targets.milvus.maintenance import SCHEDULE, Task, first_look
from exporter.targets.milvus.storage import Storage
from exporter.targets.target import Target
from tests.exporter.targets.milvus.test_storage import storage

CATALOG = Path(__file__).resolve().parents[4] / "slo" / "catalog" / "promises.yaml"
PROMISED = {row["id"]: row["promised"].split(",")[0] for row in yaml.safe_load(CATALOG.read_text())["promises"]}
HOUR = 3600.0
TARGET = Target("milvus", "t", "http://t:9091", "http://t:19530", 5, 3)


@dataclass
class Clock:
    now: float

    def __call__(self) -> float:
        return self.now


def told(judge: MilvusJudge) -> dict[str, float]:
    """The points by the rest of their name and the task."""
    return {
        f"{dict(point.labels)['task']} {point.metric.name.removeprefix('emberline_milvus_maintenance_')}": point.value
        for point in judge.points((), 0)
    }


def test_the_captured_server_builds_an_index_and_its_age_grows_from_there() -> None:
    clock = Clock(storage("cold_metrics").started or 0)
    judge = MilvusJudge(TARGET, clock)
    for page in ("during_load_02", "during_load_05"):
        clock.now += 5
        judge.learn("metrics", storage(page), 0, 0)
    clock.now += 2 * HOUR
    judge.learn("metrics", storage("after_load_metrics"), 0, 0)
    found = told(judge)
    assert found["index_build age_seconds"] == 2 * HOUR
    assert found["index_build last_timestamp_seconds"] == clock.now - 2 * HOUR
    assert found["index_build overdue"] == 0
    clock.now += 7 * 24 * HOUR
    assert told(judge)["index_build overdue"] == 1


def test_what_was_never_seen_has_an_age_of_at_least_as_long_as_it_was_watched() -> None:
    page = storage("after_load_metrics")
    clock = Clock((page.started or 0) + 1000 * HOUR)
    judge = MilvusJudge(TARGET, clock)
    judge.learn("metrics", page, 0, 0)
    clock.now += HOUR
    found = told(judge)
    assert found["index_build age_seconds"] == HOUR, "it has run, and nobody knows when"
    assert "index_build overdue" not in found
    assert "index_build last_timestamp_seconds" not in found
    assert found["compaction age_seconds"] == 1001 * HOUR, "the process has never run it"
    assert found["compaction overdue"] == 1


def test_a_restarted_server_counts_from_nothing_and_what_was_seen_before_stays_known() -> None:
    clock = Clock(1e9)
    judge = MilvusJudge(TARGET, clock)
    for count in (3.0, 4.0, 0.0):
        clock.now += HOUR
        judge.learn("metrics", Storage(None, ((Task.COMPACTION, count),)), 0, 0)
    assert told(judge)["compaction age_seconds"] == HOUR
    judge.learn("metrics", Storage(None, ((Task.COMPACTION, 1.0),)), 0, 0)
    assert told(judge)["compaction age_seconds"] == 0


def test_a_server_that_moved_is_scraped_where_it_was_found() -> None:
    judge = MilvusJudge(TARGET)
    assert next(judge.scripts()["metrics"]()).url == "http://t:9091/metrics"
    judge.learn(HEALTH, Healthz((), None, "http://t:9092"), 0, 0)
    assert next(judge.scripts()["metrics"]()).url == "http://t:9092/metrics"
    assert next(judge.scripts()[HEALTH]()).url == "http://t:9092/healthz"


@given(st.lists(st.tuples(st.floats(0, 1e6), st.integers(0, 3)), min_size=1, max_size=12))
def test_an_age_is_never_more_than_the_truth(looks: list[tuple[float, int]]) -> None:
    """Runs happen just before a look; the process started at 0 and has run once already."""
    at, count, truth = 0.0, 1.0, 0.0
    runs = first_look(count, at, 0.0)
    for wait, ran in looks:
        at += wait
        count += ran
        truth = at if ran else truth
        runs = runs.then(count, at)
        assert runs.age(at) <= at - truth
        assert (runs.last is None) is (count == 1)


@pytest.mark.parametrize(
    ("row", "task", "word"),
    [
        ("M4", Task.INDEX, "weekly"),
        ("M5", Task.COMPACTION, "daily"),
        ("M6", Task.BACKUP, "daily"),
        ("M7", Task.STATISTICS, "hourly"),
    ],
)
def test_the_schedule_is_the_handbooks(row: str, task: Task, word: str) -> None:
    assert SCHEDULE[task] == {"weekly": 168 * HOUR, "daily": 24 * HOUR, "hourly": HOUR}[word]
    assert PROMISED[row] == word
