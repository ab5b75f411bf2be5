"""The rows of a fleet as one program over arrays, and what its alerts do by the answers of a Prometheus."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import Final, Self

import numpy as np

from bench.runner.fleet import Flags, Fleet, Floats, Integers
from bench.runner.rows import counted_by, numbered
from native.ranges import Program, Series, increase, transitions
from slo.alerts import replay
from slo.alerts.batch import FIRING
from slo.condition import All, Any, Burning, Condition
from slo.duration import Duration
from slo.plan import Alert, Plan, plan
from slo.program import Compiled, compiled
from slo.window import Window

_LONGER: Final = Duration.parse("31d")
"""Than every window: none is composed."""
_PATIENCE: Final = Duration.parse("15m")
"""The `for` of tickets here; the Plan's own have none."""


@dataclass(frozen=True, slots=True, eq=False)
class Fused:
    """The counters of a fleet's first services, evaluated every minute: page, ticket, static and exhausted budget."""

    fleet: Fleet
    plans: tuple[Plan, ...]
    compiled: Compiled
    series: Series

    @classmethod
    def of(cls, fleet: Fleet, services: int) -> Self:
        """The first services with their samples; every window reads these."""
        plans = _plans(services, _LONGER)
        return cls(fleet, plans, _compiled(plans), fleet.series(services))

    def first(self, services: int) -> Self:
        """Fewer of the services, over the same arrays."""
        plans = self.plans[:services]
        return replace(self, plans=plans, compiled=_compiled(plans), series=self.series.part(0, 2 * services))

    def composed(self) -> Self:
        """The same, with the period composed of what five minutes recorded, as the rules do it."""
        plans = _plans(len(self.plans))
        return replace(self, plans=plans, compiled=_compiled(plans))

    def late(self) -> Self:
        """The same, with scrapes that are up to seven milliseconds late, each by another number of them."""
        lateness = np.random.default_rng(1).integers(0, 8, len(self.series.timestamps))
        return replace(self, series=replace(self.series, timestamps=self.series.timestamps + lateness))

    @property
    def program(self) -> Program:
        """What the kernel is given."""
        return self.compiled.program

    @property
    def at(self) -> Integers:
        """The evaluations, in ms since the epoch."""
        return self.fleet.evaluations

    @property
    def bytes(self) -> int:
        """Bytes of the samples."""
        return self.series.timestamps.nbytes + self.series.values.nbytes

    def transitions(self, threads: int = 1) -> Integers:
        """What is timed: rows of alert, evaluation and status."""
        return transitions(self.series, self.program, self.at, threads=threads)

    def every_window(self) -> tuple[Floats, Flags]:
        """All windows of all counters at every evaluation, nothing skipped."""
        return increase(self.series, self.at, self.program.windows)

    def read(self) -> object:
        """The arrays once, as fast as they come out of memory."""
        return self.series.timestamps.sum(), self.series.values.sum()

    def assert_equal(self, answers: Floats) -> None:
        """AssertionError unless a Prometheus that gave these increases has every bit and every transition alike.

        (window, side, service, time), requests before failures; NaN where it answered nothing.
        """
        raised, present = self.every_window()
        shape = (len(raised), len(self.plans), 2, -1)
        own, here = (each.reshape(shape).swapaxes(1, 2) for each in (raised, present))
        assert np.array_equal(here, ~np.isnan(answers))
        assert np.array_equal(own[here].view(np.uint64), answers[here].view(np.uint64))
        assert (np.diff(self.series.values) < 0).sum() > 2 * len(self.series), "counters hardly fall"
        found = self.transitions()
        assert np.array_equal(found, self._implied(answers))
        fired = {self.compiled.watches[alert].alert.kind for alert, _, status in found.tolist() if status == FIRING}
        assert fired == {"page", "ticket", "static", "exhausted"}

    def _implied(self, answers: Floats) -> Integers:
        """The transitions by increases that somebody else computed, step by step as the specification has them."""
        with np.errstate(invalid="ignore"):
            ratios = answers[:, 1] / answers[:, 0]
        rows = []
        for number, watch in enumerate(self.compiled.watches):
            service = self.plans.index(watch.plan)
            own = dict(zip(self.compiled.windows, ratios[:, service], strict=True))
            held = _holding(watch.alert.condition, own)[None]
            changes = replay(held, self.at, watch.alert.hold.ms).transitions
            rows.append(np.stack((np.full(len(changes.time), number), changes.time, changes.status), axis=1))
        return np.concatenate(rows)


def _plans(services: int, compose_from: Duration | None = None) -> tuple[Plan, ...]:
    def waiting(alert: Alert) -> Alert:
        return replace(alert, hold=_PATIENCE) if alert.kind == "ticket" else alert

    plans = (plan(row, compose_from=compose_from) for row in numbered(services))
    return tuple(replace(each, alerts=tuple(map(waiting, each.alerts))) for each in plans)


def _compiled(plans: Sequence[Plan]) -> Compiled:
    places = {counter: place for place, counter in enumerate(c for n in range(len(plans)) for c in counted_by(n))}
    return compiled(plans, lambda counter: [(places[counter], ())])


def _holding(condition: Condition, ratios: dict[Window, Floats]) -> Flags:
    match condition:
        case Burning(_, window):
            with np.errstate(invalid="ignore"):
                burns: Flags = ratios[window] > float(condition.threshold)
            return burns
        case All(parts):
            return reduce(np.logical_and, [_holding(part, ratios) for part in parts])
        case Any(parts):
            return reduce(np.logical_or, [_holding(part, ratios) for part in parts])
        case _:
            raise AssertionError(condition)
