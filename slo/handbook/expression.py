"""What a PromQL expression reads, told from its text: which metrics, and how far back."""

from collections.abc import Iterator
from datetime import timedelta
from typing import TypeAlias

import promql_parser
from promql_parser import MatrixSelector, SubqueryExpr, VectorSelector

from slo.duration import Duration

Tree: TypeAlias = promql_parser.Expr

_NOTHING = timedelta()


def metrics(text: str) -> frozenset[str]:
    """The names of every metric that an expression reads."""
    selectors = (node for node in _walk(promql_parser.parse(text)) if isinstance(node, VectorSelector))
    return frozenset(node.name for node in selectors if node.name)


def reach(text: str) -> Duration:
    """How far back an expression reads: its longest range and offset, those of a subquery on top of what is inside."""
    return Duration(_reach(promql_parser.parse(text)) // timedelta(milliseconds=1))


def _reach(tree: Tree) -> timedelta:
    own = max(map(_reach, _parts(tree)), default=_NOTHING)
    if isinstance(tree, MatrixSelector | SubqueryExpr):
        own += tree.range or _NOTHING
    if isinstance(tree, VectorSelector | SubqueryExpr):
        own += max(tree.offset or _NOTHING, _NOTHING)
    return own


def _walk(tree: Tree) -> Iterator[Tree]:
    yield tree
    for part in _parts(tree):
        yield from _walk(part)


def _parts(tree: Tree) -> tuple[Tree, ...]:
    match tree:
        case promql_parser.BinaryExpr():
            return tree.lhs, tree.rhs
        case promql_parser.Call():
            return tuple(tree.args)
        case promql_parser.AggregateExpr():
            return (tree.expr,) if tree.param is None else (tree.expr, tree.param)
        case MatrixSelector():
            return (tree.vector_selector,)
        case promql_parser.ParenExpr() | promql_parser.UnaryExpr() | SubqueryExpr():
            return (tree.expr,)
        case _:
            return ()
