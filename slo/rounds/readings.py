"""Readings at the newest evaluation, out of what live evaluation holds already."""

import operator
from collections.abc import Mapping

import numpy as np

from native.ranges import Profile
from native.ranges.algebra import Column
from slo.burn import Burn
from slo.duration import Duration
from slo.readings import Readings
from slo.rounds.layout import evaluations
from slo.rounds.round import Round
from slo.rounds.verdicts import Verdicts
from slo.samples import Samples
from slo.selector import Labels
from slo.sli import Events, Slices
from slo.slices import SliceReadings
from slo.vector import Grid, Vector
from slo.window import Composed, Window


class LiveReadings(Readings):
    """As `Readings`, but what a round or the remembered verdicts tell of its time is not worked out again."""

    def __init__(
        self, samples: Samples, found: Round, verdicts: Mapping[Slices, Verdicts], interval: Duration, profile: Profile
    ) -> None:
        super().__init__(samples, interval, profile)
        self.slices = LiveSlices(samples, interval, profile, verdicts, found.at)
        self._round = found
        self._windows = {window: row for row, window in enumerate(found.compiled.windows)}
        self._places: dict[Events, dict[Labels, int]] = {}
        for place, ratio in enumerate(found.compiled.ratios):
            self._places.setdefault(ratio.sli, {})[ratio.labels] = place

    def burn(self, sli: Events, window: Window, grid: Grid) -> Burn:
        """Bad and total events over `window` at every time of `grid`."""
        if not self._tells(window, grid):
            return super().burn(sli, window, grid)
        row = self._windows[window]
        return Burn(self._vector(sli, self._round.bad, row), self._vector(sli, self._round.total, row))

    def coverage(self, sli: Events, window: Composed, grid: Grid) -> Vector:
        """The measured share of each window."""
        if not self._tells(window, grid):
            return super().coverage(sli, window, grid)
        fit = evaluations(window, self._interval, closed=self.closed)
        return self._vector(sli, (self._round.measured / fit, self._round.total[1]), self._windows[window])

    def _tells(self, window: Window, grid: Grid) -> bool:
        return grid.count == 1 and grid.end == self._round.at and window in self._windows

    def _vector(self, sli: Events, column: Column, row: int) -> Vector:
        places = self._places.get(sli, {})
        instances = tuple(sorted(places))
        chosen = np.array([places[labels] for labels in instances], np.intp)
        values, present = column[0][row, chosen][:, None], column[1][row, chosen][:, None]
        return Vector(instances, np.where(present, values, 0.0), present)


class LiveSlices(SliceReadings):
    """As `SliceReadings`, with windows over remembered verdicts."""

    def __init__(
        self,
        samples: Samples,
        interval: Duration,
        profile: Profile,
        verdicts: Mapping[Slices, Verdicts],
        at: int,
    ) -> None:
        super().__init__(samples, interval, profile)
        self._verdicts = verdicts
        self._at = at

    def burn(self, sli: Slices, length: Duration, grid: Grid) -> Burn:
        """Bad and measured slices over a window at every time of a grid."""
        if grid.count > 1 or grid.end != self._at or sli not in self._verdicts:
            return super().burn(sli, length, grid)
        slots = grid.before(length.ms, grid.step, closed=self._profile.closed)
        total, good = self._verdicts[sli].counts(slots.count)
        return Burn(total.with_(good, operator.sub), total)

    def _recorded(self, sli: Slices, grid: Grid) -> Vector:
        known = self._verdicts[sli].last(grid.count) if grid.end == self._at and sli in self._verdicts else None
        return super()._recorded(sli, grid) if known is None else known
