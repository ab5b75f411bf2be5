"""Error ratios on the verge of an alert: a little above what a window pair allows, a fair bit above, a little below."""

from decimal import Context, Decimal
from typing import Final

from slo.burning import Conjunction

_EDGE: Final = tuple(map(Decimal, ("1.05", "1.06", "1.04", "1.07", "1.03")))
_FAIR: Final = tuple(map(Decimal, ("1.25", "1.26", "1.24", "1.27", "1.23")))
_BELOW: Final = Decimal("0.95")
_THREE_DIGITS: Final = Context(prec=3)
_NOISE: Final = 1e-5
"""More than rounding counters to whole numbers makes."""


def above(pair: Conjunction) -> Decimal:
    """An error ratio at most 1 that the pair does not allow, and whose text in an annotation is beyond doubt.

    A quarter above where two windows must meet: then each shows, the long one when the alert begins, the short one when
    it ends. A twentieth above where a single window burns.
    """
    budget, factor = pair[0].sli.budget, max(each.factor for each in pair)
    ratios = [_THREE_DIGITS.plus(factor * times) * budget for times in (_FAIR if len(pair) > 1 else _EDGE)]
    ratios.append((factor * budget + 1) / 2)
    return next((ratio for ratio in ratios if ratio < 1 and steady(ratio, budget)), ratios[-1])


def below(pair: Conjunction) -> Decimal:
    """An error ratio that the pair allows."""
    return _THREE_DIGITS.plus(min(each.factor for each in pair) * _BELOW) * pair[0].sli.budget


def steady(ratio: Decimal, budget: Decimal) -> bool:
    """Whether the last bits of an error ratio do not show in its text, as they do half-way between two roundings."""
    return len({texts(float(ratio) * (1 + noise), budget) for noise in (-_NOISE, 0, _NOISE)}) == 1


def texts(ratio: float, budget: Decimal) -> tuple[str, str]:
    """An error ratio as templates print it, and the burn rate that it is."""
    return percentage(ratio), f"{ratio / float(budget):.1f}"


def percentage(ratio: float) -> str:
    """A ratio as `humanizePercentage` prints it."""
    return f"{ratio * 100:.4g}%"
