"""Error ratios on the verge of an alert: a little above what a window pair allows, and a little below."""

from decimal import Context, Decimal
from typing import Final

from rules.annotation import steady
from rules.burning import Conjunction

_ABOVE: Final = tuple(map(Decimal, ("1.05", "1.06", "1.04", "1.07", "1.03")))
_BELOW: Final = Decimal("0.95")
_THREE_DIGITS: Final = Context(prec=3)


def above(pair: Conjunction) -> Decimal:
    """An error ratio below 1 that the pair does not allow, and whose text in an annotation is beyond doubt."""
    budget, factor = pair[0].sli.budget, max(each.factor for each in pair)
    ratios = [_THREE_DIGITS.plus(factor * times) * budget for times in _ABOVE]
    ratios.append((factor * budget + 1) / 2)
    return next((ratio for ratio in ratios if ratio < 1 and steady(ratio, budget)), ratios[-1])


def below(pair: Conjunction) -> Decimal:
    """An error ratio that the pair allows."""
    return _THREE_DIGITS.plus(min(each.factor for each in pair) * _BELOW) * pair[0].sli.budget
