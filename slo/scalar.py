"""Scalars of an SLO table: each reader takes the text as written and returns an exact value, or says what is wrong."""

import re
from decimal import Decimal
from typing import Annotated, Final, TypeVar

import promql_parser
from pydantic import AfterValidator, BeforeValidator, StringConstraints

from slo.duration import Duration
from slo.moment import moment
from slo.selector import Selector, parse_selector
from slo.sli import Bound

T = TypeVar("T")

_NUMBER: Final = re.compile(r"[-+]?[0-9]{1,20}(\.[0-9]{1,20})?([eE][-+]?[0-9]{1,2})?")
_PERCENT: Final = 100
_BOUND: Final = re.compile(r"(<=|>=|<|>)\s*(\S+)")


def _text(value: object) -> str:
    if isinstance(value, (list, tuple, dict)):
        raise ValueError("must be text, not a list or mapping")  # noqa: TRY004  pydantic reports a ValueError
    return str(value).strip()


def _number(value: object) -> Decimal:
    text = _text(value)
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"{text!r} is not a number")
    return Decimal(text)


def _ratio(value: object) -> Decimal:
    text = _text(value)
    number = _number(text.removesuffix("%").rstrip())
    ratio = number / _PERCENT if text.endswith("%") else number
    if not 0 < ratio < 1:
        hint = f": {text}% perhaps?" if 0 < ratio / _PERCENT < 1 and not text.endswith("%") else ""
        raise ValueError(f"{text} is not between 0 and 1, both excluded{hint}")
    return ratio


def _duration(value: object) -> Duration:
    return value if isinstance(value, Duration) else Duration.parse(_text(value))


def _positive(length: Duration) -> Duration:
    if length.ms == 0:
        raise ValueError("must be longer than zero")
    return length


def _selector(value: object) -> Selector:
    return value if isinstance(value, Selector) else parse_selector(_text(value))


def _moment(value: object) -> int:
    return value if isinstance(value, int) else moment(_text(value))


def _one_or_more(value: object) -> object:
    return value if isinstance(value, (list, tuple)) else [value]


def _distinct(counters: tuple[Selector, ...]) -> tuple[Selector, ...]:
    if len(set(counters)) < len(counters):
        raise ValueError("lists a selector twice: its events would count double")
    return counters


def _bound(value: object) -> Bound:
    if isinstance(value, Bound):
        return value
    text = _text(value)
    shape = _BOUND.fullmatch(text)
    if shape is None:
        raise ValueError(f"{text!r} is not a bound such as '> 50' or '<= 0.1'")
    return Bound(shape[1], _number(shape[2]))  # type: ignore[arg-type]  # the pattern admits the four operators only


def some(items: tuple[T, ...]) -> tuple[T, ...]:
    """The items themselves; ValueError where there are none."""
    if not items:  # pydantic's own check of a length would complain of items that are only at fault, too
        raise ValueError("needs at least 1")
    return items


def instant_vector(text: str) -> str:
    """The text itself; ValueError where it is no PromQL, or yields anything but one value for each series."""
    promql_parser.parse(text)
    promql_parser.parse(f"sum(\n{text}\n)")  # only an instant vector can be summed
    return text


Number = Annotated[Decimal, BeforeValidator(_number)]
"""A finite decimal number, exactly as written."""
Ratio = Annotated[Decimal, BeforeValidator(_ratio)]
"""A share in (0, 1): `99.9%` or `0.999`."""
Length = Annotated[Duration, BeforeValidator(_duration)]
"""A duration that may be zero."""
Span = Annotated[Length, AfterValidator(_positive)]
"""A duration longer than zero."""
Moment = Annotated[int, BeforeValidator(_moment)]
"""A point in time, in ms since the epoch."""
Counter = Annotated[Selector, BeforeValidator(_selector)]
"""One PromQL instant selector with a metric name."""
Counters = Annotated[
    tuple[Counter, ...], BeforeValidator(_one_or_more), AfterValidator(some), AfterValidator(_distinct)
]
"""One selector, or a list of different ones that is summed."""
Comparison = Annotated[Bound, BeforeValidator(_bound)]
"""A bound such as `> 50`, in the unit of its series."""
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]
"""Words for people; never empty."""
Promql = Annotated[Text, AfterValidator(instant_vector)]
"""An expression that yields one value for each series."""
