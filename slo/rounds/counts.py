"""Bad and total events of every error ratio of a program, out of the increases of its series."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from native.ranges import Profile, Program, aggregate
from native.ranges.algebra import Column, bad_events, summed

Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Alike:
    """Error ratios that follow from their sides by one formula: their numbers, and their sides, (ratio, side)."""

    kind: int
    ratios: Places
    totals: Places
    bads: Places
    weights: NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Counts:
    """How bad and total events of a program's error ratios are counted, many at once."""

    program: Program
    profile: Profile
    alike: tuple[Alike, ...]

    @classmethod
    def of(cls, program: Program, profile: Profile) -> "Counts":
        """The program's error ratios, those of one formula together."""
        shapes = np.stack([program.kinds, np.diff(program.total_offsets), np.diff(program.bad_offsets)], axis=1)
        groups = (np.flatnonzero((shapes == shape).all(axis=1)) for shape in np.unique(shapes, axis=0))
        return cls(program, profile, tuple(_alike(program, ratios) for ratios in groups))

    def events(self, raised: NDArray[np.float64], present: NDArray[np.bool_]) -> tuple[Column, Column]:
        """Bad and total, (window, ratio) each, from the increases of every series, (window, series)."""
        sides = self._sides(raised, present)
        shape = (len(raised), len(self.program.kinds))
        bad, total = _empty(shape), _empty(shape)
        for alike in self.alike:
            own = summed(_columns(sides, alike.totals))
            _put(total, alike.ratios, own)
            _put(bad, alike.ratios, bad_events(alike.kind, _columns(sides, alike.bads), own, alike.weights))
        return bad, total

    def _sides(self, raised: NDArray[np.float64], present: NDArray[np.bool_]) -> Column:
        program = self.program
        members = program.side_series
        if (np.diff(program.side_offsets) == 1).all():
            # A compensated sum of one series is the series, but for -0.
            return raised[:, members] + (0.0 if self.profile.compensated else -0.0), present[:, members]
        rows, here = np.ascontiguousarray(raised[:, members].T), np.ascontiguousarray(present[:, members].T)
        values, found = aggregate("sum", rows, here, program.side_offsets, self.profile)
        return values.T, found.T


def _alike(program: Program, ratios: Places) -> Alike:
    def sides(offsets: Places, items: Places) -> Places:
        width = int(offsets[ratios[0] + 1] - offsets[ratios[0]])
        chosen: Places = items[offsets[ratios][:, None] + np.arange(width)]
        return chosen

    return Alike(
        int(program.kinds[ratios[0]]),
        ratios,
        sides(program.total_offsets, program.total_sides),
        sides(program.bad_offsets, program.bad_sides),
        program.weights[ratios],
    )


def _columns(sides: Column, chosen: Places) -> list[Column]:
    return [(sides[0][:, place], sides[1][:, place]) for place in chosen.T]


def _empty(shape: tuple[int, int]) -> Column:
    return np.zeros(shape), np.zeros(shape, np.bool_)


def _put(into: Column, ratios: Places, column: Column) -> None:
    into[0][:, ratios], into[1][:, ratios] = column
