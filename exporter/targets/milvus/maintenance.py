"""How old Milvus' maintenance is (M4 to M7), from what is seen of it, against the handbook's schedule.

A metrics page has counts and no times: when a task last ran is known only if its count rose while we looked. Until then
there is a lower bound: the process has not run it since it started, or we have not seen it run since we look.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from exporter.metric import Point
from exporter.targets import catalog
from native.exposition import Labels


class Task(StrEnum):
    """What the handbook wants done again and again."""

    INDEX = "index_build"
    COMPACTION = "compaction"
    BACKUP = "backup"
    STATISTICS = "statistics"


SCHEDULE: Final = {Task.INDEX: 604_800.0, Task.COMPACTION: 86_400.0, Task.BACKUP: 86_400.0, Task.STATISTICS: 3_600.0}
"""Seconds between two runs: weekly, daily, daily, hourly."""


@dataclass(frozen=True, slots=True)
class Runs:
    """The runs of one task: Unix times of the last one seen, and since when none has been for certain if none was."""

    last: float | None
    quiet_since: float
    count: float = 0.0

    def then(self, count: float, at: float) -> "Runs":
        """What is known after one more look; a count that fell belongs to a new process."""
        ran = count > (self.count if count >= self.count else 0)
        return replace(self, count=count, last=at if ran else self.last)

    def age(self, now: float) -> float:
        """Seconds since the last run, or at least so many."""
        return max(0.0, now - (self.quiet_since if self.last is None else self.last))


def first_look(count: float, at: float, started: float | None) -> Runs:
    """What one page tells: a process that has counted none has run none since it started."""
    since = started if count == 0 and started is not None and started < at else at
    return Runs(None, since, count)


def points(task: Task, source: str, runs: Runs, target: Labels, now: float) -> Iterator[Point]:
    """Age, time of the last run if it is known, and whether it is overdue if that is known."""
    labels = (*target, ("task", task), ("source", source))
    age = runs.age(now)
    yield catalog.MILVUS_MAINTENANCE_AGE.at(labels, age)
    if runs.last is not None:
        yield catalog.MILVUS_MAINTENANCE_LAST.at(labels, runs.last)
    if runs.last is not None or age > SCHEDULE[task]:
        yield catalog.MILVUS_MAINTENANCE_OVERDUE.at(labels, age > SCHEDULE[task])
