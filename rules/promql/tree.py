"""A PromQL expression as a frozen tree: what compilers build instead of gluing text."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal, TypeAlias

from slo.duration import Duration
from slo.selector import Matcher, Selector

Operator: TypeAlias = Literal[
    "or", "and", "unless", "==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%", "atan2", "^"
]
COMPARISONS: Final = ("==", "!=", "<", "<=", ">", ">=")


@dataclass(frozen=True, slots=True)
class Variable:
    """A name that somebody else fills in before PromQL is parsed, as Grafana does with `$__rate_interval`.

    In `braces` it is a template's, as Flagger's `{{ interval }}`.
    """

    name: str
    braces: bool = False


@dataclass(frozen=True, slots=True)
class Number:
    """A finite scalar, exact to its last digit."""

    value: Decimal


@dataclass(frozen=True, slots=True)
class Text:
    """A string literal."""

    value: str


@dataclass(frozen=True, slots=True)
class Written:
    """An expression as somebody wrote it, parsed and type-checked where it was read."""

    promql: str


@dataclass(frozen=True, slots=True)
class Vector:
    """The series that a selector picks: their latest samples, or all samples of the `span` that ends now."""

    metric: str
    matchers: tuple[Matcher, ...] = ()
    span: Duration | Variable | None = None


@dataclass(frozen=True, slots=True)
class Call:
    """A function of its arguments, as `increase` of a range vector."""

    function: str
    arguments: tuple["Expr", ...] = ()


@dataclass(frozen=True, slots=True)
class Aggregate:
    """An aggregation over everything but the labels `by`; `parameter` is the k of `topk` or the q of `quantile`."""

    function: str
    of: "Expr"
    by: tuple[str, ...] = ()
    parameter: "Expr | None" = None


@dataclass(frozen=True, slots=True)
class Matching:
    """Which series meet in a binary operation: equal in the labels `on`.

    With `many="left"` several series of the left side meet one of the right, and take over its labels `include`.
    """

    on: tuple[str, ...]
    many: Literal["left", "right"] | None = None
    include: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Binary:
    """An operation on two sides; without `matching`, series meet that are equal in all labels.

    `boolean` turns a comparison from a filter into 0 and 1.
    """

    op: Operator
    left: "Expr"
    right: "Expr"
    matching: Matching | None = None
    boolean: bool = False


Expr: TypeAlias = Number | Text | Written | Vector | Call | Aggregate | Binary


def vector(selector: Selector, span: Duration | Variable | None = None) -> Vector:
    """The series of a selector, its bucket bound under every spelling of `le` included."""
    return Vector(selector.metric, selector.conditions, span)


def chain(op: Operator, parts: tuple[Expr, ...]) -> Expr:
    """The parts joined by one operator from left to right; a single part stays itself."""
    first, *rest = parts
    for part in rest:
        first = Binary(op, first, part)
    return first
