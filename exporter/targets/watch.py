"""One configured target: its probes on their schedule, and what they last found out."""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Final

import httpx

from exporter.metric import Point
from exporter.targets import catalog, milvus, vllm
from exporter.targets.answer import Failed, Reason, Script
from exporter.targets.collections import collections
from exporter.targets.credentials import read_credentials
from exporter.targets.fetch import run
from exporter.targets.observation import Observation, Reading
from exporter.targets.target import Target

_LOG: Final = logging.getLogger(__name__)
_HEALTH: Final = "health"


def scripts(target: Target) -> Mapping[str, Callable[[], Script]]:
    """The probes of a target by endpoint; the one named `health` decides whether the target is up."""
    if target.kind == "vllm":
        return {
            _HEALTH: partial(vllm.health, target.url),
            "models": partial(vllm.models, target.url),
            "metrics": partial(vllm.metrics, target.url),
        }
    return {
        _HEALTH: partial(milvus.health, target.url),
        "metrics": partial(milvus.metrics, target.url),
        "collections": partial(collections, target.rest_url),
    }


class Watch:
    """A target under observation; every endpoint has a task of its own, so that none waits for another."""

    def __init__(self, target: Target, client: httpx.AsyncBaseTransport) -> None:
        self.target = target
        self._client = client
        self._scripts = scripts(target)
        self._held: dict[str, Observation] = {}
        self._readings = 0
        self._failures = Counter(dict.fromkeys(Reason, 0))

    async def run(self) -> None:
        """Probe until cancelled."""
        async with asyncio.TaskGroup() as group:
            for endpoint in self._scripts:
                group.create_task(self._keep(endpoint))

    def pending(self) -> tuple[str, ...]:
        """The endpoints that no probe has finished yet."""
        return tuple(endpoint for endpoint in self._scripts if endpoint not in self._held)

    @property
    def version(self) -> int:
        """Grows whenever `points` says something new."""
        return self._readings

    def points(self) -> Iterator[Point]:
        """What is held now. What the other endpoints say counts only while health holds: they repeat old values."""
        labels = (("target", self.target.name), ("kind", self.target.kind))
        health = self._held.get(_HEALTH)
        if health is not None:
            yield catalog.UP.at(labels, health.current.up)
        for endpoint, held in self._held.items():
            where = (*labels, ("endpoint", endpoint))
            yield catalog.ENDPOINT_UP.at(where, held.current.up)
            yield catalog.DURATION.at(where, held.current.duration)
            if held.last_success is not None:
                yield catalog.LAST_SUCCESS.at(where, held.last_success)
            if endpoint == _HEALTH or (health is not None and health.current.up):
                yield from held.current.points
        for reason, count in self._failures.items():
            yield catalog.FAILURES.at((*labels, ("reason", reason)), count)

    async def _keep(self, endpoint: str) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time()
        while True:
            began = loop.time()
            failure, points = await self._probe(endpoint)
            self._hold(endpoint, Reading(time.time(), loop.time() - began, failure, points))
            due = max(due + self.target.interval, loop.time())
            await asyncio.sleep(due - loop.time())

    async def _probe(self, endpoint: str) -> tuple[Failed | None, tuple[Point, ...]]:
        try:
            credentials = read_credentials(self.target.credentials_file)
            if isinstance(credentials, Failed):
                return credentials, ()
            verdict = await run(self._scripts[endpoint](), self._client, credentials, self.target.timeout)
            return verdict.failure, tuple(verdict.points((("target", self.target.name),)))
        except Exception as fault:  # noqa: BLE001 - a fault in one probe must not take the GPUs' page with it
            _LOG.exception("target %s: the %s probe failed by a fault of its own", self.target.name, endpoint)
            return Failed(Reason.INTERNAL, type(fault).__name__), ()

    def _hold(self, endpoint: str, reading: Reading) -> None:
        held = self._held.get(endpoint)
        self._readings += 1
        self._held[endpoint] = Observation(None, reading) if held is None else held.then(reading)
        failure = reading.failure
        if failure is not None:
            self._failures[failure.reason] += 1
        if held is None or held.current.up != reading.up:
            level, state = logging.INFO, "up"
            if failure is not None:
                level, state = logging.WARNING, f"down ({failure.reason}: {failure.detail!r})"
            _LOG.log(level, "target %s: %s is %s", self.target.name, endpoint, state)
