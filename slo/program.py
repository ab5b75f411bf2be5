"""From Plans to a program over series: every SLO instance's error ratios and alerts, as flat arrays for the kernels."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from native.ranges import BOTH, EITHER, Program
from slo.burn import formula
from slo.condition import All, Any, Burning, Condition
from slo.plan import Alert, Plan
from slo.selector import Labels, Selector, grouped
from slo.sli import Events
from slo.window import Composed, Window

Resolve: TypeAlias = Callable[[Selector], Sequence[tuple[int, Labels]]]
"""The series that a selector picks, by number, with their labels and in the order of a Prometheus."""

Key: TypeAlias = tuple[str, str, Labels]


@dataclass(frozen=True, slots=True)
class Ratio:
    """One instance of an SLI."""

    plan: Plan
    sli: Events
    labels: Labels

    @property
    def key(self) -> Key:
        """What tells it from every other: row, SLI and instance."""
        return self.plan.slo.id, "own" if self.sli is self.plan.sli else "static", self.labels


@dataclass(frozen=True, slots=True)
class Watch:
    """One instance of an alert."""

    plan: Plan
    alert: Alert
    labels: Labels

    @property
    def key(self) -> Key:
        """What tells it from every other: row, kind and instance."""
        return self.plan.slo.id, self.alert.kind, self.labels


@dataclass(frozen=True, slots=True)
class Compiled:
    """A program with what its error ratios and alerts stand for, in its own order."""

    program: Program
    ratios: tuple[Ratio, ...]
    watches: tuple[Watch, ...]
    windows: tuple[Window, ...]


def compiled(plans: Iterable[Plan], resolve: Resolve) -> Compiled:
    """The program of every plan of counted events; plans of anything else have no part in it.

    All plans must be evaluated at the same interval: ValueError.
    """
    chosen = [plan for plan in plans if isinstance(plan.sli, Events)]
    if len({plan.interval for plan in chosen}) > 1:
        raise ValueError("plans of different intervals have no evaluation in common")
    windows = tuple(dict.fromkeys(window for plan in chosen for window in plan.windows))
    writer = _Writer({window: place for place, window in enumerate(windows)}, resolve)
    for plan in chosen:
        writer.write(plan)
    interval = chosen[0].interval.ms if chosen else 1
    return Compiled(writer.program(windows, interval), tuple(writer.ratios), tuple(writer.watches), windows)


@dataclass(slots=True)
class _Lists:
    """Lists of numbers, end to end."""

    offsets: list[int] = field(default_factory=lambda: [0])
    items: list[int] = field(default_factory=list)

    def add(self, items: Iterable[int]) -> int:
        """The place of a list, added behind the others."""
        self.items.extend(items)
        self.offsets.append(len(self.items))
        return len(self.offsets) - 2


@dataclass(slots=True)
class _Writer:
    """Everything that a program is made of, while it grows."""

    places: dict[Window, int]
    resolve: Resolve
    ratios: list[Ratio] = field(default_factory=list)
    watches: list[Watch] = field(default_factory=list)
    _sides: _Lists = field(default_factory=_Lists)
    _totals: _Lists = field(default_factory=_Lists)
    _bads: _Lists = field(default_factory=_Lists)
    _kinds: list[int] = field(default_factory=list)
    _weights: list[float] = field(default_factory=list)
    _burnings: dict[tuple[int, int, float], int] = field(default_factory=dict)
    _conditions: _Lists = field(default_factory=_Lists)
    _units: list[int] = field(default_factory=lambda: [0])

    def write(self, plan: Plan) -> None:
        """A unit for each instance of a plan: its error ratios and its alerts on them."""
        slis = [sli for sli in (plan.sli, plan.static) if isinstance(sli, Events)]
        grouped = {selector: self._grouped(selector, plan.slo.by) for sli in slis for selector in sli.selectors}
        sides: dict[tuple[Selector, Labels], int] = {}
        totals = {labels for sli in slis for selector in sli.total for labels in grouped[selector]}
        for labels in sorted(totals):
            for selector, groups in grouped.items():
                sides[selector, labels] = self._sides.add(groups.get(labels, ()))
            numbers = {sli: self._ratio(plan, sli, labels, sides) for sli in slis}
            self._alerts(plan, labels, numbers)
            self._units.append(len(self.watches))

    def program(self, windows: Sequence[Window], interval: int) -> Program:
        """Everything written so far."""
        burnings = np.array(list(self._burnings), np.float64).reshape(-1, 3)
        return Program(
            *_arrays(self._sides),
            *_arrays(self._totals),
            *_arrays(self._bads),
            _integers(self._kinds),
            np.array(self._weights, np.float64),
            _integers(window.length.ms for window in windows),
            _integers(window.of.ms if isinstance(window, Composed) else 0 for window in windows),
            interval,
            burnings[:, 0].astype(np.int64),
            burnings[:, 1].astype(np.int64),
            np.ascontiguousarray(burnings[:, 2]),
            *_arrays(self._conditions),
            _integers(watch.alert.hold.ms for watch in self.watches),
            _integers(0 for _ in self.watches),
            _integers(self._units),
        )

    def _grouped(self, selector: Selector, by: tuple[str, ...]) -> dict[Labels, list[int]]:
        found = self.resolve(selector)
        groups = grouped((labels for _, labels in found), by)
        return {labels: [found[place][0] for place in places] for labels, places in groups.items()}

    def _ratio(self, plan: Plan, sli: Events, labels: Labels, sides: dict[tuple[Selector, Labels], int]) -> int:
        kind, selectors, weight = formula(sli.bad)
        self._totals.add(sides[selector, labels] for selector in sli.total)
        self._bads.add(sides[selector, labels] for selector in selectors)
        self._kinds.append(kind)
        self._weights.append(weight)
        self.ratios.append(Ratio(plan, sli, labels))
        return len(self.ratios) - 1

    def _alerts(self, plan: Plan, labels: Labels, numbers: dict[Events, int]) -> None:
        for alert in plan.all:
            codes = list(_postfix(alert.condition, lambda burning: self._burning(burning, numbers)))
            if codes:
                self._conditions.add(codes)
                self.watches.append(Watch(plan, alert, labels))

    def _burning(self, burning: Burning, numbers: dict[Events, int]) -> int | None:
        if not isinstance(burning.sli, Events):
            return None
        key = (numbers[burning.sli], self.places[burning.window], float(burning.threshold))
        return self._burnings.setdefault(key, len(self._burnings))


def _postfix(condition: Condition, burning: Callable[[Burning], int | None]) -> Iterator[int]:
    """The codes of a condition; none where it asks for anything but burning error ratios."""
    match condition:
        case Burning():
            if (number := burning(condition)) is not None:
                yield number
        case All(parts) | Any(parts):
            code = BOTH if isinstance(condition, All) else EITHER
            each = [list(_postfix(part, burning)) for part in parts]
            if all(each):
                for place, codes in enumerate(each):
                    yield from codes
                    if place:
                        yield code
        case _:
            return


def _arrays(lists: _Lists) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    return _integers(lists.offsets), _integers(lists.items)


def _integers(numbers: Iterable[int]) -> NDArray[np.int64]:
    return np.fromiter(numbers, np.int64)
