"""`sum by (...) (increase(selector[window]))` over raw samples, at every time of a grid."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from native.ranges import PROM_3_5, Profile, increase, is_stale, sum_series
from slo.samples import Track
from slo.selector import Labels
from slo.vector import Flags, Floats, Grid, Vector

_BLOCK: Final = 1 << 14
"""Values that are worked on at once: few enough for the cache, enough to make a call worth its while."""


@dataclass(frozen=True, slots=True, eq=False)
class Clocked:
    """Series with the same timestamps; `places` are their positions in the selection."""

    clock: NDArray[np.int64]
    places: list[int]
    rows: list[Floats]


@dataclass(frozen=True, slots=True)
class Selection:
    """The series of one selector in the order of their labels, without stale markers, by clock."""

    labels: tuple[Labels, ...]
    clocked: tuple[Clocked, ...]


def selection(tracks: Sequence[Track]) -> Selection:
    """Series grouped by clock: a target's series share theirs unless one of them went stale."""
    found: dict[tuple[int, int, int], list[Clocked]] = {}
    for place, track in enumerate(tracks):
        clock, row = _fresh(track)
        if not len(clock):
            continue
        alike = found.setdefault((len(clock), int(clock[0]), int(clock[-1])), [])
        group = next((one for one in alike if one.clock is clock or np.array_equal(one.clock, clock)), None)
        if group is None:
            group = Clocked(clock, [], [])
            alike.append(group)
        group.places.append(place)
        group.rows.append(row)
    groups = tuple(group for alike in found.values() for group in alike)
    return Selection(tuple(track.labels for track in tracks), groups)


def summed_increase(
    series: Selection, by: tuple[str, ...], grid: Grid, length: int, profile: Profile = PROM_3_5
) -> Vector:
    """`sum by (by) (increase(selector[length]))`: one instance per combination of the `by` labels, even if absent."""
    members: dict[Labels, list[int]] = {}
    for place, labels in enumerate(series.labels):
        members.setdefault(tuple(pair for pair in labels if pair[0] in by), []).append(place)
    instances = tuple(sorted(members))
    times = grid.times
    values = np.zeros((len(instances), len(times)))
    present = np.zeros(values.shape, np.bool_)
    size = max(256, _BLOCK // max(1, len(series.labels)))
    for start in range(0, len(times), size):
        block = slice(start, start + size)
        rows, found = _increases(series, times[block], length, profile)
        for index, labels in enumerate(instances):
            first, *others = members[labels]
            places = [first, *others] if others else slice(first, first + 1)
            values[index, block], present[index, block] = sum_series(rows[places], found[places], profile)
    return Vector(instances, values, present)


def _increases(series: Selection, times: NDArray[np.int64], length: int, profile: Profile) -> tuple[Floats, Flags]:
    values = np.zeros((len(series.labels), len(times)))
    present = np.zeros(values.shape, np.bool_)
    for group in series.clocked:
        values[group.places], present[group.places] = increase(group.clock, group.rows, times, length, profile)
    return values, present


def _fresh(track: Track) -> tuple[NDArray[np.int64], Floats]:
    stale = is_stale(track.values)
    if not stale.any():
        return track.timestamps, track.values
    return track.timestamps[~stale], track.values[~stale]
