"""Decimal numbers as people write them."""

from decimal import Decimal


def plain(number: Decimal) -> Decimal:
    """The same number without trailing zeros or exponent: 14.4, not 14.40, and 10, not 1E+1."""
    return Decimal(f"{number.normalize():f}")
