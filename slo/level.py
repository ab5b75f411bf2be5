"""Typed series over arrays: what a slice measures, whether it is good, and whether it is measured at all.

The arithmetic is that of the rules (`rules.level` prints it). For a typed series and a bound on it:

    read    = selector                         or rate(selector[rate])
                                               or min_over_time(selector[held]), of which max where the bound is one
                                               from above: the sample that is farthest from keeping it
    reduced = reduce by (by) (read <valid>)    reduce: sum, avg, min or max
    level   = reduced <bound>                  the instances that keep the bound
    verdict = reduced <bool bound> and level of the gate

A comparison with NaN is false: it is not valid, does not keep a bound, and is a bad slice.
"""

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from native.ranges import Profile, aggregate, over_time, rate
from slo.instant import packed
from slo.samples import Rows, Samples
from slo.selector import grouped
from slo.sli import Bound, Series
from slo.vector import Flags, Floats, Grid, Vector

_COMPARISONS: Final[Mapping[str, Callable[[Floats, float], Flags]]] = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
}


def keeps(bound: Bound, values: Floats) -> Flags:
    """Which values keep a bound."""
    with np.errstate(invalid="ignore"):
        return _COMPARISONS[bound.op](values, float(bound.value))


def read(series: Series, bound: Bound, samples: Samples, grid: Grid, profile: Profile) -> Rows:
    """The series one by one, before they are reduced."""
    span = series.rate or series.held
    if span is None:
        return samples.instant(series.selector, grid, profile)
    times, windows = grid.times, np.array([span.ms], np.int64)
    tracks = samples.within(series.selector, int(times[0]) - span.ms, grid.end)
    held = packed(tracks)
    if series.rate is not None:
        values, present = rate(held, times, windows, profile)
    else:
        values, present = over_time("min" if bound.op[0] == ">" else "max", held, times, windows, profile)
    return Rows(tuple(track.labels for track in tracks), values[0], present[0])


def reduced(series: Series, rows: Rows, profile: Profile) -> Vector:
    """The valid ones of the rows, reduced per combination of the `by` labels."""
    present = rows.present
    if series.valid is not None:
        present = present & keeps(series.valid, rows.values)
    members = grouped(rows.labels, series.by)
    order = [row for own in members.values() for row in own]
    groups = np.cumsum([0, *map(len, members.values())], dtype=np.int64)
    values = np.where(present, rows.values, 0.0)
    return Vector(tuple(members), *aggregate(series.reduce, values[order], present[order], groups, profile))


def kept(vector: Vector, bound: Bound) -> Vector:
    """The instances that keep a bound, with their values."""
    present = vector.present & keeps(bound, vector.values)
    return Vector(vector.instances, np.where(present, vector.values, 0.0), present)


def judged(vector: Vector, bound: Bound) -> Vector:
    """1 where an instance keeps a bound, 0 where it does not; absent where it is."""
    return Vector(vector.instances, np.where(vector.present & keeps(bound, vector.values), 1.0, 0.0), vector.present)
