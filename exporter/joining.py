"""Looks at GPUs and servers, every few seconds, and what they tell together: the part of the page made of `joins`."""

import asyncio
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from typing import Final

from exporter import gpu_metrics
from exporter.dcgm.device import Device
from exporter.joins import WINDOW, Gpu, Look, PodName, Server, joined
from exporter.metric import Point
from exporter.nvml.devices import devices
from exporter.nvml.known import Known
from exporter.targets import catalog
from exporter.targets.watch import Watch

EVERY: Final = 5.0
"""Seconds between two looks."""
_NAMED: Final = {
    catalog.VLLM_PROMPT_TOKENS: "prompt",
    catalog.VLLM_GENERATION_TOKENS: "generation",
    catalog.VLLM_FINISHED: "finished",
    catalog.VLLM_RUNNING: "running",
    catalog.VLLM_WAITING: "waiting",
    catalog.VLLM_KV_CACHE: "cache",
}

Holders = Callable[[Device], frozenset[PodName]]
"""The pods that hold a device."""


class Joining:
    """The joins of this node; GPUs are read every `interval` seconds, `watches` may change while it runs."""

    def __init__(self, known: Known, watches: Sequence[Watch], holders: Holders, interval: float) -> None:
        self._known = known
        self._watches = watches
        self._holders = holders
        self._interval = interval
        self._looks: deque[Look] = deque(maxlen=int(WINDOW / EVERY) + 1)
        self._points: tuple[Point, ...] = ()

    async def run(self) -> None:
        """Look until cancelled."""
        while True:
            self.look(time.monotonic())
            await asyncio.sleep(EVERY)

    def look(self, at: float) -> None:
        """One look at `at` (monotonic seconds)."""
        held = chain.from_iterable(devices(gpu, self._known, at, self._interval) for gpu in self._known.latest.gpus)
        gpus = tuple(self._gpu(device) for device in held if device.uuid)
        self._looks.append(Look(at, gpus, tuple(server for watch in self._watches for server in _server(watch))))
        self._points = tuple(joined(self._looks))

    def points(self, at: float) -> Iterator[Point]:
        """What the newest look showed, unless it was long ago."""
        if self._looks and at - self._looks[-1].at <= 2 * EVERY:
            yield from self._points

    def pending(self) -> tuple[str, ...]:
        """Nothing: there may be nothing to join."""
        return ()

    @property
    def version(self) -> float:
        """The moment of the newest look."""
        return self._looks[-1].at if self._looks else 0.0

    def _gpu(self, device: Device) -> Gpu:
        used, total = (device.values.get(f"memory_{name}_bytes") for name in ("used", "total"))
        return Gpu(
            (device.mig_uuid,) if device.mig_uuid else (device.uuid,),
            self._holders(device),
            joules=gpu_metrics.value("emberline_gpu_energy_joules_total", device.values),
            load=gpu_metrics.value("emberline_gpu_utilization_ratio", device.values),
            memory=used / total if used is not None and total else None,
        )


def _server(watch: Watch) -> Iterator[Server]:
    """What a vLLM tells; nothing of it counts while its health does not hold, for it repeats old values."""
    target = watch.target
    if target.kind != "vllm" or (target.pod is None and not target.gpus):
        return
    told: dict[str, float] = {}
    for point in watch.points():
        name = _NAMED.get(point.metric)
        if name is not None:
            told[name] = told.get(name, 0.0) + point.value
    yield Server(target.name, target.pod, target.gpus, **told)
