"""One Milvus server: its probes, where its management port is, and how old its maintenance."""

import logging
import time
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Final

from exporter.metric import Point
from exporter.targets.answer import Script, Verdict
from exporter.targets.judge import HEALTH
from exporter.targets.milvus import maintenance
from exporter.targets.milvus.collections import collections
from exporter.targets.milvus.healthz import Healthz, health, places
from exporter.targets.milvus.maintenance import Runs, Task
from exporter.targets.milvus.storage import Storage, metrics
from exporter.targets.target import Target
from native.exposition import Exposition, Labels

_LOG: Final = logging.getLogger(__name__)


class MilvusJudge:
    """What is known of one server."""

    def __init__(self, target: Target, unix: Callable[[], float] = time.time) -> None:
        self._target = target
        self._unix = unix
        self._places = places(target.url) if target.moves else (target.url,)
        self._runs: dict[Task, Runs] = {}
        self._shown: Exposition | None = None

    def scripts(self) -> Mapping[str, Callable[[], Script]]:
        """The endpoints."""
        return {
            HEALTH: lambda: health(self._places),
            "metrics": lambda: metrics(self._places[0], self._shown),
            "collections": partial(collections, self._target.rest_url),
        }

    def deadline(self, endpoint: str) -> float:
        """The target's, for each."""
        del endpoint
        return self._target.timeout

    def due(self, endpoint: str, now: float) -> bool:
        """At each turn."""
        del endpoint, now
        return True

    def learn(self, endpoint: str, verdict: Verdict, began: float, ended: float) -> None:
        """Remember where the server is, and what it has done since the last look."""
        del endpoint, began, ended
        if isinstance(verdict, Healthz):
            self._found(verdict.url)
        elif isinstance(verdict, Storage):
            self._shown = verdict.page
            at = self._unix()
            for task, count in verdict.runs:
                known = self._runs.get(task)
                looked = maintenance.first_look(count, at, verdict.started) if known is None else known.then(count, at)
                self._runs[task] = looked

    def points(self, target: Labels, now: float) -> Iterator[Point]:
        """The age of each task that the page counts."""
        del now
        for task, runs in self._runs.items():
            yield from maintenance.points(task, "page", runs, target, self._unix())

    def _found(self, url: str) -> None:
        if url != self._places[0]:
            _LOG.warning("target %s: the management port has moved to %s", self._target.name, url)
            self._places = (url, *(place for place in self._places if place != url))
