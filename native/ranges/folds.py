"""Values taken one after the other, as Prometheus' aggregators and functions over time take them.

Columns are pairs of values and presence, all of one shape, and each place of that shape is folded by itself: what is
absent is left out. Where nothing is present a result means nothing.

Source: `aggregation` of Prometheus' promql/engine.go and the functions over time of its promql/functions.go.
"""

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from native.ranges.algebra import Column
from native.ranges.series import Floats


def summed(columns: Iterable[Column], *, compensated: bool = True) -> Floats:
    """The sum, with what rounding took from it where it is `compensated`; once infinite it stays so, or becomes NaN."""
    total, lost = np.array(-0.0), np.array(0.0)
    with np.errstate(invalid="ignore", over="ignore"):
        for value, here in columns:
            total, lost = _raised(total, lost, np.where(here, value, -0.0))
        return total + lost if compensated else total


def mean(columns: Iterable[Column]) -> Floats:
    """The compensated sum by the count (since 3.5); from where it would overflow on, a running mean."""
    total, lost, count, running = np.array(-0.0), np.array(0.0), np.array(0.0), np.array(False)  # noqa: FBT003
    with np.errstate(all="ignore"):
        for value, here in columns:
            count = count + here
            turned = here & (count > 1) & ~running & np.isinf(total + value)
            running = running | turned
            total, lost = (np.where(turned, each / (count - 1), each) for each in (total, lost))
            before, less = (np.where(running, (count - 1) / count * each, each) for each in (total, lost))
            raised, left = _raised(before, less, np.where(running, value / count, value))
            total, lost = np.where(here, raised, total), np.where(here, left, lost)
        found: Floats = np.where(running, total + lost, total / count + lost / count)
        return found


def running_mean(columns: Iterable[Column], *, compensated: bool) -> Floats:
    """The mean moved by each value (2.42); once infinite, finite values leave it."""
    total, lost, count = np.array(-0.0), np.array(0.0), np.array(0.0)
    with np.errstate(all="ignore"):
        for value, here in columns:
            count = count + here
            moves = here & ~(np.isinf(total) & (np.isfinite(value) | (value == total)))
            raised, left = _raised(total, lost, np.where(count == 1, value, value / count - total / count))
            total, lost = np.where(moves, raised, total), np.where(moves, left, lost)
        return total + lost if compensated else total


def extreme(columns: Iterable[Column], better: Callable[[Floats, Floats], NDArray[np.bool_]]) -> Floats:
    """The first of the values that no other is better than; NaN only among nothing else."""
    kept = np.array(np.nan)
    with np.errstate(invalid="ignore"):
        for value, here in columns:
            kept = np.where(here & (better(value, kept) | np.isnan(kept)), value, kept)
    return kept


def _raised(total: Floats, lost: Floats, added: Floats) -> tuple[Floats, Floats]:
    """Neumaier's step (`kahanSumInc`): the sum, and all that rounding has taken so far."""
    raised = total + added
    return raised, np.where(np.isinf(raised), 0.0, lost + rounding(total, added, raised))


def rounding(total: Floats, added: Floats, raised: Floats) -> Floats:
    """What `raised = total + added` rounded away, exactly (Knuth's TwoSum: what Neumaier has to branch for)."""
    gained = raised - total
    return (total - (raised - gained)) + (added - gained)
