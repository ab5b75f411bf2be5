"""Which evaluations the corrections of an error budget exclude."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from slo.correction import Correction


def excluding(corrections: Sequence[Correction], times: NDArray[np.int64], span: int) -> NDArray[np.int64]:
    """The correction that excludes each evaluation, by its position, or -1 where none does.

    One excludes every evaluation that looks at any part of its interval: those at t look back over (t - span, t] ms, so
    that from < t < to + span. Of several the first counts. `times` ascend, and so do the corrections.
    """
    by = np.full(len(times), -1)
    for position, each in reversed(tuple(enumerate(corrections))):
        first = np.searchsorted(times, each.from_, side="right")
        by[first : np.searchsorted(times, each.to + span, side="left")] = position
    return by
