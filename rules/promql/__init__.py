"""PromQL as a tree and as text: the only place of the project that prints it.

Build with the node types, print with `text` (one line) or `layout` (for people):

    errors = Aggregate("sum", Call("rate", (vector(selector, Variable("__rate_interval")),)), by=("model_name",))
    text(Binary("*", Number(Decimal(100)), errors))

Numbers are decimals, label values are quoted by the printer, and every printed expression parses back to the
same tree once each `Variable` is replaced.
"""

from rules.promql.printer import layout, number, quoted, text
from rules.promql.tree import (
    Aggregate,
    Binary,
    Call,
    Expr,
    Matching,
    Number,
    Operator,
    Text,
    Variable,
    Vector,
    Written,
    chain,
    vector,
)

__all__ = [
    "Aggregate",
    "Binary",
    "Call",
    "Expr",
    "Matching",
    "Number",
    "Operator",
    "Text",
    "Variable",
    "Vector",
    "Written",
    "chain",
    "layout",
    "number",
    "quoted",
    "text",
    "vector",
]
