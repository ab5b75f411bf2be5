"""Time slices as a Prometheus with the rules of some interval has them: verdicts, and windows over them.

An event is a slice: one evaluation that measured. For a window w at any time, over the verdicts recorded in it

    total = count of verdicts        absent without any
    bad   = total - sum of verdicts
    share = bad / total over the period of the objective, over any shorter window bad / slices that fit into it
"""

import operator
from collections.abc import Callable
from decimal import Decimal
from typing import Final

import numpy as np

from native.ranges import Profile
from slo.burn import Burn
from slo.duration import Duration
from slo.level import judged, kept, read, reduced
from slo.moving import moving_count, moving_sum
from slo.samples import Samples
from slo.selector import Selector
from slo.sli import Bound, Series, Slices
from slo.vector import Flags, Grid, Vector, joined

_BLOCK: Final = 1 << 11
"""Times that are worked on at once: a thousand series are 16 MiB of them."""


class SliceReadings:
    """What rules of `interval` know of series and slices; it keeps what it has computed, as `Readings` does."""

    def __init__(self, samples: Samples, interval: Duration, profile: Profile) -> None:
        self._samples = samples
        self._interval = interval.ms
        self._profile = profile
        self._known: dict[tuple[object, int, int], Vector] = {}

    def verdict(self, sli: Slices, grid: Grid) -> Vector:
        """1 where a slice is good, 0 where it is bad; absent where nothing is measured."""
        good = judged(self.reduced(sli.series, sli.bound, grid), sli.bound)
        if sli.gate is None:
            return good
        gate = self.level(sli.gate.series, sli.gate.bound, grid).over(good.instances)
        return Vector(good.instances, np.where(gate.present, good.values, 0.0), good.present & gate.present)

    def level(self, series: Series, bound: Bound, grid: Grid) -> Vector:
        """The instances that keep a bound, with their values."""
        return kept(self.reduced(series, bound, grid), bound)

    def reduced(self, series: Series, bound: Bound, grid: Grid) -> Vector:
        """The value of a series now, per instance; `bound` is what one that must have held for a while is to keep."""
        # What a series must have held for a while depends on the side of the bound.
        side = bound.op[0] if series.held else ""
        return self._longest((series, side), grid, lambda whole: self._in_pieces(series, bound, whole))

    def burn(self, sli: Slices, length: Duration, grid: Grid) -> Burn:
        """Bad and measured slices over a window at every time of a grid."""
        slots = grid.before(length.ms, self._interval, closed=self._profile.closed)
        verdicts = self._recorded(sli, slots)
        stride = grid.step // self._interval
        size = slots.count - (grid.count - 1) * stride
        good = moving_sum(verdicts, size, stride)
        total = Vector(good.instances, moving_count(verdicts.present, size, stride).astype(np.float64), good.present)
        return Burn(total.with_(good, operator.sub), total)

    def recorded(self, sli: Slices, grid: Grid) -> Burn:
        """Each slice by itself: bad is 0 or 1 and total 1, where there is a verdict."""
        good = self._recorded(sli, grid)
        total = good.map(np.ones_like)
        return Burn(total.with_(good, operator.sub), total)

    def error_ratio(self, sli: Slices, length: Duration, grid: Grid) -> Vector:
        """The share of bad slices that alerts compare."""
        burn = self.burn(sli, length, grid)
        if length == sli.period:
            return burn.error_ratio
        fit = float(Decimal(length.ms) / self._interval)
        return burn.bad.map(lambda bad: bad / fit)

    def coverage(self, sli: Slices, length: Duration, grid: Grid) -> Vector:
        """The measured share of each window: of the slices that fit into it, those with a verdict."""
        fit = float(Decimal(length.ms) / self._interval)
        return self.burn(sli, length, grid).total.map(lambda total: total / fit)

    def exists(self, selector: Selector, grid: Grid) -> Flags:
        """At which times there is any series of a selector, whatever it is worth: (time)."""
        pieces = grid.pieces(_BLOCK)
        found = [self._samples.instant(selector, piece, self._profile).present.any(axis=0) for piece in pieces]
        return np.concatenate(found)

    def _recorded(self, sli: Slices, grid: Grid) -> Vector:
        return self._longest(sli, grid, lambda whole: self.verdict(sli, whole))

    def _in_pieces(self, series: Series, bound: Bound, grid: Grid) -> Vector:
        pieces = (read(series, bound, self._samples, piece, self._profile) for piece in grid.pieces(_BLOCK))
        return joined([reduced(series, rows, self._profile) for rows in pieces])

    def _longest(self, key: object, grid: Grid, compute: Callable[[Grid], Vector]) -> Vector:
        """A vector over a grid: the end of a longer one where that is known."""
        known = self._known.get((key, grid.end, grid.step))
        if known is None or known.values.shape[1] < grid.count:
            known = self._known[key, grid.end, grid.step] = compute(grid)
        return known.last(grid.count)
