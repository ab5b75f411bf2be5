"""Conditions over error budgets in their simplest shape: which burnings must meet, and which suffice alone."""

from collections.abc import Iterator
from itertools import chain, product
from typing import TypeAlias

from slo.condition import All, Any, Burning, Condition, Level, Unmeasured
from slo.duration import Duration
from slo.plan import Plan
from slo.policy import Urgency

Conjunction: TypeAlias = tuple[Burning, ...]
"""Burnings that must all hold."""


def burnings(condition: Condition) -> Iterator[Burning]:
    """Every burning that the condition reads."""
    match condition:
        case Burning():
            yield condition
        case All(parts) | Any(parts):
            for part in parts:
                yield from burnings(part)
        case Level() | Unmeasured():
            pass


def conjunctions(condition: Condition) -> tuple[Conjunction, ...]:
    """The ways in which a condition can come true, in the order in which they are written."""
    match condition:
        case Burning():
            return ((condition,),)
        case All(parts):
            combined = product(*map(conjunctions, parts))
            return tuple(tuple(chain.from_iterable(each)) for each in combined)
        case Any(parts):
            return tuple(chain.from_iterable(map(conjunctions, parts)))
        case Level() | Unmeasured():
            raise TypeError("no error budget burns there")


def pairs_of(plan: Plan, kind: Urgency) -> tuple[Conjunction, ...]:
    """The pairs of windows, short one first, that page or file a ticket; fastest first."""
    return conjunctions(next(alert for alert in plan.alerts if alert.kind == kind).condition)


def windows_of(pair: Conjunction) -> str:
    """The windows of a pair in words: `5m and 1h`."""
    return " and ".join(str(each.window.length) for each in pair)


def static_lengths(plan: Plan) -> tuple[Duration, ...]:
    """The windows over which alerts read the plan's static sibling, ascending; none without one."""
    if plan.static is None:
        return ()
    read = chain.from_iterable(burnings(alert.condition) for alert in plan.alerts)
    return tuple(sorted({each.window.length for each in read if each.sli == plan.static}))
