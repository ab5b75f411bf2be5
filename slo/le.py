"""How a bucket's bound may be spelt in the label `le`.

Exporters write `5`, `5.0`, `1e+06` or `1000000`; Prometheus 3 rewrites what it ingests as Go's `%g`, with `.0`
after whole numbers, and Prometheus 2 keeps what it gets. Bounds that an exporter computes in floating point
have last digits that depend on its mathematics library: of those the leading nine digits count.
"""

import re
from collections.abc import Callable, Iterator
from decimal import ROUND_DOWN, Decimal
from typing import Final

_EXACT_DIGITS: Final = 6
"""A fraction with more significant digits comes out of floating point."""
_LEADING_DIGITS: Final = 9
_NOISE: Final = Decimal("1e-12")
"""Two spellings mean one bound within this relative distance: 0.29999999999999999 is 0.3."""
_PLAIN: Final = range(-4, 6)
"""Decimal exponents that nobody writes with an `e`."""


def spellings(bound: Decimal) -> str:
    """A regular expression of every spelling of `bound`, in the syntax that RE2 and Python share."""
    exact = bound.normalize()
    if exact == exact.to_integral_value() or len(exact.as_tuple().digits) <= _EXACT_DIGITS:
        return "|".join(_forms(exact, _exact))
    near = {_leading(exact * (1 + noise)) for noise in (-_NOISE, _NOISE)}
    return "|".join(form for value in sorted(near) for form in _forms(value, _approximate))


def means(spelling: str, bound: Decimal) -> bool:
    """Whether a label value is the number `bound`, in a spelling that somebody writes or in any other."""
    try:
        value = Decimal(spelling)
        return value.is_finite() and bound.is_finite() and abs(value - bound) <= abs(bound) * _NOISE
    except ArithmeticError:  # no number, or one beyond every exponent
        return False


def _forms(value: Decimal, digits: Callable[[Decimal], str]) -> Iterator[str]:
    yield digits(value)
    exponent = value.adjusted()
    if exponent not in _PLAIN:
        sign = "-" if exponent < 0 else r"\+?"
        yield f"{digits(value.scaleb(-exponent))}[eE]{sign}0?{abs(exponent)}"


def _leading(value: Decimal) -> Decimal:
    places = max(_LEADING_DIGITS - 1 - value.adjusted(), 1)
    return value.quantize(Decimal(1).scaleb(-places), ROUND_DOWN)


def _exact(value: Decimal) -> str:
    text = re.escape(f"{value.normalize():f}")
    return text if "." in text else rf"{text}(\.0)?"


def _approximate(value: Decimal) -> str:
    text = f"{value:f}"
    short = text.rstrip("0")
    zeros = len(text) - len(short)
    if short.endswith("."):
        return rf"{re.escape(short[:-1])}(\.0|\.0{{{zeros}}}[0-9]*)?"
    if zeros:
        return rf"{re.escape(short)}(0{{{zeros}}}[0-9]*)?"
    return rf"{re.escape(short)}[0-9]*"
