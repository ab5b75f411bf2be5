"""What is left of an error budget."""

from decimal import Decimal

from slo.vector import Vector


def remaining(error_ratio: Vector, budget: Decimal) -> Vector:
    """The share of the budget that is left, from the error ratio over the period: 1 - ratio / budget.

    Negative when more than the budget is spent; NaN without events.
    """
    return error_ratio.map(lambda ratio: 1 - ratio / float(budget))
