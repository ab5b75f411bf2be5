"""What is odd about a row although it can be used, as far as its text alone can tell."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import TypeAlias

from slo.condition import All, Any, Burning, Condition, Level
from slo.indicator import LatencyIndicator, PromqlIndicator, RatioIndicator, SliceIndicator
from slo.number import plain
from slo.plan import Alert, plan
from slo.selector import Matcher, Selector
from slo.sli import Bound
from slo.spec import Slo
from slo.table.document import Path

Remark: TypeAlias = tuple[Path, str]
"""A path below the row, and what is odd there."""


def lint(slo: Slo) -> Iterator[Remark]:
    """Every remark on a row: alerts that fire while the objective holds, and selectors that count the wrong events."""
    for alert in plan(slo).alerts:
        yield from _early(alert)
    match slo.indicator:
        case RatioIndicator() as ratio:
            yield from _uncovered(ratio)
            yield from _spelt_bounds(ratio)
        case LatencyIndicator(threshold=threshold):
            if slo.alert.slower_than is not None and slo.alert.slower_than < threshold:
                yield ("alert", "slower_than"), f"fires on events within {threshold}, which are good"
        case SliceIndicator(good=good):
            if slo.alert.value is not None and _overlap(slo.alert.value, good):
                yield ("alert", "value"), f"fires on slices that are good, {good.op} {good.value}"
        case PromqlIndicator():
            pass


def _early(alert: Alert) -> Iterator[Remark]:
    for burning in _burnings(alert.condition):
        if burning.factor < 1:
            path = ("alert",) if alert.kind == "static" else ("window",)
            rate = plain(burning.factor.quantize(Decimal("0.01")))
            what = f"the {alert.kind} alert over {burning.window.length}"
            yield path, f"{what} fires at burn rate {rate}: while the objective still holds"


def _burnings(condition: Condition) -> Iterator[Burning]:
    match condition:
        case Burning():
            yield condition
        case All(parts) | Any(parts):
            for part in parts:
                yield from _burnings(part)
        case Level():
            pass


def _uncovered(ratio: RatioIndicator) -> Iterator[Remark]:
    """A side that counts events which total does not: the ratio then leaves 0 to 1."""
    for side, selectors in (("bad", ratio.bad or ()), ("good", ratio.good or ())):
        for selector in selectors:
            same = [total for total in ratio.total if total.metric == selector.metric]
            if same and not any(_covers(total, selector) for total in same):
                yield ("indicator", side), f"counts events of {selector.metric} that `total` leaves out"


def _covers(total: Selector, side: Selector) -> bool:
    return all(_implied(matcher, side.matchers) for matcher in total.matchers)


def _implied(matcher: Matcher, given: Iterable[Matcher]) -> bool:
    """Whether `given` may imply `matcher`; of two different patterns that is not known."""
    same = [other for other in given if other.label == matcher.label]
    return any(other == matcher or other.op != "=" or matcher.matches(other.value) for other in same)


def _spelt_bounds(ratio: RatioIndicator) -> Iterator[Remark]:
    for side, selectors in (("total", ratio.total), ("bad", ratio.bad or ()), ("good", ratio.good or ())):
        for selector in selectors:
            if any(matcher.label == "le" for matcher in selector.matchers):
                yield ("indicator", side), "le is spelt differently across versions; a latency row finds its bucket"


def _overlap(alert: Bound, good: Bound) -> bool:
    """Whether some value breaks the alert's bound and keeps the good one."""
    if alert.op[0] == good.op[0]:
        return True
    below, above = (alert, good) if alert.op[0] == "<" else (good, alert)
    if below.value == above.value:
        return below.op == "<=" and above.op == ">="
    return below.value > above.value
