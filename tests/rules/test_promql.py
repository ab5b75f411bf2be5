"""The printer, expression by expression."""

from decimal import Decimal

import pytest

from rules.promql import Aggregate, Binary, Call, Expr, Matching, Number, Text, Variable, Vector, chain, layout, vector
from rules.promql import text as printed
from slo.duration import Duration
from slo.selector import Matcher, Selector

A, B, C = (Vector(name) for name in "abc")


def number(text: str) -> Number:
    return Number(Decimal(text))


@pytest.mark.parametrize(
    ("expr", "expected"),
    [
        (number("0.0144"), "0.0144"),
        (number("14.40"), "14.4"),
        (number("1E+3"), "1000"),
        (number("1E-7"), "0.0000001"),
        (number("-100"), "-100"),
        (number("0.9333333333333333333333333333"), "0.9333333333333333333333333333"),
        (Text('say "hi"\\\n'), r'"say \"hi\"\\\n"'),
        (A, "a"),
        (Vector("a", (Matcher("x", "!~", "5.."), Matcher("y", "=", r"\d"))), r'a{x!~"5..",y="\\d"}'),
        (Vector("a", (), Duration(300_000)), "a[5m]"),
        (Vector("a", (), Variable("__rate_interval")), "a[$__rate_interval]"),
        (Vector("a", (), Variable("interval", braces=True)), "a[{{ interval }}]"),
        (
            vector(Selector("h_bucket", (Matcher("job", "=", "j"),), Decimal(5)), None),
            r'h_bucket{job="j",le=~"5(\\.0)?"}',
        ),
        (Call("time"), "time()"),
        (Call("histogram_quantile", (number("0.95"), A)), "histogram_quantile(0.95, a)"),
        (Aggregate("sum", A), "sum(a)"),
        (Aggregate("sum", A, ("x", "y")), "sum by (x, y) (a)"),
        (Aggregate("topk", A, ("x",), number("3")), "topk by (x) (3, a)"),
        (Binary(">", A, B, boolean=True), "a > bool b"),
        (Binary("/", A, B, Matching(("x",))), "a / on (x) b"),
        (Binary("*", A, B, Matching((), "left", ("y",))), "a * on () group_left (y) b"),
        (Binary(">=", A, B, Matching(("x",), "right"), boolean=True), "a >= bool on (x) group_right () b"),
    ],
)
def test_text(expr: Expr, expected: str) -> None:
    assert printed(expr) == expected


@pytest.mark.parametrize(
    ("expr", "expected"),
    [
        (Binary("-", Binary("-", A, B), C), "a - b - c"),
        (Binary("-", A, Binary("-", B, C)), "a - (b - c)"),
        (Binary("-", A, Binary("+", B, C)), "a - (b + c)"),
        (Binary("*", Binary("+", A, B), C), "(a + b) * c"),
        (Binary("+", Binary("*", A, B), C), "a * b + c"),
        (Binary("^", A, Binary("^", B, C)), "a ^ b ^ c"),
        (Binary("^", Binary("^", A, B), C), "(a ^ b) ^ c"),
        (Binary("^", number("-1"), A), "(-1) ^ a"),
        (Binary("-", A, number("-1")), "a - -1"),
        (Binary("or", Binary("and", A, B), C), "a and b or c"),
        (Binary("and", A, Binary("or", B, C)), "a and (b or c)"),
        (Binary("or", A, Binary("*", number("0"), B)), "a or 0 * b"),
        (Binary(">", Binary("/", A, B), C), "a / b > c"),
        (Binary("/", A, Binary(">", B, C)), "a / (b > c)"),
        (chain("+", (A, B, C)), "a + b + c"),
        (chain("+", (A,)), "a"),
    ],
)
def test_parentheses_stand_only_where_precedence_asks_for_them(expr: Expr, expected: str) -> None:
    assert printed(expr) == expected


def test_layout_breaks_what_is_too_wide_at_its_outermost_operator() -> None:
    expr = Binary("or", Binary("and", A, B), Binary("and", B, C))
    assert layout(expr, 20) == "a and b or b and c"
    assert layout(expr, 10) == "a and b\nor\nb and c"


def test_layout_indents_what_is_enclosed() -> None:
    expr = Binary("*", Binary("+", A, Binary("*", B, C)), C)
    assert layout(expr, 12) == "(a + b * c)\n*\nc"
    assert layout(expr, 6) == "(\n  a\n  +\n  b\n  *\n  c\n)\n*\nc"
