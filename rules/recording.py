"""Recording rules: bad and total events per window. No ratio is recorded, sums outlive any choice of threshold.

For a window w, in the arithmetic order of `slo.sli`:

    total = sum by (by) (increase(selector[w]))         several selectors: added from left to right, one that is
                                                        absent where another is present counts as zero
    bad   = side or 0 * total                           Counted
          = total - (good or 0 * total)                 Remainder of counters
          = total - good                                Remainder of buckets
          = total - (lower + (upper - lower) * weight)  Interpolated

`total` on the bad side is the recorded total, which the rule before has just written: the same 64-bit float, read
once from the raw samples.
"""

from collections.abc import Iterator
from decimal import Decimal

from rules.burning import static_lengths
from rules.promql import Aggregate, Binary, Call, Expr, Number, Vector, chain, vector
from rules.rule import Recording
from slo import names
from slo.duration import Duration
from slo.plan import Plan
from slo.selector import Labels, Matcher, Selector, labels_of
from slo.sli import Bad, Counted, Events, Interpolated, Remainder
from slo.window import Composed, Direct


def recordings(plan: Plan, sli: Events) -> tuple[Recording, ...]:
    """Total and bad events over every window of a plan, and the static alert's bad events; totals come first."""
    return tuple(_recordings(plan, sli))


def recorded(plan: Plan, name: str, span: Duration | None = None) -> Vector:
    """A series that the plan's own rules record."""
    return Vector(name, (Matcher(names.SLO, "=", plan.slo.id),), span)


def static_labels(plan: Plan) -> Labels:
    """The labels that every recorded series of a plan bears beside its `by` labels."""
    own = {names.SLO: plan.slo.id, names.AREA: plan.slo.area}
    if names.NAMESPACE not in plan.slo.by:
        own[names.NAMESPACE] = plan.slo.namespace
    return labels_of(own)


def _recordings(plan: Plan, sli: Events) -> Iterator[Recording]:
    labels = static_labels(plan)
    for window in plan.windows:
        bad, total = names.bad_events(window.length), names.total_events(window.length)
        match window:
            case Direct(length):
                yield Recording(total, _side(sli.total, length, sli.by), labels)
                yield Recording(bad, _bad(plan, sli.bad, length, sli.by), labels)
            case Composed(length, of):
                yield Recording(total, _composed(plan, names.total_events(of), length, sli.by), labels)
                yield Recording(bad, _composed(plan, names.bad_events(of), length, sli.by), labels)
    if plan.static is not None:
        for length in static_lengths(plan):
            yield Recording(
                names.static_bad_events(length), _bad(plan, plan.static.bad, length, plan.static.by), labels
            )


def _composed(plan: Plan, name: str, length: Duration, by: tuple[str, ...]) -> Expr:
    # Summed by the instance labels alone: after a static label changed, the months before it still count.
    return Aggregate("sum", Call("sum_over_time", (recorded(plan, name, length),)), by)


def _side(selectors: tuple[Selector, ...], length: Duration, by: tuple[str, ...]) -> Expr:
    sums = tuple(_sum(selector, length, by) for selector in selectors)
    zeros = tuple(Binary("*", Number(Decimal(0)), each) for each in sums)
    filled = (chain("or", (each, *zeros[:i], *zeros[i + 1 :])) for i, each in enumerate(sums))
    return chain("+", tuple(filled))


def _sum(selector: Selector, length: Duration, by: tuple[str, ...]) -> Expr:
    return Aggregate("sum", Call("increase", (vector(selector, length),)), by)


def _bad(plan: Plan, bad: Bad, length: Duration, by: tuple[str, ...]) -> Expr:
    total = Aggregate("sum", recorded(plan, names.total_events(length)), by)
    none = Binary("*", Number(Decimal(0)), total)
    match bad:
        case Counted(counters):
            return Binary("or", _side(counters, length, by), none)
        case Remainder(good):
            side = _side(good, length, by)
            return Binary("-", total, Binary("or", side, none) if bad.zero_when_absent else side)
        case Interpolated(lower, upper, weight):
            below, within = _sum(lower, length, by), Binary("-", _sum(upper, length, by), _sum(lower, length, by))
            return Binary("-", total, Binary("+", below, Binary("*", within, Number(weight))))
