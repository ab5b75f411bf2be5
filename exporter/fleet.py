"""Watches of targets that come and go while the process runs, beside those that were configured."""

import asyncio
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from exporter.targets.client import Client
from exporter.targets.target import Target
from exporter.targets.vllm.memory import Pod
from exporter.targets.watch import Watch
from exporter.targets_pods import PodTarget


@dataclass(frozen=True, slots=True)
class _Key:
    """What makes a watch another one: a pod that is made anew, or one that asks for something else."""

    uid: str
    target: Target


class Fleet:
    """All watches of the process; `watches` is one list for ever, which changes as pods come and go."""

    def __init__(self, client: Client, configured: Sequence[Watch] = ()) -> None:
        self.watches = list(configured)
        self._configured = tuple(configured)
        self._client = client
        self._wanted: dict[_Key, PodTarget] = {}
        self._running: dict[_Key, Watch] = {}
        self._changed = asyncio.Event()

    def want(self, pods: Iterable[PodTarget]) -> None:
        """From now on watch the targets of these pods and no others; what is configured keeps its name."""
        taken = {watch.target.name for watch in self._configured}
        self._wanted = {_Key(pod.uid, pod.target): pod for pod in pods if pod.target.name not in taken}
        for key, pod in self._wanted.items():
            if key in self._running:
                self._running[key].place(life(pod, time.time(), time.monotonic()))
        self._changed.set()

    async def run(self) -> None:
        """Watch until cancelled."""
        async with asyncio.TaskGroup() as group:
            for watch in self._configured:
                group.create_task(watch.run())
            tasks: dict[_Key, asyncio.Task[None]] = {}
            while True:
                await self._changed.wait()
                self._changed.clear()
                for key in tasks.keys() - self._wanted.keys():
                    tasks.pop(key).cancel()
                    del self._running[key]
                for key, pod in self._wanted.items():
                    if key not in tasks:
                        watch = self._running[key] = Watch(pod.target, self._client)
                        watch.place(life(pod, time.time(), time.monotonic()))
                        tasks[key] = group.create_task(watch.run())
                self.watches[:] = [*self._configured, *self._running.values()]


def life(pod: PodTarget, unix: float, monotonic: float) -> Pod:
    """What the verdict must know of a pod, its start moved from Unix time to the clock of the watches."""
    started = None if pod.started_at is None else monotonic - max(0.0, unix - pod.started_at)
    return Pod(pod.terminating, started)
