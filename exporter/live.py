"""The surface as it is now: the counters file is read anew when it changes, and on SIGHUP."""

import asyncio
import logging
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from exporter import gpu_metrics
from exporter.dcgm.device import Device, Node
from exporter.dcgm.page import Compatible
from exporter.dcgm.surface import Surface, read_counters
from exporter.metric import Point
from native.exposition import Labels

_LOG: Final = logging.getLogger(__name__)

LOOK: Final = 5.0
"""Seconds between two looks at the file."""

_Stamp = tuple[int, int, int] | None
Copies = Callable[[Device], tuple[Labels, ...]]
"""The attributes of each copy of a device's compatible series: at least one copy, mostly without attributes."""


def _alone(_: Device) -> tuple[Labels, ...]:
    return ((),)


def _stamp(path: Path | None) -> _Stamp:
    """What changes with the file; a mounted ConfigMap changes by a link that leads elsewhere."""
    try:
        found = None if path is None else path.stat()
    except OSError:
        return None
    return None if found is None else (found.st_mtime_ns, found.st_ino, found.st_size)


class Live:
    """Holds the surface and the compatible page made of it. A file that went bad changes nothing but the log."""

    def __init__(self, surface: Surface) -> None:
        self.surface = surface
        self.page = Compatible(surface.counters, surface.style)
        self._stamp = _stamp(surface.collectors)
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

    def reload(self) -> bool:
        """Read the file now; whether it could be used. The series never vanish in between."""
        self._stamp = _stamp(self.surface.collectors)
        try:
            counters = read_counters(self.surface.collectors, strict=self.surface.strict)
        except ValueError as error:
            _LOG.error("the counters file is not taken, the metrics stay as they are:\n%s", error)
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
        """Look at the file every `look` seconds until cancelled."""
        while True:
            await asyncio.sleep(look)
            if _stamp(self.surface.collectors) != self._stamp:
                self.reload()
