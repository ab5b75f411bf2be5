"""What is left of an error budget, how long it lasts, and whether its events add up.

With b the budget, e the error ratio of the evaluations that count, P the length of the period, E how much of it has
gone by, and β the burn rate now:

    spent      = e / b                     the burn rate over the period; 1 is the whole budget
    remaining  = R = 1 - e / b             negative when more than all is spent
    exhaustion = (P - (1 - R) · E) / β     in a rolling period E = P, and this is R · P / β
"""

import operator
from collections.abc import Sequence
from decimal import Decimal
from typing import Final

import numpy as np

from slo.burn import Burn
from slo.duration import Duration
from slo.vector import Floats, Vector

WATCHED: Final = (Duration.parse("1h"), Duration.parse("1d"))
"""The windows over which counts must add up."""
NOISE: Final = 0.01
"""Counters that are scraped at different times are extrapolated differently: so much is no finding."""


def remaining(error_ratio: Vector, budget: Decimal) -> Vector:
    """The share of the budget that is left, from the error ratio over the period: 1 - ratio / budget.

    Negative when more than the budget is spent; NaN without events.
    """
    return error_ratio.map(lambda ratio: 1 - ratio / float(budget))


def time_to_exhaustion(left: Vector, burn_rate: Vector, period: Duration, elapsed: Duration) -> Vector:
    """Seconds until the budget of a period is gone at a constant burn rate, if traffic is even.

    The rest of the period's budget, in seconds at burn rate 1, over the rate: (period - (1 - left) * elapsed) / rate.
    Absent where nothing burns, nothing is left, or either is unknown; what leaves a rolling period while it burns is
    not given back.
    """
    rest = left.map(lambda share: period.seconds - (1 - share) * elapsed.seconds)
    lasts = rest.with_(burn_rate, operator.truediv)
    with np.errstate(invalid="ignore"):
        burns = (burn_rate.over(lasts.instances).values > 0) & (rest.over(lasts.instances).values > 0)
    present = lasts.present & burns
    return Vector(lasts.instances, np.where(present, lasts.values, 0.0), present)


def most(totals: Sequence[Vector]) -> Vector:
    """The events of the busiest of several windows, where all of them are measured.

    They are to be compared with `Burning.fewest`: with fewer in each window, a single bad one burns over all of them.
    """
    first, *others = totals
    for other in others:
        first = first.with_(other, np.maximum)
    return first


def excess(bad: Floats | float, total: Floats | float) -> Floats:
    """By how many events bad ones, or good ones (total - bad), exceed all there are; 0 within what is noise.

    Noise is less than one event, or than one per cent of all of them.
    """
    beyond = np.maximum(bad - total, -bad)
    return np.where(beyond > np.maximum(1.0, NOISE * total), beyond, 0.0)


def overcounted(burn: Burn) -> Vector:
    """The `excess` where there is one, by instance; without any total, bad events are too many."""
    total = burn.total.over(burn.bad.instances)
    with np.errstate(invalid="ignore"):
        beyond = np.where(burn.bad.present, excess(burn.bad.values, total.values), 0.0)
    return Vector(burn.bad.instances, beyond, beyond > 0)
