"""Windows over a store's series, moved while nobody writes to them."""

from dataclasses import dataclass
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from native.chunks import Windows


@dataclass(frozen=True, slots=True, eq=False)
class Moving:
    """Windows that go on from one evaluation to the next; implements `slo.rounds.source.Moving`."""

    windows: Windows
    lock: Lock

    def increase(self, at: int) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """`increase` over every window at `at`, (window, series) with presence; `at` never goes back."""
        with self.lock:
            return self.windows.increase(at)
