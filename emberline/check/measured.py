"""What the recording rules of a row would hold now, on a server that need not have them."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final, Protocol

import numpy as np

from emberline.sources.matrix import Series
from rules.level import verdict
from rules.promql import Aggregate, Binary, Call, Expr, Vector
from rules.recording import recordings
from slo import names
from slo.duration import Duration
from slo.plan import Plan
from slo.selector import Labels, labels_of
from slo.sli import Slices
from slo.vector import Grid

_STEP: Final = Duration.parse("7m")
"""Jobs run every five minutes or every full hour: slices so far apart meet them as often as not."""
_POINTS: Final = 10_000
"""Prometheus answers with 11,000 at most."""


class Answering(Protocol):
    """A server that evaluates PromQL."""

    def query(self, expression: Expr, grid: Grid) -> list[Series]:
        """The values of an expression at every time of the grid at which it has one."""
        ...


class Measured:
    """The recordings of a plan at `at`, in ms since the epoch, for each instance that has them.

    Everything is asked for once. SourceError where the server does not tell.
    """

    def __init__(self, server: Answering, plan: Plan, at: int) -> None:
        self._server = server
        self._plan = plan
        self._at = at
        self._expressions = {recording.record: recording.expr for recording in recordings(plan)}
        self._answers: dict[str, Mapping[Labels, float]] = {}

    def total(self, window: Duration) -> Mapping[Labels, float]:
        """Events within a window."""
        return self._now(names.total_events(window))

    def bad(self, window: Duration) -> Mapping[Labels, float]:
        """Bad events within a window."""
        return self._now(names.bad_events(window))

    def ratio(self, window: Duration) -> Mapping[Labels, float]:
        """The error ratio of a row that is written as an expression."""
        return self._now(names.error_ratio(window))

    def bad_slices(self, slices: Slices) -> Mapping[Labels, float]:
        """The share of the period's measured slices that are bad, looked at every seven minutes or more rarely."""
        period, interval = self._plan.period.length.ms, self._plan.interval.ms
        step = -(-max(_STEP.ms, period // _POINTS) // interval) * interval
        found = self._server.query(verdict(slices), Grid(self._at, step, period // step))
        return {labels_of(series.labels): float(1 - np.mean(series.values)) for series in found}

    def _now(self, name: str) -> Mapping[Labels, float]:
        if name not in self._answers:
            expression = inlined(self._expressions[name], self._expressions)
            self._answers[name] = _latest(self._server.query(expression, Grid(self._at, _STEP.ms)))
        return self._answers[name]


def inlined(expr: Expr, recorded: Mapping[str, Expr]) -> Expr:
    """The expression with every recorded series in it replaced by what is recorded."""
    match expr:
        case Vector(metric=metric, span=None) if metric in recorded:
            return inlined(recorded[metric], recorded)
        case Aggregate(of=of):
            return replace(expr, of=inlined(of, recorded))
        case Call(arguments=arguments):
            return replace(expr, arguments=tuple(inlined(each, recorded) for each in arguments))
        case Binary(left=left, right=right):
            return replace(expr, left=inlined(left, recorded), right=inlined(right, recorded))
        case _:
            return expr


def _latest(found: Iterable[Series]) -> Mapping[Labels, float]:
    return {labels_of(series.labels): float(series.values[-1]) for series in found}
