"""Alert rules: conditions printed over recorded series, and annotations that say what the alert means.

A burning divides recorded bad by recorded total. Both bear the same labels, as do all windows of one plan, so
`/`, `and` and `or` match one to one without `on`.
"""

from rules.annotation import annotations
from rules.level import level, missing
from rules.promql import Binary, Call, Expr, Number, chain
from rules.recording import recorded, recorded_bad, recorded_ratio
from rules.rule import Alerting
from slo import names
from slo.condition import All, Any, Burning, Condition, Level, Unmeasured
from slo.plan import Alert, Plan
from slo.sli import Events, Expression, Slices


def alerting(plan: Plan, alert: Alert) -> Alerting:
    """The rule of one alert."""
    return Alerting(alert.name, holds(plan, alert.condition), alert.hold, alert.labels, annotations(plan, alert))


def holds(plan: Plan, condition: Condition) -> Expr:
    """PromQL that yields the instances for which a condition holds, with the value that says so."""
    match condition:
        case Burning():
            return Binary(">", recorded_ratio(plan, condition), Number(condition.threshold))
        case Level(series, bound):
            return level(series, bound)
        case Unmeasured():
            return _unmeasured(plan, condition)
        case All(parts):
            return chain("and", tuple(holds(plan, part) for part in parts))
        case Any(parts):
            return chain("or", tuple(holds(plan, part) for part in parts))


def _unmeasured(plan: Plan, condition: Unmeasured) -> Expr:
    match condition.sli:
        case Slices() as slices:
            return chain("or", tuple(missing(slices)))
        case Expression():
            return _absent(plan, names.error_ratio(condition.window.length))
        case Events():
            # Bad events are recorded wherever good can be told from bad; a bucket that is missing leaves them absent.
            return _absent(plan, recorded_bad(plan, condition))


def _absent(plan: Plan, name: str) -> Expr:
    return Call("absent", (recorded(plan, name),))
