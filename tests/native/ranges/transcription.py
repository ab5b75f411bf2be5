"""Prometheus' arithmetic step by step, one series and one time: what the vectorised twin must equal."""

import math
from collections.abc import Callable, Sequence
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
        total, lost = _raised(value, total, lost)
    return total if math.isinf(total) else total + lost


def mean(values: Sequence[float]) -> float:
    """`avg` and `avg_over_time` since 3.5."""
    total, lost, running = values[0], 0.0, False
    for count, value in enumerate(values[1:], 2):
        if not running:
            raised, left = _raised(value, total, lost)
            if not math.isinf(raised):
                total, lost = raised, left
                continue
            running = True
            total, lost = total / (count - 1), lost / (count - 1)
        share = (count - 1) / count
        total, lost = _raised(value / count, share * total, share * lost)
    return total + lost if running else total / len(values) + lost / len(values)


def running_mean(values: Sequence[float], *, compensated: bool) -> float:
    """`avg` of 2.42, and its `avg_over_time`, which is compensated."""
    total, lost = values[0], 0.0
    for count, value in enumerate(values[1:], 2):
        if math.isinf(total) and (value == total or math.isfinite(value)):
            continue
        total, lost = _raised(value / count - total / count, total, lost)
    return total + lost if compensated and not math.isinf(total) else total


def extreme(values: Sequence[float], better: Callable[[float, float], bool]) -> float:
    """`min` and `max`, over series and over time."""
    kept = values[0]
    for value in values[1:]:
        if better(value, kept) or math.isnan(kept):
            kept = value
    return kept


def _raised(added: float, total: float, lost: float) -> tuple[float, float]:
    """`kahanSumInc`."""
    raised = total + added
    if math.isinf(raised):
        return raised, 0.0
    if abs(total) >= abs(added):
        return raised, lost + ((total - raised) + added)
    return raised, lost + ((added - raised) + total)
