"""All GPUs of this node as the driver sees them, one reading after another."""

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Final

from exporter.nvml.ask import LIBRARY_TOO_OLD, Ask, DriverError
from exporter.nvml.crumbs import Crumbs
from exporter.nvml.events import Events
from exporter.nvml.owner import Owner, Pace
from exporter.nvml.reading import Gpu, Reading
from exporter.nvml.schedule import due

_HEAD_START: Final = 0.005
"""Seconds that a GPU has before the next is asked: mostly enough, and threads that contend cost the most."""


class Node:
    """NVML, opened as soon as there is a driver, and one owner per GPU.

    `resting` says for how many seconds which families of which GPU are not asked at first; `listing` is a folder in
    which the kernel's driver lists its GPUs, so that one that comes or goes is noticed; `wanted` are families that are
    asked on request only.
    """

    def __init__(
        self,
        ask: Ask,
        interval: float,
        pace: Pace,
        *,
        crumbs: Crumbs | None = None,
        resting: Mapping[int, Mapping[str, float]] = MappingProxyType({}),
        listing: Path = Path("/proc/driver/nvidia/gpus"),
        wanted: frozenset[str] = frozenset(),
    ) -> None:
        self._ask = ask
        self._interval = interval
        self._pace = pace
        self._crumbs = crumbs
        self._resting = resting
        self._listing = listing
        self._wanted = wanted
        self._listed: frozenset[str] = frozenset()
        self._versions: dict[str, str] | None = None
        self._owners: list[Owner] = []
        self._events = Events(ask)
        self._registered: dict[int, str] = {}
        self._readings = 0

    def read(self) -> Reading:
        """The reading of this moment, once NVML is open no later than the deadline.

        After an upgrade of the driver under the loaded library, or when GPUs came or went, only a new process sees the
        new state, so that reading is the `last`.
        """
        if self._versions is None:
            try:
                self._versions = self._open()
            except DriverError as error:
                return Reading("", (), str(error), last=error.code == LIBRARY_TOO_OLD)
        gpus = self._turn()
        self._register(gpus)
        last = self._list() != self._listed or any(owner.reopen for owner in self._owners)
        return Reading(
            self._versions["driver"], gpus, last=last, nvml=self._versions["nvml"], xids=self._events.collect()
        )

    def _turn(self) -> tuple[Gpu, ...]:
        until = time.monotonic() + self._pace.deadline
        families = due(self._interval, self._readings, self._wanted)
        self._readings += 1
        for owner in self._owners:
            owner.begin(families)
            owner.wait(_HEAD_START)
        return tuple(owner.collect(until) for owner in self._owners)

    def _open(self) -> dict[str, str]:
        found = self._ask("open")
        self._listed = self._list()
        marks = self._crumbs
        self._owners = [
            Owner(
                index,
                self._ask,
                self._pace,
                mark=_unmarked if marks is None else marks.marker(index),
                resting=self._resting.get(index, {}),
            )
            for index in range(found["count"])
        ]
        return {"driver": found["driver"], "nvml": found["nvml"]}

    def _register(self, gpus: Sequence[Gpu]) -> None:
        """Ask for the events of each GPU once it is known, and again when it is another or was lost."""
        for gpu in gpus:
            uuid = gpu.identity.uuid if gpu.identity else ""
            if self._registered.get(gpu.index, "") == uuid:
                continue
            self._registered[gpu.index] = uuid
            if gpu.identity:
                self._events.register(str(gpu.index), gpu.identity.pci_bus_id)

    def _list(self) -> frozenset[str]:
        try:
            return frozenset(entry.name for entry in self._listing.iterdir())
        except OSError:
            return frozenset()


def _unmarked(_: str) -> None:
    """No crumbs are wanted."""
