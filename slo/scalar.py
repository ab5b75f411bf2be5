"""Scalars of an SLO table: each reader takes the text as written and returns an exact value, or says what is wrong."""

import re
from decimal import Decimal
from typing import Annotated, Any, Final

from pydantic import AfterValidator, BeforeValidator, StringConstraints

from slo.duration import Duration
from slo.selector import Selector, parse_selector
from slo.sli import Bound

_NUMBER: Final = re.compile(r"[-+]?[0-9]{1,20}(\.[0-9]{1,20})?([eE][-+]?[0-9]{1,2})?")
_BOUND: Final = re.compile(r"(<=|>=|<|>)\s*(\S+)")


def _number(value: Any) -> Decimal:
    text = str(value).strip()
    if not _NUMBER.fullmatch(text):
        msg = f"{text!r} is not a number"
        raise ValueError(msg)
    return Decimal(text)


def _ratio(value: Any) -> Decimal:
    text = str(value).strip()
    ratio = _number(text[:-1].rstrip()) / 100 if text.endswith("%") else _number(text)
    if not 0 < ratio < 1:
        hint = f": write {text}% for a percentage" if 1 <= ratio < 100 and not text.endswith("%") else ""
        msg = f"{text} is not between 0 and 1, both excluded{hint}"
        raise ValueError(msg)
    return ratio


def _duration(value: Any) -> Duration:
    return value if isinstance(value, Duration) else Duration.parse(str(value))


def _positive(length: Duration) -> Duration:
    if length.ms == 0:
        msg = "must be longer than zero"
        raise ValueError(msg)
    return length


def _selector(value: Any) -> Selector:
    return value if isinstance(value, Selector) else parse_selector(str(value))


def _one_or_more(value: Any) -> Any:
    return value if isinstance(value, (list, tuple)) else [value]


def _bound(value: Any) -> Bound:
    if isinstance(value, Bound):
        return value
    shape = _BOUND.fullmatch(str(value).strip())
    if shape is None:
        msg = f"{value!r} is not a bound such as '> 50' or '<= 0.1'"
        raise ValueError(msg)
    return Bound(shape[1], _number(shape[2]))  # type: ignore[arg-type]  # the pattern admits the four operators only


Number = Annotated[Decimal, BeforeValidator(_number)]
"""A finite decimal number, exactly as written."""
Ratio = Annotated[Decimal, BeforeValidator(_ratio)]
"""A share in (0, 1): `99.9%` or `0.999`."""
Length = Annotated[Duration, BeforeValidator(_duration)]
"""A duration that may be zero."""
Span = Annotated[Length, AfterValidator(_positive)]
"""A duration longer than zero."""
Counter = Annotated[Selector, BeforeValidator(_selector)]
"""One PromQL instant selector with a metric name."""
Counters = Annotated[tuple[Counter, ...], BeforeValidator(_one_or_more)]
"""One selector, or a list of them that is summed."""
Comparison = Annotated[Bound, BeforeValidator(_bound)]
"""A bound such as `> 50`, in the unit of its series."""
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
"""Words for people; never empty."""
