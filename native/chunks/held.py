"""The history of many series, and windows over it, in Python: what the compiled ones must equal."""

from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from native.ranges import Profile, Series
from native.ranges.twin import increase

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

_SAMPLE_BYTES: Final = 80
"""What a pair of Python numbers takes in a list."""


@dataclass(slots=True)
class _Column:
    times: list[int] = field(default_factory=list)
    values: list[int] = field(default_factory=list)
    newest: tuple[int, int] | None = None

    def append(self, time: int, value: int) -> str:
        if self.newest is not None:
            if time < self.newest[0]:
                return "late"
            if time == self.newest[0]:
                return "same" if value == self.newest[1] else "duplicate"
        self.times.append(time)
        self.values.append(value)
        self.newest = (time, value)
        return "new"

    def forget(self, before: int) -> None:
        gone = bisect_left(self.times, before)
        del self.times[:gone]
        del self.values[:gone]


class History:
    """Series by number, appended to, read and forgotten. IndexError for a series that is not there."""

    def __init__(self) -> None:
        self._columns: list[_Column | None] = []

    def add(self) -> int:
        """The number of a new series."""
        self._columns.append(_Column())
        return len(self._columns) - 1

    def discard(self, series: int) -> None:
        """Forget a series; its number stays taken."""
        if 0 <= series < len(self._columns):
            self._columns[series] = None

    def append(self, series: Integers, at: int, values: Floats) -> tuple[int, int]:
        """One value for each of the series, at the same time: how many were out of order, and how many duplicates.

        A sample at the time of the last one is a duplicate unless it has the same bits. Neither is taken.
        """
        _require_equal(len(series), len(values))
        columns = [self._column(one) for one in series.tolist()]
        taken = [column.append(at, value) for column, value in zip(columns, _bits(values), strict=True)]
        return taken.count("late"), taken.count("duplicate")

    def extend(self, series: int, timestamps: Integers, values: Floats) -> int:
        """Samples of one series, ascending strictly, else ValueError: how many were not taken."""
        _require_equal(len(timestamps), len(values))
        column = self._column(series)
        fault = np.flatnonzero(timestamps[1:] <= timestamps[:-1])
        if len(fault):
            raise ValueError(f"timestamps must ascend strictly, sample {int(fault[0]) + 1} does not")
        pairs = zip(timestamps.tolist(), _bits(values), strict=True)
        return sum(column.append(time, value) != "new" for time, value in pairs)

    def forget(self, series: Integers, before: int) -> None:
        """Drop every sample of the series before a time."""
        for column in [self._column(one) for one in series.tolist()]:
            column.forget(before)

    def read(self, series: int, start: int, end: int) -> tuple[Integers, Floats]:
        """The samples of [start, end]; the arrays cannot be written to."""
        column = self._column(series)
        own = slice(bisect_left(column.times, start), bisect_right(column.times, end))
        times, values = np.array(column.times[own], np.int64), np.array(column.values[own], np.uint64)
        times.flags.writeable = values.flags.writeable = False
        return times, values.view(np.float64)

    def last(self, series: int) -> tuple[int, float] | None:
        """The newest sample that was ever taken; None without one."""
        newest = self._column(series).newest
        return None if newest is None else (newest[0], float(np.array([newest[1]], np.uint64).view(np.float64)[0]))

    @property
    def samples(self) -> int:
        """Number of samples held."""
        return sum(map(len, self._held()))

    @property
    def bytes(self) -> int:
        """Memory held."""
        return self.samples * _SAMPLE_BYTES

    @property
    def oldest(self) -> int | None:
        """The time of the oldest sample; None without one."""
        return min((times[0] for times in self._held()), default=None)

    @property
    def first_end(self) -> int | None:
        """Up to when samples must be forgotten to get any memory back; None without one."""
        return self.oldest

    def _held(self) -> list[list[int]]:
        return [column.times for column in self._columns if column is not None and column.times]

    def _column(self, series: int) -> _Column:
        column = self._columns[series] if 0 <= series < len(self._columns) else None
        if column is None:
            raise IndexError(f"there is no series {series}")
        return column

    def held(self, series: int) -> tuple[Integers, Floats]:
        """All samples of a series, none of one that is gone."""
        gone = not 0 <= series < len(self._columns) or self._columns[series] is None
        bounds = np.iinfo(np.int64)
        return (np.empty(0, np.int64), np.empty(0)) if gone else self.read(series, bounds.min, bounds.max)


@dataclass(slots=True, eq=False)
class Windows:
    """Window j of each series, at `at`: the one of lengths[j] ms that ends offsets[j] ms before."""

    history: History
    series: Integers
    offsets: Integers
    lengths: Integers
    profile: Profile
    _at: int = field(default=-(2**63), init=False)

    def __post_init__(self) -> None:
        _require_equal(len(self.offsets), len(self.lengths))

    def increase(self, at: int) -> tuple[Floats, NDArray[np.bool_]]:
        """`increase` over every window, (window, series), and where it is present; ValueError if `at` goes back."""
        if at < self._at:
            raise ValueError(f"windows do not go back, from {self._at} to {at}")
        self._at = at
        held = Series.of(self.history.held(one) for one in self.series.tolist())
        raised = np.zeros((len(self.lengths), len(self.series)))
        present = np.zeros(raised.shape, np.bool_)
        for row, (offset, length) in enumerate(zip(self.offsets.tolist(), self.lengths.tolist(), strict=True)):
            found = increase(held, np.array([at - offset]), np.array([length]), self.profile)
            raised[row], present[row] = found[0][0, :, 0], found[1][0, :, 0]
        return raised, present


def _bits(values: Floats) -> list[int]:
    bits: list[int] = values.view(np.uint64).tolist()
    return bits


def _require_equal(left: int, right: int) -> None:
    if left != right:
        raise ValueError("arrays of different lengths")
