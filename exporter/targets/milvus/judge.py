"""One Milvus server: its probes."""

from collections.abc import Callable, Iterator, Mapping
from functools import partial

from exporter.metric import Point
from exporter.targets.answer import Script, Verdict
from exporter.targets.judge import HEALTH
from exporter.targets.milvus.collections import collections
from exporter.targets.milvus.healthz import health, metrics
from exporter.targets.target import Target
from native.exposition import Labels


class MilvusJudge:
    """What is known of one server."""

    def __init__(self, target: Target) -> None:
        self._target = target

    def scripts(self) -> Mapping[str, Callable[[], Script]]:
        """The endpoints."""
        return {
            HEALTH: partial(health, self._target.url),
            "metrics": partial(metrics, self._target.url),
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
        """Nothing yet."""

    def points(self, target: Labels, now: float) -> Iterator[Point]:
        """Nothing yet."""
        del target, now
        return iter(())
