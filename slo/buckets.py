"""Latency thresholds on classic histograms: which bucket, or which weighted pair of buckets, tells slow from fast."""

from bisect import bisect_left
from collections.abc import Sequence
from decimal import Decimal
from typing import Final, Literal, TypeAlias

from slo.number import plain
from slo.selector import Selector
from slo.sli import Interpolated, Remainder

At: TypeAlias = Literal["exact", "below", "above", "between"]
"""What to do with a threshold: it is a bound itself, or the next bound `below`, `above`, or both weighted."""

_WEIGHT_STEP: Final = Decimal("1e-12")
"""Weights are rounded to twelve decimals: printed, they stay short, and no count is large enough to notice."""


def slower_than(threshold: Decimal, at: At, histogram: Selector, bounds: Sequence[Decimal]) -> Remainder | Interpolated:
    """Events of `histogram` slower than `threshold`, as bad events.

    Threshold and ascending finite bucket bounds are in the histogram's own unit. A threshold on a bound needs
    no decision, whatever `at` says. ValueError where the buckets cannot tell.
    """
    if threshold >= bounds[-1]:
        raise ValueError(
            f"{threshold} is not below the last finite bucket {bounds[-1]}: slower events cannot be told apart"
        )
    index = bisect_left(bounds, threshold)
    lower, upper = bounds[index - 1], bounds[index]
    if threshold == upper or at == "above":
        return _slower_than_bound(histogram, upper)
    if index == 0:
        raise ValueError(f"{threshold} lies below the first bucket {upper}: only `at: above` is possible")
    if at == "exact":
        raise ValueError(
            f"{threshold} lies between the buckets {lower} and {upper}: choose `at: below`, above or between"
        )
    if at == "below":
        return _slower_than_bound(histogram, lower)
    return _between(threshold, histogram, lower, upper)


def _slower_than_bound(histogram: Selector, bound: Decimal) -> Remainder:
    return Remainder((histogram.suffixed("_bucket", le=bound),))


def _between(threshold: Decimal, histogram: Selector, lower: Decimal, upper: Decimal) -> Interpolated:
    weight = plain(((threshold - lower) / (upper - lower)).quantize(_WEIGHT_STEP))
    return Interpolated(histogram.suffixed("_bucket", le=lower), histogram.suffixed("_bucket", le=upper), weight)
