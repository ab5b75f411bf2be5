"""The surface as it is now: the counters file is read anew when it changes, and on SIGHUP."""

import asyncio
import logging
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import Final

from exporter import gpu_metrics
from exporter.apart import apart
from exporter.dcgm.counters import Counters
from exporter.dcgm.device import Device, Node
from exporter.dcgm.page import Compatible
from exporter.dcgm.surface import Surface, read_counters
from exporter.metric import Point
from exporter.stamp import Stamp, stamp
from native.exposition import Labels

_LOG: Final = logging.getLogger(__name__)

LOOK: Final = 5.0
"""Seconds between two looks at the file."""

Copies = Callable[[Device], tuple[Labels, ...]]
"""The attributes of each copy of a device's compatible series: at least one copy, mostly without attributes."""


def _alone(_: Device) -> tuple[Labels, ...]:
    return ((),)


def _read(surface: Surface, known: Stamp | None) -> tuple[Stamp, Counters | ValueError | None]:
    """The stamp of the file and what it says, or what is wrong with it; None where its stamp is the known one."""
    now = stamp(surface.collectors)
    if now == known:
        return now, None
    try:
        return now, read_counters(surface.collectors, strict=surface.strict)
    except ValueError as error:
        return now, error


class Live:
    """Holds the surface and the compatible page made of it. A file that went bad changes nothing but the log."""

    def __init__(self, surface: Surface) -> None:
        self.surface = surface
        self.page = Compatible(surface.counters, surface.style)
        self._stamp: Stamp | None = stamp(surface.collectors)
        self._asked = asyncio.Event()
        self._reloads = 0
        self._missing: tuple[str, ...] = ()

    def points(self, node: Node, devices: Sequence[Device], copies: Copies = _alone) -> Iterator[Point]:
        """The compatible series of the selected devices, each in its copies, then ours of all."""
        selected = self.surface.selection.among(devices)
        self._tell_missing(devices)
        shown = [replace(device, attributes=labels) for device in selected for labels in copies(device)]
        yield from self.page.points(node, shown)
        yield from gpu_metrics.points(node, devices, self.surface.style)

    def _tell_missing(self, devices: Sequence[Device]) -> None:
        """Warn of what was selected and is not there, once, and again after it had been. Without GPUs all is absent."""
        missing = tuple(self.surface.selection.missing(devices)) if devices else ()
        for line in missing:
            if line not in self._missing:
                _LOG.warning("%s", line)
        self._missing = missing

    @property
    def version(self) -> Hashable:
        """Differs from what it was once other metrics are shown."""
        return self._reloads

    def reload(self) -> None:
        """Have the file read soon, though it did not change."""
        self._asked.set()

    async def look(self, *, asked: bool = False) -> bool | None:
        """Read the file if it has changed or one `asked`; whether it could be used. No series vanishes in between.

        That happens apart: a file system may hang.
        """
        self._stamp, counters = await apart(partial(_read, self.surface, None if asked else self._stamp))
        if counters is None:
            return None
        if isinstance(counters, ValueError):
            _LOG.error("the counters file is not taken, the metrics stay as they are:\n%s", counters)
            return False
        self.surface = replace(self.surface, counters=counters)
        self.page = Compatible(counters, self.surface.style)
        self._reloads += 1
        self.announce()
        return True

    def announce(self) -> None:
        """Log what is shown, and what of the file is not."""
        counters = self.surface.counters
        _LOG.info("%d metrics and %d labels of DCGM are shown", len(counters.metrics), len(counters.labels))
        for line in (*counters.faults, *counters.notes):
            _LOG.warning("%s", line)

    async def run(self, look: float = LOOK) -> None:
        """Look at the file every `look` seconds, and when asked, until cancelled."""
        while True:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._asked.wait(), look)
            asked = self._asked.is_set()
            self._asked.clear()
            await self.look(asked=asked)
