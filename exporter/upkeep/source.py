"""The jobs of Milvus' maintenance, watched."""

import asyncio
import time
from collections.abc import Callable, Iterator
from itertools import chain

from exporter.kubernetes import followed
from exporter.kubernetes.api import ApiServer
from exporter.kubernetes.objects import within
from exporter.kubernetes.watch import Feed, Watch
from exporter.metric import Point
from exporter.targets.milvus import maintenance
from exporter.targets.milvus.maintenance import Task
from exporter.upkeep.jobs import Job, latest, read_backup, read_cronjob


class Upkeep:
    """Who keeps Milvus in shape, and when that last worked; `chance` gives numbers from 0 to 1 that spread retries."""

    def __init__(
        self,
        server: ApiServer,
        chance: Callable[[], float],
        namespace: str | None = None,
        first: float = 1.0,
    ) -> None:
        feeds = (
            Feed("cronjobs", (f"/apis/batch/v1{within(namespace)}/cronjobs",), "", read_cronjob),
            Feed("backups", ("/apis/velero.io/v1/backups",), "", read_backup),
        )
        self._watches: tuple[Watch[Job], ...] = tuple(Watch(server, feed, chance, first) for feed in feeds)

    async def run(self) -> None:
        """Follow them until cancelled."""
        async with asyncio.TaskGroup() as group:
            for watch in self._watches:
                group.create_task(watch.run())

    def pending(self) -> tuple[str, ...]:
        """What was neither heard nor failed yet."""
        return tuple(chain.from_iterable(map(followed.pending, self._watches)))

    @property
    def version(self) -> tuple[int, ...]:
        """Differs from what it was once `points` says something new."""
        return tuple(watch.version for watch in self._watches)

    def points(self, at: float) -> Iterator[Point]:
        """The age of each task, by the job or schedule that runs it; `at` is in monotonic seconds."""
        for watch in self._watches:
            yield from followed.points(watch, at)
        jobs = chain.from_iterable((watch.objects or {}).values() for watch in self._watches)
        for (task, namespace, name), runs in sorted(latest(jobs).items()):
            source = "velero" if task is Task.BACKUP else "cronjob"
            labels = (("namespace", namespace), ("name", name))
            yield from maintenance.points(task, source, runs, labels, time.time())
