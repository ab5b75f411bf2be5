"""What one evaluation reads out of raw samples, each sum once, for every plan and alert that wants it."""

from typing import assert_never

from native.ranges import PROM_3_5, Profile
from slo.burn import Burn, count
from slo.duration import Duration
from slo.increases import Selection, selection, summed_increase
from slo.moving import moving_count, moving_sum
from slo.samples import Samples
from slo.selector import Selector
from slo.sli import Events, Expression, Sli, Slices
from slo.slices import SliceReadings
from slo.vector import Grid, Vector
from slo.window import Composed, Window


class Readings:
    """Bad and total events over windows, as a Prometheus with the rules of `interval` has them; `slices` likewise.

    It keeps what it has computed, so it must not outlive the evaluation: samples may arrive late.
    """

    def __init__(self, samples: Samples, interval: Duration, profile: Profile = PROM_3_5) -> None:
        self._samples = samples
        self._interval = interval.ms
        self._profile = profile
        self.slices = SliceReadings(samples, interval, profile)
        self._selections: dict[tuple[Selector, tuple[str, ...]], Selection] = {}
        self._sides: dict[tuple[Selector, tuple[str, ...], int, Grid], Vector] = {}
        self._burns: dict[tuple[Events, Window, Grid], Burn] = {}
        self._coverages: dict[tuple[Events, Window, Grid], Vector] = {}

    @property
    def closed(self) -> bool:
        """Whether a window holds what lies at its left end."""
        return self._profile.closed

    def error_ratio(self, sli: Sli, window: Window, grid: Grid) -> Vector:
        """What alerts compare with a budget; Unevaluated for an expression where nothing evaluates PromQL."""
        match sli:
            case Events():
                return self.burn(sli, window, grid).error_ratio
            case Slices():
                return self.slices.error_ratio(sli, window.length, grid)
            case Expression():
                return self._samples.evaluated(sli.over(window.length), grid)
            case _:
                assert_never(sli)

    def burn(self, sli: Events, window: Window, grid: Grid) -> Burn:
        """Bad and total events over `window` at every time of `grid`."""
        key = (sli, window, grid)
        if key not in self._burns:
            if isinstance(window, Composed):
                self._compose(sli, window, grid)
            else:
                self._burns[key] = count(sli, lambda selector: self._side(selector, sli.by, window.length.ms, grid))
        return self._burns[key]

    def coverage(self, sli: Events, window: Composed, grid: Grid) -> Vector:
        """The measured share of each window: of its evaluations, those that found events counted over `of`."""
        key = (sli, window, grid)
        if key not in self._coverages:
            self._compose(sli, window, grid)
        return self._coverages[key]

    def recorded(self, sli: Events | Slices, of: Duration, grid: Grid) -> Burn:
        """Bad and total of single evaluations: events counted over `of`, or one slice each."""
        if isinstance(sli, Slices):
            return self.slices.recorded(sli, grid)
        return count(sli, lambda selector: self._increase(selector, sli.by, of.ms, grid))

    def _compose(self, sli: Events, window: Composed, grid: Grid) -> None:
        slots = grid.before(window.length.ms, self._interval, closed=self._profile.closed)
        recorded = self.recorded(sli, window.of, slots)
        stride = grid.step // self._interval
        length = slots.count - (grid.count - 1) * stride
        bad, total = (moving_sum(side, length, stride) for side in (recorded.bad, recorded.total))
        self._burns[sli, window, grid] = Burn(bad, total)
        shares = moving_count(recorded.total.present, length, stride) / length
        self._coverages[sli, window, grid] = Vector(total.instances, shares, total.present)

    def _side(self, selector: Selector, by: tuple[str, ...], length: int, grid: Grid) -> Vector:
        key = (selector, by, length, grid)
        if key not in self._sides:
            self._sides[key] = self._increase(selector, by, length, grid)
        return self._sides[key]

    def _increase(self, selector: Selector, by: tuple[str, ...], length: int, grid: Grid) -> Vector:
        if (selector, by) not in self._selections:
            self._selections[selector, by] = selection(self._samples.select(selector), by)
        return summed_increase(self._selections[selector, by], grid, length, self._profile)
