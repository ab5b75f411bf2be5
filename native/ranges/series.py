"""Samples of many series, one series after the other."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float64]
Times: TypeAlias = NDArray[np.int64]

_STALE: Final = np.uint64(0x7FF0000000000002)


def is_stale(values: Floats) -> NDArray[np.bool_]:
    """Which values are the marker by which Prometheus ends a series; other NaN are not."""
    flags: NDArray[np.bool_] = values.view(np.uint64) == _STALE
    return flags


def require_ascending(at: Times) -> None:
    """ValueError where the times of evaluations do not ascend strictly."""
    if (np.diff(at) <= 0).any():
        raise ValueError("evaluations must ascend strictly")


@dataclass(frozen=True, slots=True, eq=False)
class Series:
    """Series i has the timestamps (ms) and values from offsets[i] up to offsets[i + 1].

    Within a series timestamps ascend strictly. Stale markers may be among the values; any other NaN is a value.
    """

    offsets: NDArray[np.int64]
    timestamps: Times
    values: Floats

    def __len__(self) -> int:
        """Number of series."""
        return len(self.offsets) - 1

    def __iter__(self) -> Iterator[tuple[Times, Floats]]:
        """Timestamps and values of each series; ValueError at the first timestamp that does not ascend."""
        for index in range(len(self)):
            own = slice(int(self.offsets[index]), int(self.offsets[index + 1]))
            times = self.timestamps[own]
            fault = np.flatnonzero(np.diff(times) <= 0)
            if len(fault):
                place = int(fault[0]) + 1
                raise ValueError(f"series {index}: timestamps must ascend strictly, sample {place} does not")
            yield times, self.values[own]

    def part(self, begin: int, end: int) -> "Series":
        """The series from `begin` up to `end`; nothing is copied."""
        first, last = int(self.offsets[begin]), int(self.offsets[end])
        return Series(self.offsets[begin : end + 1] - first, self.timestamps[first:last], self.values[first:last])

    @classmethod
    def of(cls, tracks: Iterable[tuple[Times, Floats]]) -> "Series":
        """Series out of timestamps and values of each."""
        pairs: Sequence[tuple[Times, Floats]] = tuple(tracks)
        offsets = np.cumsum([0, *(len(times) for times, _ in pairs)], dtype=np.int64)
        times = np.concatenate([times for times, _ in pairs]) if pairs else np.empty(0, np.int64)
        values = np.concatenate([values for _, values in pairs]) if pairs else np.empty(0)
        return cls(offsets, np.ascontiguousarray(times, np.int64), np.ascontiguousarray(values, np.float64))
