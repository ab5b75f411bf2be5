"""What readings of plans will ask of samples, written down before any are read."""

from typing import assert_never

from emberline.sources.demand import Demand
from native.ranges import Profile
from slo.condition import All, Any, Burning, Condition, Level, Unmeasured
from slo.duration import Duration
from slo.selector import Selector
from slo.sli import Events, Expression, Series, Sli, Slices
from slo.vector import Grid
from slo.window import Composed, Direct, Window


class Ledger:
    """What is to be read, each thing once and as far back as the most demanding reader wants it.

    Grids of one step end at one time.
    """

    def __init__(self, profile: Profile) -> None:
        self._closed = profile.closed
        self._ranges: dict[Selector, int] = {}
        self._instants: dict[tuple[Selector, int], Grid] = {}
        self._expressions: dict[tuple[str, int], Grid] = {}

    def demand(self, at: int) -> Demand:
        """All of it, where `at` is the end of every grid."""
        instants = tuple((selector, grid) for (selector, _), grid in self._instants.items())
        expressions = tuple((expression, grid) for (expression, _), grid in self._expressions.items())
        return Demand(at, self._ranges, instants, expressions)

    def condition(self, condition: Condition, grid: Grid) -> None:
        """What tells whether a condition holds at every time of a grid."""
        match condition:
            case Unmeasured(Slices() as sli):
                for selector in sli.selectors:
                    self._instant(selector, grid)
            case Burning(sli, window) | Unmeasured(sli, window):
                self.ratio(sli, window, grid)
            case Level(series):
                self._series(series, grid)
            case All(parts) | Any(parts):
                for part in parts:
                    self.condition(part, grid)
            case _:
                assert_never(condition)

    def ratio(self, sli: Sli, window: Window, grid: Grid) -> None:
        """What an SLI counts over a window at every time of a grid."""
        match sli:
            case Events():
                for selector in sli.selectors:
                    self._events(selector, window, grid)
            case Slices():
                for series in sli.read:
                    self._series(series, self._within(window, grid))
            case Expression():
                key = (sli.over(window.length), grid.step)
                self._expressions[key] = _longer(grid, self._expressions.get(key))
            case _:
                assert_never(sli)

    def _events(self, selector: Selector, window: Window, grid: Grid) -> None:
        match window:
            case Direct(length):
                self._range(selector, grid, length)
            case Composed(_, of):
                self._range(selector, self._within(window, grid), of)

    def _series(self, series: Series, grid: Grid) -> None:
        span = series.rate or series.held
        if span is None:
            self._instant(series.selector, grid)
        else:
            self._range(series.selector, grid, span)

    def _range(self, selector: Selector, grid: Grid, span: Duration) -> None:
        start = int(grid.times[0]) - span.ms - self._closed
        self._ranges[selector] = min(start, self._ranges.get(selector, start))

    def _instant(self, selector: Selector, grid: Grid) -> None:
        key = (selector, grid.step)
        self._instants[key] = _longer(grid, self._instants.get(key))

    def _within(self, window: Window, grid: Grid) -> Grid:
        return grid.before(window.length.ms, grid.step, closed=self._closed)


def _longer(grid: Grid, other: Grid | None) -> Grid:
    return grid if other is None or grid.count > other.count else other
