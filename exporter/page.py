"""The page: what the GPUs' supervisor, the targets' watches and the process itself hold at one moment."""

import time
from array import array
from collections.abc import Sequence
from itertools import chain
from typing import Protocol

from exporter import own
from exporter.metric import gather
from exporter.targets.relay import Relay
from exporter.targets.watch import Watch
from native.exposition import Family, Labels, Layout, render

Shape = tuple[tuple[str, tuple[tuple[str, Labels], ...]], ...]


def shape_of(families: tuple[Family, ...]) -> Shape:
    """The names and labels of a page; types and helps belong to the names."""
    return tuple((family.name, tuple((sample.name, sample.labels) for sample in family.samples)) for family in families)


class Gpus(Protocol):
    """What is held of this node's GPUs."""

    def families(self, at: float) -> tuple[Family, ...]:
        """Their families at `at` (monotonic seconds), without waiting for anything."""

    @property
    def settled(self) -> bool:
        """Whether the first reading has come or failed."""


class Page:
    """The page as bytes, from what is held; nothing is asked of anybody while it is made."""

    def __init__(self, gpus: Gpus, watches: Sequence[Watch]) -> None:
        self._gpus = gpus
        self._watches = watches
        self._relay = Relay(watches)
        self._render_seconds: float | None = None
        self._shape: Shape = ()
        self._layout = Layout.of(())

    def render(self) -> bytes:
        """Text format 0.0.4."""
        began = time.monotonic()
        points = chain(chain.from_iterable(watch.points() for watch in self._watches), own.points(self._render_seconds))
        families = (*self._gpus.families(began), *gather(points))
        relayed = self._relay.body(frozenset(family.name for family in families))
        body = self._encode((*families, *gather(self._relay.points()))) + relayed
        self._render_seconds = time.monotonic() - began
        return body

    def _encode(self, families: tuple[Family, ...]) -> bytes:
        """Most pages differ from the one before in their numbers alone."""
        shape = shape_of(families)
        if shape != self._shape:
            self._shape, self._layout = shape, Layout.of(families)
        return render(self._layout, array("d", [sample.value for family in families for sample in family.samples]))

    def pending(self) -> tuple[str, ...]:
        """What has neither succeeded nor failed since the start."""
        gpus = () if self._gpus.settled else ("GPUs",)
        return (*gpus, *(f"{watch.target.name}: {name}" for watch in self._watches for name in watch.pending()))
