"""The page: what the GPUs' supervisor, the targets' watches, other parts and the process itself hold at one moment."""

import time
from array import array
from collections import Counter
from collections.abc import Hashable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Final, Protocol

from exporter import own
from exporter.budget import Budget, Reason, Selection, select
from exporter.form import OFFERED, PLAIN, Form, layout
from exporter.metric import Point, gather
from exporter.targets.relay import Relay
from exporter.targets.watch import Watch
from native.exposition import Family, Format, Labels, Layout, render

FRESH: Final = 0.1
"""Seconds for which a page is served again as it is: no page is older, and none is put together more often."""
_LASTS: Final = 0.5
"""Seconds for which the samples are kept while nothing new came: so much later may a value that is too old vanish."""
_AGE: Final = "_age_seconds"
_BUDGET: Final = Budget()

Shape = tuple[tuple[str, tuple[tuple[str, Labels], ...]], ...]


def shape_of(families: Sequence[Family]) -> Shape:
    """The names and labels of a page; types and helps belong to the names."""
    return tuple((family.name, tuple((sample.name, sample.labels) for sample in family.samples)) for family in families)


class Gpus(Protocol):
    """What is held of this node's GPUs."""

    def families(self, at: float) -> tuple[Family, ...]:
        """Their families at `at` (monotonic seconds), without waiting for anything.

        Samples of a family whose name ends in `_age_seconds` grow by one each second until something changes.
        """

    @property
    def version(self) -> Hashable:
        """Differs from what it was once `families` would say something new for another reason than time."""

    @property
    def settled(self) -> bool:
        """Whether the first reading has come or failed."""


class Part(Protocol):
    """Something else that has a place on the page."""

    def points(self, at: float) -> Iterator[Point]:
        """What it holds at `at` (monotonic seconds); samples of `_age_seconds` as those of `Gpus`."""

    def pending(self) -> tuple[str, ...]:
        """What it waits for since the start, neither come nor failed."""

    @property
    def version(self) -> Hashable:
        """Differs from what it was once `points` would say something new for another reason than time."""


@dataclass(frozen=True, slots=True)
class _Frame:
    """The samples of others as they were put together at `at`, and at which places in `values` ages stand."""

    at: float
    version: Hashable
    families: tuple[Family, ...]
    shape: Shape
    values: "array[float]"
    ages: tuple[int, ...]

    def values_at(self, now: float) -> "array[float]":
        """The values once time went on and nothing else changed."""
        values = self.values[:]
        for place in self.ages:
            values[place] += now - self.at
        return values


class Page:
    """The page as bytes, from what is held; nothing is asked of anybody while it is made.

    `watches` may change while it lives. `fresh`: seconds for which the same bytes are given again.
    """

    def __init__(
        self,
        gpus: Gpus,
        watches: Sequence[Watch],
        budget: Budget = _BUDGET,
        fresh: float = FRESH,
        parts: Sequence[Part] = (),
    ) -> None:
        self._gpus = gpus
        self._watches = watches
        self._parts = parts
        self._budget = budget
        self._fresh = fresh
        self._relay = Relay(watches, budget.series)
        self._render_seconds: float | None = None
        self._dropped: Counter[Reason] = Counter()
        self._frame: _Frame | None = None
        self._selected: tuple[Shape, Selection] = ((), select((), budget))
        self._layouts: tuple[Shape, dict[Form, Layout]] = ((), {})
        self._bodies: dict[Form, tuple[float, bytes]] = {}

    def render(self, form: Form = PLAIN) -> bytes:
        """The bytes of one form, at most `fresh` seconds old; the very same object while they are."""
        began = time.monotonic()
        held = self._bodies.get(form)
        if held is not None and began - held[0] < self._fresh:
            return held[1]
        body = self._encode(self._current(began), began, form)
        self._render_seconds = time.monotonic() - began
        self._bodies[form] = (began, body)
        return body

    @property
    def _relays(self) -> bool:
        return any(watch.target.relay for watch in self._watches)

    @property
    def offered(self) -> frozenset[Format]:
        """The formats in which all of the page can be spelt."""
        return OFFERED - {"openmetrics"} if self._relays else OFFERED

    def pending(self) -> tuple[str, ...]:
        """What has neither succeeded nor failed since the start."""
        gpus = () if self._gpus.settled else ("GPUs",)
        parts = (name for part in self._parts for name in part.pending())
        return (*gpus, *parts, *(f"{watch.target.name}: {name}" for watch in self._watches for name in watch.pending()))

    def series(self, name: str) -> Iterator[tuple[Labels, float]]:
        """Labels and values of one metric of the GPUs or targets."""
        families = self._current(time.monotonic()).families
        return ((it.labels, it.value) for family in families if family.name == name for it in family.samples)

    def _encode(self, frame: _Frame, now: float, form: Form) -> bytes:
        relayed = self._relayed(frame, form)
        mine = gather(chain(self._relay.points(), own.points(self._render_seconds, self._dropped)))
        values = frame.values_at(now)
        values.extend(sample.value for family in mine for sample in family.samples)
        return render(self._layout(frame, mine, form), values) + relayed

    def _relayed(self, frame: _Frame, form: Form) -> bytes:
        """Pages of targets that pass, which only the text format can be appended to."""
        if not self._relays or form[0] != "text":
            return b""
        return self._relay.body(own.NAMES | {family.name for family in frame.families})

    def _layout(self, frame: _Frame, mine: tuple[Family, ...], form: Form) -> Layout:
        """Most pages differ from the one before in their numbers alone."""
        shape = (*frame.shape, *shape_of(mine))
        if shape != self._layouts[0]:
            self._layouts = (shape, {})
        found = self._layouts[1].get(form)
        if found is None:
            found = self._layouts[1][form] = layout((*frame.families, *mine), form)
        return found

    def _current(self, now: float) -> _Frame:
        parts = tuple(part.version for part in self._parts)
        version = (self._gpus.version, parts, tuple((id(watch), watch.version) for watch in self._watches))
        frame = self._frame
        if frame is None or frame.version != version or now - frame.at >= _LASTS:
            frame = self._frame = self._gather(now, version)
        return frame

    def _gather(self, now: float, version: Hashable) -> _Frame:
        watched = (watch.points() for watch in self._watches)
        points = chain(*(part.points(now) for part in self._parts), *watched)
        families = (*self._gpus.families(now), *gather(points))
        shape = shape_of(families)
        if shape != self._selected[0]:
            self._selected = (shape, select(families, self._budget, own.NAMES))
        selection = self._selected[1]
        if any(kept is not None for kept in selection.kept):
            self._dropped.update(selection.dropped)
            families = selection.of(families)
            shape = shape_of(families)
        samples = [(family.name, sample.value) for family in families for sample in family.samples]
        ages = tuple(place for place, (name, _) in enumerate(samples) if name.endswith(_AGE))
        return _Frame(now, version, families, shape, array("d", [value for _, value in samples]), ages)
