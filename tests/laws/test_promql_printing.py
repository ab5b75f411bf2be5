"""Laws of the PromQL printer: a foreign parser reads back the very tree that was printed, on one line or several."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any, TypeAlias, cast, get_args

import promql_parser
from hypothesis import example, given
from hypothesis import strategies as st

from rules.promql import Aggregate, Binary, Call, Expr, Matching, Number, Operator, Text, Vector, layout, text
from rules.promql.tree import COMPARISONS
from slo.duration import Duration
from slo.selector import Matcher

Parsed: TypeAlias = Any
"""A node of the foreign parser, whose classes share no base."""
_MATCH_OPS = {"MatchOp.Equal": "=", "MatchOp.NotEqual": "!=", "MatchOp.Re": "=~", "MatchOp.NotRe": "!~"}
_SETS = ("and", "or", "unless")

labels = st.sampled_from(["job", "le", "model_name"])
label_sets = st.lists(labels, unique=True, max_size=2).map(tuple)
taken_over = st.sampled_from([(), ("team",), ("team", "pod")])
words = st.text(st.characters(codec="utf-8", exclude_categories=["Cs"]), max_size=8)
equalities = st.builds(Matcher, labels, st.sampled_from(["=", "!="]), words)
regexes = st.builds(Matcher, labels, st.sampled_from(["=~", "!~"]), st.sampled_from(["5..", r"500(\.0)?", "a|b\\\\c"]))
matchers = st.lists(equalities | regexes, max_size=2).map(tuple)
metrics = st.sampled_from(["up", "vllm:request_success_total", "slo:bad_events:increase5m"])
spans = st.integers(1, 2**31).map(Duration)  # the foreign parser keeps milliseconds in 32 bits
numbers = st.builds(Number, st.decimals(-(10**6), 10**6, places=5))
instants = st.builds(Vector, metrics, matchers)


def _calls(inner: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    ranges = st.builds(Vector, metrics, matchers, spans)
    rates = st.builds(Call, st.sampled_from(["rate", "increase", "sum_over_time"]), ranges.map(lambda r: (r,)))
    quantiles = st.builds(Call, st.just("histogram_quantile"), st.tuples(numbers, inner))
    renamed = st.builds(lambda of, word: Call("label_join", (of, Text("to"), Text(word))), inner, words)
    return rates | quantiles | renamed


def _binaries(inner: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    one = st.none() | st.builds(Matching, label_sets)
    many = st.builds(Matching, label_sets, st.sampled_from(["left", "right"]), taken_over)
    arithmetic = st.sampled_from([op for op in get_args(Operator) if op not in (*_SETS, *COMPARISONS)])
    return (
        st.builds(Binary, arithmetic, inner, inner, one | many)
        | st.builds(Binary, st.sampled_from(COMPARISONS), inner, inner, one | many, st.booleans())
        | st.builds(Binary, st.sampled_from(_SETS), inner, inner, one)
        | st.builds(Binary, arithmetic, inner, numbers)
        | st.builds(Binary, arithmetic, numbers, inner)
    )


def _wider(inner: st.SearchStrategy[Expr]) -> st.SearchStrategy[Expr]:
    return (
        _calls(inner)
        | _binaries(inner)
        | st.builds(Aggregate, st.sampled_from(["sum", "max"]), inner, label_sets)
        | st.builds(Aggregate, st.just("topk"), inner, label_sets, numbers)
    )


vectors = st.recursive(instants, _wider, max_leaves=8)


def _vector(parsed: Parsed, span: Duration | None = None) -> Vector:
    found = (Matcher(m.name, cast("Any", _MATCH_OPS[str(m.op)]), m.value) for m in parsed.matchers.matchers)
    return Vector(parsed.name, tuple(found), span)


def _binary(parsed: Parsed) -> Binary:
    modifier, matching = parsed.modifier, None
    if modifier and modifier.matching:
        many: Any = {"ManyToOne": "left", "OneToMany": "right"}.get(str(modifier.card).rpartition(".")[2])
        include = tuple(modifier.group_labels or ())
        matching = Matching(tuple(modifier.matching.labels), many, include)
    boolean = bool(modifier and modifier.return_bool)
    return Binary(cast("Any", str(parsed.op)), tree(parsed.lhs), tree(parsed.rhs), matching, boolean)


def _aggregate(parsed: Parsed) -> Aggregate:
    by = tuple(parsed.modifier.labels) if parsed.modifier else ()
    return Aggregate(str(parsed.op), tree(parsed.expr), by, tree(parsed.param) if parsed.param else None)


_READERS: dict[str, Callable[[Parsed], Expr]] = {
    "NumberLiteral": lambda parsed: Number(Decimal(repr(parsed.val))),
    "StringLiteral": lambda parsed: Text(parsed.val),
    "ParenExpr": lambda parsed: tree(parsed.expr),
    "VectorSelector": _vector,
    "MatrixSelector": lambda parsed: _vector(
        parsed.vector_selector, Duration(round(parsed.range.total_seconds() * 1000))
    ),
    "Call": lambda parsed: Call(parsed.func.name, tuple(map(tree, parsed.args))),
    "AggregateExpr": _aggregate,
    "BinaryExpr": _binary,
}


def tree(parsed: Parsed) -> Expr:
    """The tree of another parser as ours, without the parentheses."""
    return _READERS[type(parsed).__name__](parsed)


@given(vectors)
def test_what_is_printed_parses_back_to_the_same_tree(expr: Expr) -> None:
    assert tree(promql_parser.parse(text(expr))) == expr


_PICKED = Vector("up", (Matcher("job", "=", "a\x1eb"),))


@example(Binary("*", Binary("+", _PICKED, _PICKED), _PICKED), 1)
@given(vectors, st.integers(1, 120))
def test_layout_changes_only_white_space(expr: Expr, width: int) -> None:
    assert tree(promql_parser.parse(layout(expr, width))) == expr
