"""The history of many series, and windows over it, in Python: what the compiled ones must equal, chunk for chunk."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from native.ranges import Profile, Series
from native.ranges.twin import increase

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

SAMPLES_IN_CHUNK: Final = 240
"""How many samples are forgotten at once: a chunk goes when its last one may."""
_STALE: Final = 0x7FF0000000000002
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
        while self.times:
            count = min(SAMPLES_IN_CHUNK, len(self.times))
            if self.times[count - 1] >= before:
                return
            del self.times[:count]
            del self.values[:count]


class History:
    """As the compiled History: series by number, appended to, read and forgotten."""

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
        """One value for each of the series, at the same time: how many were out of order, and how many duplicates."""
        columns = [self._column(one) for one in series.tolist()]
        bits = values.view(np.uint64).tolist()
        taken = [column.append(at, value) for column, value in zip(columns, bits, strict=True)]
        return taken.count("late"), taken.count("duplicate")

    def extend(self, series: int, timestamps: Integers, values: Floats) -> int:
        """Samples of one series, ascending strictly, else ValueError: how many were not taken."""
        column = self._column(series)
        fault = np.flatnonzero(np.diff(timestamps) <= 0)
        if len(fault):
            raise ValueError(f"timestamps must ascend strictly, sample {int(fault[0]) + 1} does not")
        pairs = zip(timestamps.tolist(), values.view(np.uint64).tolist(), strict=True)
        return sum(column.append(time, value) != "new" for time, value in pairs)

    def forget(self, series: Integers, before: int) -> None:
        """Drop every chunk of the series that ends before a time."""
        for one in series.tolist():
            self._column(one).forget(before)

    def read(self, series: int, start: int, end: int) -> tuple[Integers, Floats]:
        """The samples of [start, end]."""
        column = self._column(series)
        times = np.array(column.times, np.int64)
        own = slice(int(np.searchsorted(times, start)), int(np.searchsorted(times, end, side="right")))
        return times[own], np.array(column.values, np.uint64)[own].view(np.float64)

    def latest(self, series: Integers, at: int, lookback: int) -> tuple[Floats, NDArray[np.bool_]]:
        """The instant vector at a time: absent after a stale marker, and `lookback` ms after the last sample."""
        values = np.zeros(len(series))
        present = np.zeros(len(series), np.bool_)
        for place, one in enumerate(series.tolist()):
            times, found = self.read(one, np.iinfo(np.int64).min, at)
            if len(times) and times[-1] > at - lookback and found[-1:].view(np.uint64)[0] != _STALE:
                values[place], present[place] = found[-1], True
        return values, present

    def first(self, series: int) -> int | None:
        """The time of the oldest sample; None without one."""
        times = self._column(series).times
        return times[0] if times else None

    def last(self, series: int) -> tuple[int, float] | None:
        """The newest sample that was ever taken; None without one."""
        newest = self._column(series).newest
        return None if newest is None else (newest[0], float(np.array([newest[1]], np.uint64).view(np.float64)[0]))

    @property
    def samples(self) -> int:
        """Number of samples held."""
        return sum(len(column.times) for column in self._columns if column is not None)

    @property
    def bytes(self) -> int:
        """Memory held."""
        return self.samples * _SAMPLE_BYTES

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


@dataclass(frozen=True, slots=True, eq=False)
class Windows:
    """Window j of each series, at `at`: the one of lengths[j] ms that ends offsets[j] ms before."""

    history: History
    series: Integers
    offsets: Integers
    lengths: Integers
    profile: Profile

    def increase(self, at: int) -> tuple[Floats, NDArray[np.bool_]]:
        """`increase` over every window, (window, series), and where it is present; `at` never goes back."""
        held = Series.of(self.history.held(one) for one in self.series.tolist())
        raised = np.zeros((len(self.lengths), len(self.series)))
        present = np.zeros(raised.shape, np.bool_)
        for row, (offset, length) in enumerate(zip(self.offsets.tolist(), self.lengths.tolist(), strict=True)):
            found = increase(held, np.array([at - offset]), np.array([length]), self.profile)
            raised[row], present[row] = found[0][0, :, 0], found[1][0, :, 0]
        return raised, present
