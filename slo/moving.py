"""Sums over a window that moves from one evaluation to the next, in time that does not grow with the window."""

import numpy as np
from numpy.typing import NDArray

from native.ranges import sum_over_time
from native.ranges.folds import rounding
from slo.vector import Flags, Floats, Vector


def moving_sum(vector: Vector, length: int, stride: int = 1) -> Vector:
    """`sum_over_time` of `length` consecutive points, for the windows that begin every `stride` points.

    A window is the difference of two running sums. Each is a pair of floats, the sum and what its additions rounded
    away, so that a difference is as exact as the compensated sum that Prometheus computes. What is not finite would
    stay in a running sum for ever, and is summed window by window.
    """
    with np.errstate(invalid="ignore", over="ignore"):
        running = _running(vector.values)
    if not np.isfinite(running).all():
        return Vector(vector.instances, *sum_over_time(vector.values, vector.present, length, stride))
    before = running[:, :-1]
    lost = _running(rounding(before, vector.values, running[:, 1:]))
    high, low = running[:, length::stride], running[:, : running.shape[1] - length : stride]
    risen = high - low
    rest = lost[:, length::stride] - lost[:, : lost.shape[1] - length : stride]
    present = moving_count(vector.present, length, stride) > 0
    return Vector(vector.instances, risen + (rounding(high, -low, risen) + rest), present)


def moving_count(flags: Flags, length: int, stride: int = 1) -> NDArray[np.int64]:
    """How many of `length` consecutive points are set, for the windows of `moving_sum`."""
    running = np.zeros((flags.shape[0], flags.shape[1] + 1), np.int64)
    np.cumsum(flags, axis=1, out=running[:, 1:])
    return running[:, length::stride] - running[:, : running.shape[1] - length : stride]


def _running(rows: Floats) -> Floats:
    running = np.zeros((rows.shape[0], rows.shape[1] + 1))
    np.cumsum(rows, axis=1, out=running[:, 1:])
    return running
