"""Alert rules: conditions printed over recorded series, and annotations that say what the alert means.

A burning divides recorded bad by recorded total. Both bear the same labels, as do all windows of one plan, so
`/`, `and` and `or` match one to one without `on`.
"""

from rules.annotation import burn_annotations, static_annotations
from rules.promql import Binary, Expr, Number, chain
from rules.recording import recorded
from rules.rule import Alerting
from slo import names
from slo.condition import All, Any, Burning, Condition, Level
from slo.plan import Alert, Plan


def alerting(plan: Plan, alert: Alert) -> Alerting:
    """The rule of one alert."""
    annotations = static_annotations(plan, alert) if alert.kind == "static" else burn_annotations(plan, alert)
    return Alerting(alert.name, holds(plan, alert.condition), alert.hold, alert.labels, annotations)


def holds(plan: Plan, condition: Condition) -> Expr:
    """PromQL that yields the instances for which a condition holds, with the error ratio that says so."""
    match condition:
        case Burning():
            return _burns(plan, condition)
        case All(parts):
            return chain("and", tuple(holds(plan, part) for part in parts))
        case Any(parts):
            return chain("or", tuple(holds(plan, part) for part in parts))
        case Level():
            raise TypeError("levels are not compiled yet")


def _burns(plan: Plan, burning: Burning) -> Expr:
    length = burning.window.length
    bad = names.bad_events(length) if burning.sli == plan.sli else names.static_bad_events(length)
    ratio = Binary("/", recorded(plan, bad), recorded(plan, names.total_events(length)))
    return Binary(">", ratio, Number(burning.threshold))
