"""InferenceServices, watched."""

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Final

from exporter.kserve import catalog
from exporter.kserve.service import InferenceService, read_service
from exporter.kubernetes import followed
from exporter.kubernetes.api import ApiServer
from exporter.kubernetes.objects import within
from exporter.kubernetes.watch import Feed, Watch
from exporter.metric import Point

RESOURCE: Final = "inferenceservices"


def feed(namespace: str | None = None) -> Feed[InferenceService]:
    """What is watched: one namespace, or all of them."""
    return Feed(RESOURCE, (f"/apis/serving.kserve.io/v1beta1{within(namespace)}/{RESOURCE}",), "", read_service)


class KServe:
    """The InferenceServices of a cluster or a namespace; `chance` gives numbers from 0 to 1 that spread retries."""

    def __init__(
        self, server: ApiServer, chance: Callable[[], float], namespace: str | None = None, first: float = 1.0
    ) -> None:
        self._watch = Watch(server, feed(namespace), chance, first)

    async def run(self) -> None:
        """Follow them until cancelled."""
        await self._watch.run()

    def pending(self) -> tuple[str, ...]:
        """What was neither heard nor failed yet."""
        return followed.pending(self._watch)

    @property
    def version(self) -> int:
        """Differs from what it was once `points` says something new."""
        return self._watch.version

    def points(self, at: float) -> Iterator[Point]:
        """All that is held, with its age at `at` (monotonic seconds); nothing of the services before the first list."""
        yield from followed.points(self._watch, at)
        held = self._watch.objects
        if held is None:
            return
        services = {(one.namespace, one.name): one for one in held.values()}
        for namespace, count in sorted(Counter(namespace for namespace, _ in services).items()):
            yield catalog.SERVICES.at((("namespace", namespace),), count)
        for _, service in sorted(services.items(), key=lambda one: one[0]):
            yield from service.points()
