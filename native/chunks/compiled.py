"""The compiled codec, history and windows behind the signatures of the twins."""

import numpy as np
from numpy.typing import NDArray

from native.chunks import _kernel
from native.ranges import Profile

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

encode = _kernel.encode
decode = _kernel.decode


class History:
    """Series by number, appended to, read and forgotten; `held.History` describes each method."""

    def __init__(self) -> None:
        self.kernel = _kernel.History()

    def add(self) -> int:
        """As the twin's."""
        return self.kernel.add()

    def discard(self, series: int) -> None:
        """As the twin's."""
        self.kernel.discard(series)

    def append(self, series: Integers, at: int, values: Floats) -> tuple[int, int]:
        """As the twin's."""
        return self.kernel.append(series, at, values)

    def extend(self, series: int, timestamps: Integers, values: Floats) -> int:
        """As the twin's."""
        return self.kernel.extend(series, np.ascontiguousarray(timestamps), np.ascontiguousarray(values))

    def forget(self, series: Integers, before: int) -> None:
        """As the twin's."""
        self.kernel.forget(series, before)

    def read(self, series: int, start: int, end: int) -> tuple[Integers, Floats]:
        """As the twin's; the arrays cannot be written to."""
        times, values = self.kernel.read(series, start, end)
        return np.frombuffer(times, np.int64), np.frombuffer(values, np.float64)

    def last(self, series: int) -> tuple[int, float] | None:
        """As the twin's."""
        return self.kernel.last(series)

    @property
    def samples(self) -> int:
        """As the twin's."""
        return self.kernel.samples

    @property
    def bytes(self) -> int:
        """As the twin's."""
        return self.kernel.bytes

    @property
    def oldest(self) -> int | None:
        """As the twin's."""
        return self.kernel.oldest

    @property
    def first_end(self) -> int | None:
        """As the twin's, but by the chunk."""
        return self.kernel.first_end


class Windows:
    """Windows that move over the series of a history: a call costs the samples that came and went since the last."""

    def __init__(
        self, history: History, series: Integers, offsets: Integers, lengths: Integers, profile: Profile
    ) -> None:
        history.kernel.count(series)
        self._history = history
        self._kernel = _kernel.Windows(series, offsets, lengths, profile)
        self._shape = (len(lengths), len(series))

    def increase(self, at: int) -> tuple[Floats, NDArray[np.bool_]]:
        """As the twin's."""
        raised, present = np.empty(self._shape), np.empty(self._shape, np.uint8)
        self._kernel.increase(self._history.kernel, at, raised, present)
        return raised, present.view(np.bool_)
