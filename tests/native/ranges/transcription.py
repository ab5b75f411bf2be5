"""`extrapolatedRate` of Prometheus 3.5 step by step, one series and one time: what the vectorised twin must equal."""

from collections.abc import Sequence
from itertools import pairwise

Sample = tuple[int, float]


def increase(
    samples: Sequence[Sample],
    at: int,
    window: int,
    *,
    closed: bool = False,
    zero_first: bool = False,
    clamped: bool = True,
    resets: bool = True,
) -> float | None:
    """`increase(series[window])` at `at`; None where it is absent."""
    start = at - window
    held = [(t, v) for t, v in samples if t <= at and (t >= start if closed else t > start)]
    if len(held) < 2:
        return None
    result = held[-1][1] - held[0][1]
    for (_, before), (_, after) in pairwise(held):
        if resets and after < before:
            result += before
    sampled = (held[-1][0] - held[0][0]) / 1000
    average = sampled / (len(held) - 1)
    to_start, to_end = (held[0][0] - start) / 1000, (at - held[-1][0]) / 1000
    if zero_first and clamped:
        to_start = _above_zero(to_start, sampled, held[0][1], result)
    if to_start >= average * 1.1:
        to_start = average / 2
    if not zero_first and clamped:
        to_start = _above_zero(to_start, sampled, held[0][1], result)
    if to_end >= average * 1.1:
        to_end = average / 2
    interval = sampled
    interval += to_start
    interval += to_end
    return result * (interval / sampled)


def _above_zero(to_start: float, sampled: float, first: float, result: float) -> float:
    if result > 0 and first >= 0:
        to_zero = sampled * (first / result)
        if to_zero < to_start:
            return to_zero
    return to_start


def summed(values: Sequence[float]) -> float:
    """`sum` and `sum_over_time`: Neumaier's compensated sum."""
    total = lost = 0.0
    for value in values:
        raised = total + value
        if raised in (float("inf"), float("-inf")):
            lost = 0.0
        elif abs(total) >= abs(value):
            lost += (total - raised) + value
        else:
            lost += (value - raised) + total
        total = raised
    return total if total in (float("inf"), float("-inf")) else total + lost
