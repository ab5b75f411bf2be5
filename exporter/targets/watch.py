"""One configured target: its probes on their schedule, and what they last found out."""

import asyncio
import logging
import time
from collections import Counter
from collections.abc import Iterator
from typing import Final

from exporter.metric import Point
from exporter.targets import catalog
from exporter.targets.answer import Failed, Reason, Unknown, Verdict
from exporter.targets.client import Client, ready
from exporter.targets.credentials import read_credentials
from exporter.targets.fetch import run
from exporter.targets.judge import HEALTH, Judge
from exporter.targets.milvus.judge import MilvusJudge
from exporter.targets.milvus.storage import Storage
from exporter.targets.observation import Observation, Reading
from exporter.targets.relay import Passing, passing
from exporter.targets.target import Target
from exporter.targets.vllm.judge import VllmJudge
from exporter.targets.vllm.load import Load
from exporter.targets.vllm.memory import Pod

_LOG: Final = logging.getLogger(__name__)


def judge_of(target: Target, began: float) -> Judge:
    """The judge of a target, which has learnt nothing yet."""
    return VllmJudge(target, began) if target.kind == "vllm" else MilvusJudge(target)


class Watch:
    """A target under observation; every endpoint has a task of its own, so that none waits for another."""

    def __init__(self, target: Target, client: Client, *, quiet: bool = False) -> None:
        self.target = target
        self.page: Passing | None = None
        self._client = client
        self._quiet = quiet
        self._judge = judge_of(target, time.monotonic())
        self._scripts = self._judge.scripts()
        self._held: dict[str, Observation] = {}
        self._readings = 0
        self._failures = Counter(dict.fromkeys(Reason, 0))

    async def run(self) -> None:
        """Probe until cancelled."""
        await ready()
        async with asyncio.TaskGroup() as group:
            for endpoint in self._scripts:
                group.create_task(self._keep(endpoint))

    async def once(self) -> None:
        """Probe every endpoint one time, all at once."""
        await ready()
        async with asyncio.TaskGroup() as group:
            for endpoint in self._scripts:
                group.create_task(self._look(endpoint))

    def pending(self) -> tuple[str, ...]:
        """The endpoints that no probe has finished yet."""
        return tuple(name for name in self._scripts if name not in self._held and name != "canary")

    @property
    def version(self) -> int:
        """Grows whenever `points` says something new."""
        return self._readings

    def points(self) -> Iterator[Point]:
        """What is held now. What the other endpoints say counts only while health holds: they repeat old values."""
        labels = (("target", self.target.name), ("kind", self.target.kind))
        health = self._held.get(HEALTH)
        if health is not None:
            yield catalog.UP.at(labels, health.current.up)
        for endpoint, held in self._held.items():
            where = (*labels, ("endpoint", endpoint))
            yield catalog.ENDPOINT_UP.at(where, held.current.up)
            yield catalog.DURATION.at(where, held.current.duration)
            if held.last_success is not None:
                yield catalog.LAST_SUCCESS.at(where, held.last_success)
            if endpoint == HEALTH or (health is not None and health.current.up):
                yield from held.current.points
        yield from self._judge.points(labels[:1], time.monotonic())
        for reason, count in self._failures.items():
            yield catalog.FAILURES.at((*labels, ("reason", reason)), count)

    def place(self, pod: Pod) -> None:
        """What Kubernetes says of the pod that a vLLM runs in."""
        if isinstance(self._judge, VllmJudge):
            self._judge.place(pod)

    def took(self, seconds: float) -> Iterator[Point]:
        """How long a whole probe took, for a page about this target alone."""
        yield catalog.PROBE_DURATION.at((("target", self.target.name),), seconds)

    async def _keep(self, endpoint: str) -> None:
        due = time.monotonic()
        while True:
            if self._judge.due(endpoint, time.monotonic()):
                await self._look(endpoint)
            due = max(due + self.target.interval, time.monotonic())
            await asyncio.sleep(due - time.monotonic())

    async def _look(self, endpoint: str) -> None:
        began = time.monotonic()
        verdict = await self._probe(endpoint)
        ended = time.monotonic()
        self._judge.learn(endpoint, verdict, began, ended)
        if endpoint == "metrics" and self.target.relay:
            page = verdict.page if isinstance(verdict, Load | Storage) else None
            self.page = None if page is None else await asyncio.to_thread(passing, self.target.name, page)
        points = tuple(verdict.points((("target", self.target.name),)))
        self._hold(endpoint, Reading(time.time(), ended - began, verdict.failure, points))

    async def _probe(self, endpoint: str) -> Verdict:
        try:
            script = self._scripts[endpoint]()
            credentials = read_credentials(self.target.credentials_file)
            if isinstance(credentials, Failed):
                return Unknown(credentials)
            return await run(script, self._client, credentials, self._judge.deadline(endpoint))
        except Exception as fault:  # noqa: BLE001 - a fault in one probe must not take the GPUs' page with it
            _LOG.exception("target %s: the %s probe failed by a fault of its own", self.target.name, endpoint)
            return Unknown(Failed(Reason.INTERNAL, type(fault).__name__))

    def _hold(self, endpoint: str, reading: Reading) -> None:
        held = self._held.get(endpoint)
        self._readings += 1
        self._held[endpoint] = Observation(None, reading) if held is None else held.then(reading)
        failure = reading.failure
        if failure is not None:
            self._failures[failure.reason] += 1
        if not self._quiet and (held is None or held.current.up != reading.up):
            level, state = logging.INFO, "up"
            if failure is not None:
                level, state = logging.WARNING, f"down ({failure.reason}: {failure.detail!r})"
            _LOG.log(level, "target %s: %s is %s", self.target.name, endpoint, state)
