"""Rows that promise different shares of the same thing."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Final

import promql_parser

from slo.compile import measured
from slo.duration import Duration
from slo.selector import Selector
from slo.sli import Bad, Counted, Events, Expression, Remainder, Sli, Slices
from slo.table.finding import Finding, Remark
from slo.table.load import Row
from slo.wording import percent

_ANY: Final = Decimal(0)
"""Stands for every objective."""
_ANY_PERIOD: Final = Duration.parse("5m")
"""Stands for every period, and for every window of an expression."""


def several_objectives(rows: Iterable[Row]) -> Iterator[Finding]:
    """A finding for each row whose SLI an earlier row, of whatever file, measures against another objective."""
    first: dict[Sli, Row] = {}
    for row in rows:
        earlier = first.setdefault(_identity(measured(row.slo)), row)
        own, other = row.slo.objective, earlier.slo.objective
        if own != other:
            place = earlier.fault(("objective",), "")
            message = f"{earlier.slo.id} at {place.file}:{place.line} has another objective for the same SLI"
            yield row.finding(Remark(("objective",), message, f"{percent(own)} ≠ {percent(other)}"))


def _identity(sli: Sli) -> Sli:
    """The SLI without its objective, in one spelling: the order of selectors, matchers and labels says nothing."""
    plain = replace(sli, objective=_ANY, by=tuple(sorted(sli.by)))
    match plain:
        case Events(total=total, bad=bad):
            return replace(plain, total=_ordered(total), bad=_ordered_side(bad))
        case Slices():
            return replace(plain, period=_ANY_PERIOD)
        case Expression():
            return replace(plain, error_ratio=promql_parser.parse(plain.over(_ANY_PERIOD)).prettify())


def _ordered_side(bad: Bad) -> Bad:
    match bad:
        case Counted(counters):
            return Counted(_ordered(counters))
        case Remainder(good):
            return Remainder(_ordered(good))
        case _:
            return bad


def _ordered(selectors: Iterable[Selector]) -> tuple[Selector, ...]:
    return tuple(sorted(map(_sorted, selectors), key=repr))


def _sorted(selector: Selector) -> Selector:
    return replace(selector, matchers=tuple(sorted(set(selector.matchers), key=repr)))
