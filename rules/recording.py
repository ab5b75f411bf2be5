"""Recording rules: bad and total events per window. No ratio is recorded, sums outlive any choice of threshold.

Only of a row that is written as an expression all that is known is a ratio.

Events are counted as `rules.events` says; `total` on the bad side is the recorded total, which the rule before has just
written: the same 64-bit float, read once from the raw samples.

For time slices an event is a slice: one evaluation that measured, and said so in the recorded verdict.

    total = sum by (by) (count_over_time(verdict[w]))
    bad   = total - sum by (by) (sum_over_time(verdict[w]))
"""

from collections.abc import Iterator
from decimal import Decimal

from rules.events import bad_of, counted
from rules.level import verdict
from rules.promql import Aggregate, Binary, Call, Expr, Number, Vector, Written
from rules.rule import Recording
from slo import names
from slo.burning import static_lengths
from slo.condition import All, Any, Burning, Condition, Level, Unmeasured
from slo.duration import Duration
from slo.plan import Plan
from slo.selector import Labels, Matcher, labels_of
from slo.sli import Bad, Events, Expression, Slices
from slo.window import Composed, Direct


def recordings(plan: Plan) -> tuple[Recording, ...]:
    """What the alerts of a plan read: totals and bad events over every window, each after what it reads itself."""
    match plan.sli:
        case Events() as sli:
            return (*_counted(plan, sli), *_static(plan))
        case Slices() as sli:
            return (Recording(names.SLICE_GOOD, verdict(sli), static_labels(plan)), *_sliced(plan, sli))
        case Expression() as sli:
            return tuple(_expressed(plan, sli))


def recorded(plan: Plan, name: str, instance: tuple[Matcher, ...] = (), span: Duration | None = None) -> Vector:
    """A series that the plan's own rules record, for every instance or for the one that the matchers pick."""
    return Vector(name, (Matcher(names.SLO, "=", plan.slo.id), *instance), span)


def recorded_ratio(plan: Plan, burning: Burning, instance: tuple[Matcher, ...] = ()) -> Expr:
    """The error ratio that a burning compares, of all instances or of one."""
    length = burning.window.length
    if isinstance(burning.sli, Expression):
        return recorded(plan, names.error_ratio(length), instance)
    return Binary("/", recorded(plan, recorded_bad(plan, burning), instance), _events(plan, burning, instance))


def recorded_bad(plan: Plan, read: Burning | Unmeasured) -> str:
    """The series of the bad events that a condition reads."""
    length = read.window.length
    return names.bad_events(length) if read.sli == plan.sli else names.static_bad_events(length)


def read_by(plan: Plan, condition: Condition) -> Iterator[str]:
    """The recorded series that a condition reads."""
    match condition:
        case Burning(Expression(), window) | Unmeasured(Expression(), window):
            yield names.error_ratio(window.length)
        case Burning(_, window):
            yield names.total_events(window.length)
            yield recorded_bad(plan, condition)
        case Unmeasured(Events()):
            yield recorded_bad(plan, condition)
        case All(parts) | Any(parts):
            for part in parts:
                yield from read_by(plan, part)
        case Level() | Unmeasured():
            pass


def _events(plan: Plan, burning: Burning, instance: tuple[Matcher, ...]) -> Expr:
    if isinstance(burning.sli, Slices) and burning.window.length != burning.sli.period:
        return Number(Decimal(burning.window.length.ms) / plan.interval.ms)
    return recorded(plan, names.total_events(burning.window.length), instance)


def static_labels(plan: Plan) -> Labels:
    """The labels that every recorded series of a plan bears beside its `by` labels."""
    own = {names.SLO: plan.slo.id, names.AREA: plan.slo.area}
    if names.NAMESPACE not in plan.slo.by:
        own[names.NAMESPACE] = plan.slo.namespace
    return labels_of(own)


def _counted(plan: Plan, sli: Events) -> Iterator[Recording]:
    for window in plan.windows:
        match window:
            case Direct(length):
                yield from _both(plan, length, counted(sli.total, length, sli.by), _bad(plan, sli.bad, length, sli.by))
            case Composed(length, of):
                sums = (_composed(plan, name(of), length, sli.by) for name in (names.total_events, names.bad_events))
                yield from _both(plan, length, *sums)


def _sliced(plan: Plan, sli: Slices) -> Iterator[Recording]:
    for length in (window.length for window in plan.windows):
        total, good = (
            Aggregate("sum", Call(function, (recorded(plan, names.SLICE_GOOD, span=length),)), sli.by)
            for function in ("count_over_time", "sum_over_time")
        )
        yield from _both(plan, length, total, Binary("-", _total(plan, length, sli.by), good))


def _expressed(plan: Plan, sli: Expression) -> Iterator[Recording]:
    for length in (window.length for window in plan.windows):
        yield Recording(names.error_ratio(length), Written(sli.over(length)), static_labels(plan))


def _both(plan: Plan, length: Duration, total: Expr, bad: Expr) -> tuple[Recording, Recording]:
    labels = static_labels(plan)
    return Recording(names.total_events(length), total, labels), Recording(names.bad_events(length), bad, labels)


def _static(plan: Plan) -> Iterator[Recording]:
    if plan.static is not None:
        for length in static_lengths(plan):
            bad = _bad(plan, plan.static.bad, length, plan.static.by)
            yield Recording(names.static_bad_events(length), bad, static_labels(plan))


def _total(plan: Plan, length: Duration, by: tuple[str, ...]) -> Expr:
    return Aggregate("sum", recorded(plan, names.total_events(length)), by)


def _composed(plan: Plan, name: str, length: Duration, by: tuple[str, ...]) -> Expr:
    # Summed by the instance labels alone: after a static label changed, the months before it still count.
    return Aggregate("sum", Call("sum_over_time", (recorded(plan, name, span=length),)), by)


def _bad(plan: Plan, bad: Bad, length: Duration, by: tuple[str, ...]) -> Expr:
    return bad_of(_total(plan, length, by), bad, length, by)
