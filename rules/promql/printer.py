"""The one place where PromQL is written as text."""

from collections.abc import Iterable
from decimal import Decimal
from functools import lru_cache
from typing import Final

from rules.promql.tree import (
    COMPARISONS,
    Aggregate,
    Binary,
    Call,
    Expr,
    Matching,
    Number,
    Text,
    Variable,
    Vector,
    Written,
)
from slo.duration import Duration
from slo.selector import Matcher

_BINDING: Final = {
    "or": 1,
    **dict.fromkeys(("and", "unless"), 2),
    **dict.fromkeys(COMPARISONS, 3),
    **dict.fromkeys(("+", "-"), 4),
    **dict.fromkeys(("*", "/", "%", "atan2"), 5),
    "^": 6,
}
"""How tightly operators bind; all group to the left but `^`."""
_LOOSEST: Final = 0
_TIGHTEST: Final = 9
_ESCAPES: Final = str.maketrans({"\\": r"\\", '"': r"\"", "\n": r"\n", "\r": r"\r", "\t": r"\t", "\0": r"\x00"})
_WIDTH: Final = 100


def text(expr: Expr) -> str:
    """PromQL on one line, with parentheses only where precedence asks for them."""
    match expr:  # the frequent ones first: rules are printed by the ten thousand
        case Vector():
            return _vector(expr)
        case Call(function, arguments):
            return f"{function}({', '.join(map(text, arguments))})"
        case Binary():
            left, right = (f"({text(side)})" if enclosed else text(side) for side, enclosed in _sides(expr))
            return f"{left} {_operator(expr)} {right}"
        case Aggregate():
            return _aggregate(expr)
        case Number() | Text() | Written():
            return _literal(expr)


def _literal(expr: Number | Text | Written) -> str:
    match expr:
        case Number(value):
            return number(value)
        case Text(value):
            return quoted(value)
        case Written(promql):
            return promql


def layout(expr: Expr, width: int = _WIDTH) -> str:
    """PromQL for people: one line where it fits, otherwise a line for each side of the outermost operator."""
    return _laid_out(expr, width)[1]


def _laid_out(expr: Expr, width: int) -> tuple[str, str]:
    """The text, and its layout; both at once, so that no side is printed twice."""
    if not isinstance(expr, Binary):
        line = text(expr)
        return line, line
    sides = [(*_laid_out(side, width - 2 if enclosed else width), enclosed) for side, enclosed in _sides(expr)]
    left, right = (f"({line})" if enclosed else line for line, _, enclosed in sides)
    operator = _operator(expr)
    line = f"{left} {operator} {right}"
    if len(line) <= width:
        return line, line
    left, right = (_block(lines) if enclosed else lines for _, lines, enclosed in sides)
    return line, f"{left}\n{operator}\n{right}"


def _block(inner: str) -> str:
    # Only our own line breaks: textwrap.indent would also break strings at characters such as U+001E.
    return "(\n  " + inner.replace("\n", "\n  ") + "\n)" if "\n" in inner else f"({inner})"


def _sides(expr: Binary) -> tuple[tuple[Expr, bool], tuple[Expr, bool]]:
    """Left and right, each with whether it needs parentheses."""
    own, grouped_right = _BINDING[expr.op], expr.op == "^"
    return (
        (expr.left, _binding(expr.left) < own + grouped_right),
        (expr.right, _binding(expr.right) < own + (not grouped_right)),
    )


def _binding(expr: Expr) -> int:
    if isinstance(expr, Binary):
        return _BINDING[expr.op]
    if isinstance(expr, Written):
        return _LOOSEST
    return _BINDING["*"] if isinstance(expr, Number) and expr.value < 0 else _TIGHTEST


def number(value: Decimal) -> str:
    """Every digit of a decimal, without exponent and without zeros that say nothing."""
    plain = format(value, "f")
    return plain.rstrip("0").rstrip(".") if "." in plain else plain


@lru_cache(maxsize=4096)  # the same label values come over and over
def quoted(value: str) -> str:
    """A string literal in double quotes."""
    return f'"{value.translate(_ESCAPES)}"'


def _names(labels: Iterable[str]) -> str:
    return f"({', '.join(labels)})"


def _matcher(matcher: Matcher) -> str:
    return f"{matcher.label}{matcher.op}{quoted(matcher.value)}"


def _vector(vector: Vector) -> str:
    matchers = ",".join(map(_matcher, vector.matchers))
    return vector.metric + (f"{{{matchers}}}" if matchers else "") + _span(vector.span)


def _span(span: Duration | Variable | None) -> str:
    match span:
        case None:
            return ""
        case Variable(name, braces):
            return f"[{{{{ {name} }}}}]" if braces else f"[${name}]"
        case Duration():
            return f"[{span}]"


def _aggregate(expr: Aggregate) -> str:
    by = f" by {_names(expr.by)} " if expr.by else ""
    parameter = "" if expr.parameter is None else f"{text(expr.parameter)}, "
    return f"{expr.function}{by}({parameter}{text(expr.of)})"


def _operator(expr: Binary) -> str:
    boolean = " bool" if expr.boolean else ""
    return f"{expr.op}{boolean}{_matching(expr.matching)}"


def _matching(matching: Matching | None) -> str:
    if matching is None:
        return ""
    group = f" group_{matching.many} {_names(matching.include)}" if matching.many else ""
    return f" on {_names(matching.on)}{group}"
