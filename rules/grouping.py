"""Two rule groups per SLO: recordings with the alerts that read them in the same evaluation, and its budget's guards.

Nobody waits for the second: metadata, the budget of the whole period, and data that is missing.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from rules.alerting import alerting
from rules.promql import Call, Number
from rules.recording import recordings
from rules.rule import Alerting, Group, Recording
from slo import names
from slo.plan import Plan
from slo.selector import labels_of

MIMIR_RULES_PER_GROUP: Final = 20
"""Mimir's default limit: a group of more rules is refused."""


def groups(plan: Plan) -> tuple[Group, Group]:
    """The rules of a plan; ValueError beyond Mimir's limit."""
    alerts = (alerting(plan, alert) for alert in plan.alerts)
    rules: tuple[Recording | Alerting, ...] = (*recordings(plan), *alerts)
    if len(rules) > MIMIR_RULES_PER_GROUP:
        raise ValueError(
            f"{len(rules)} rules, and Mimir takes {MIMIR_RULES_PER_GROUP} in a group: let the static alert look"
            f" at a window that the burn-rate alerts read, such as {plan.windows[0].length}"
        )
    guards = (alerting(plan, alert) for alert in plan.guards)
    name = f"slo-{plan.slo.id}"
    return Group(name, plan.interval, rules), Group(f"{name}-budget", plan.interval, (*metadata(plan), *guards))


def metadata(plan: Plan) -> Iterator[Recording]:
    """What a row promises, as series: for dashboards that divide by it, and for tables that name it."""
    slo = plan.slo
    own = {names.SLO: slo.id, names.AREA: slo.area, names.NAMESPACE: slo.namespace}
    known = own | {"title": slo.name, "kind": slo.indicator.kind, names.PRIORITY: slo.priority}
    values = (
        (names.OBJECTIVE, slo.objective, own),
        (names.ERROR_BUDGET, plan.sli.budget, own),
        (names.PERIOD, Decimal(slo.window.ms) / 1000, own),
        (names.INFO, Decimal(1), known),
    )
    for name, value, labels in values:
        yield Recording(name, Call("vector", (Number(value),)), labels_of(labels))
