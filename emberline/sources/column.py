"""The samples of one series in two growing arrays."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from slo.samples import Track
from slo.selector import Labels

SAMPLE_BYTES: Final = 16
SERIES_BYTES: Final = 1024
"""What a series weighs beside its samples: labels, index entries and array headers, measured and rounded up."""

_FIRST_CAPACITY: Final = 64
FIRST_BYTES: Final = SERIES_BYTES + _FIRST_CAPACITY * SAMPLE_BYTES
"""What a series weighs with its first samples."""
_GROWTH: Final = 1.25
_NEVER: Final = -(2**63)


class Column:
    """Timestamps (ms, strictly ascending) beside values, in arrays with room to grow.

    What `track` has handed out never changes: samples are only added behind it, and the arrays are replaced,
    not moved within, when they grow or shrink.
    """

    __slots__ = ("_end", "_start", "_times", "_values", "labels", "last_ms", "last_value", "metric", "retention_ms")

    def __init__(self, metric: str, labels: Labels, retention_ms: int) -> None:
        self.metric = metric
        self.labels = labels
        self.retention_ms = retention_ms
        self.last_ms = _NEVER
        self.last_value = 0.0
        self._times: NDArray[np.int64] = np.empty(0, np.int64)
        self._values: NDArray[np.float64] = np.empty(0, np.float64)
        self._start = self._end = 0

    def __len__(self) -> int:
        """Number of samples."""
        return self._end - self._start

    @property
    def bytes(self) -> int:
        """Memory held, room to grow included."""
        return self._times.size * SAMPLE_BYTES + SERIES_BYTES

    @property
    def capacity(self) -> int:
        """Number of samples there is room for."""
        return self._times.size

    @property
    def first_ms(self) -> int | None:
        """Time of the oldest sample, None without one."""
        return int(self._times[self._start]) if len(self) else None

    def push(self, at: int, value: float) -> None:
        """Add one sample; there must be room, and `at` must lie behind the last one."""
        self._times[self._end] = at
        self._values[self._end] = value
        self._end += 1
        self.last_ms, self.last_value = at, value

    def push_all(self, times: NDArray[np.int64], values: NDArray[np.float64]) -> None:
        """Add samples, (time,) each, under the same conditions."""
        stop = self._end + times.size
        self._times[self._end : stop] = times
        self._values[self._end : stop] = values
        self._end = stop
        self.last_ms, self.last_value = int(times[-1]), float(values[-1])

    def forget(self, before: int) -> None:
        """Drop the samples older than `before`; their memory returns with the next `resize`."""
        self._start += int(np.searchsorted(self._times[self._start : self._end], before))

    def fits(self, extra: int) -> bool:
        """Whether there is room for so many samples more."""
        return self._end + extra <= self._times.size

    def capacity_for(self, extra: int) -> int:
        """A capacity that holds what is there and so many samples more, with room to grow."""
        return max(_FIRST_CAPACITY, int((len(self) + extra) * _GROWTH))

    def resize(self, capacity: int) -> None:
        """Move what is held into arrays of this capacity."""
        count = len(self)
        times, values = np.empty(capacity, np.int64), np.empty(capacity, np.float64)
        times[:count] = self._times[self._start : self._end]
        values[:count] = self._values[self._start : self._end]
        self._times, self._values = times, values
        self._start, self._end = 0, count

    def track(self) -> Track:
        """Everything held, as read-only views."""
        times, values = self._times[self._start : self._end], self._values[self._start : self._end]
        times.flags.writeable = values.flags.writeable = False
        return Track(self.metric, self.labels, times, values)
