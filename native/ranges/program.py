"""What a fused evaluation computes, as flat arrays: error ratios over series, and alerts over error ratios."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Flags: TypeAlias = NDArray[np.bool_]
Places: TypeAlias = NDArray[np.int64]

BOTH: Final = -1
"""The last two operands of a condition hold."""
EITHER: Final = -2
"""One of the last two operands of a condition holds."""


@dataclass(frozen=True, slots=True, eq=False)
class Program:
    """Error ratios over series, and the alerts whose conditions compare them with thresholds.

    Of each kind of list there are offsets, one more than lists: list i holds the items from offsets[i] up to
    offsets[i + 1].

    A side is a list of series that are summed, in the order of their labels; one without series is absent. An error
    ratio is bad / total, over lists of sides that are added up: `kinds` says how bad events follow (`algebra` has the
    formulas), `weights` where in its bucket an interpolated threshold lies. `windows` are lengths in ms, over
    raw samples where `composed_of` is 0. Elsewhere bad and total are sums of what they were over that many ms, at every
    evaluation within the window: evaluations are `interval` ms apart, and the one at hand is the last.

    A burning is an error ratio over a window (a place in `windows`) that exceeds a threshold. A condition is a list in
    postfix order, of burnings and of BOTH and EITHER; `holds` and `keeps` are an alert's `for` and `keep_firing_for`
    in ms. Alerts that read the same error ratios stand together: `units` are the offsets of such groups.
    """

    side_offsets: Places
    side_series: Places
    total_offsets: Places
    total_sides: Places
    bad_offsets: Places
    bad_sides: Places
    kinds: Places
    weights: NDArray[np.float64]
    windows: Places
    composed_of: Places
    interval: int
    burning_ratios: Places
    burning_windows: Places
    thresholds: NDArray[np.float64]
    condition_offsets: Places
    conditions: Places
    holds: Places
    keeps: Places
    units: Places


def holding(condition: Iterable[int], burning: Callable[[int], Flags]) -> Flags:
    """Where a condition holds, from where each of its burnings does."""
    stack: list[Flags] = []
    for code in condition:
        if code >= 0:
            stack.append(burning(code))
        else:
            right, left = stack.pop(), stack.pop()
            stack.append(left & right if code == BOTH else left | right)
    return stack[0]
