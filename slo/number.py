"""Decimal numbers as people write them."""

from decimal import ROUND_DOWN, Context, Decimal
from typing import Final

_LEADING: Final = Context(prec=4, rounding=ROUND_DOWN)


def plain(number: Decimal) -> Decimal:
    """The same number without trailing zeros or exponent: 14.4, not 14.40, and 10, not 1E+1."""
    return Decimal(f"{number.normalize():f}")


def leading(number: Decimal) -> Decimal:
    """The first four digits of a number, the rest cut off: what is below 1 is never said to be 1."""
    return plain(_LEADING.create_decimal(number))
