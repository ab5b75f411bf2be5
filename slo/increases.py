"""`sum by (...) (increase(selector[window]))` over raw samples, at every time of a grid."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from native.ranges import PROM_3_5, Profile, Series, aggregate, increase
from slo.instant import packed
from slo.samples import Track
from slo.selector import Labels, grouped
from slo.vector import Grid, Vector

_BLOCK: Final = 1 << 22
"""Values that are worked on at once."""


@dataclass(frozen=True, slots=True, eq=False)
class Selection:
    """The series of a selector by instance: instance j sums the series from groups[j] up to groups[j + 1]."""

    instances: tuple[Labels, ...]
    groups: NDArray[np.int64]
    series: Series


def selection(tracks: Sequence[Track], by: tuple[str, ...]) -> Selection:
    """The tracks of a selector, in the order of their labels, one instance per combination of the `by` labels."""
    members = grouped((track.labels for track in tracks), by)
    groups = np.cumsum([0, *map(len, members.values())], dtype=np.int64)
    return Selection(tuple(members), groups, packed(tracks[place] for own in members.values() for place in own))


def summed_increase(chosen: Selection, grid: Grid, length: int, profile: Profile = PROM_3_5) -> Vector:
    """`sum by (by) (increase(selector[length]))`: one instance per combination of the `by` labels, even if absent."""
    times, window = grid.times, np.array([length], np.int64)
    values = np.zeros((len(chosen.instances), len(times)))
    present = np.zeros(values.shape, np.bool_)
    first = 0
    while first < len(chosen.instances):
        last = _until(chosen.groups, first, _BLOCK // len(times))
        own = chosen.groups[first : last + 1]
        rows, found = increase(chosen.series.part(int(own[0]), int(own[-1])), times, window, profile)
        block = slice(first, last)
        values[block], present[block] = aggregate("sum", rows[0], found[0], own - own[0], profile)
        first = last
    return Vector(chosen.instances, values, present)


def _until(groups: NDArray[np.int64], first: int, series: int) -> int:
    """Where a block of instances ends that begins with `first`: as many as hold so many series, one at least."""
    fitting = int(np.searchsorted(groups, groups[first] + series, side="right")) - 1
    return max(first + 1, fitting)
