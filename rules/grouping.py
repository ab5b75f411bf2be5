"""Two rule groups per SLO: recordings with the alerts that read them in the same evaluation, and its budget's guards.

Nobody waits for the second: metadata, the budget of the whole period, and data that is missing.
"""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final, TypeAlias

from rules.alerting import alerting
from rules.promql import Call, Number
from rules.recording import read_by, recordings
from rules.rule import Alerting, Group, Recording
from slo import names
from slo.burning import burnings
from slo.duration import Duration
from slo.plan import Plan
from slo.selector import Labels, labels_of
from slo.window import Composed

Rules: TypeAlias = tuple[Recording | Alerting, ...]

MIMIR_RULES_PER_GROUP: Final = 20
"""Mimir's default limit: a group of more rules is refused."""


def groups(plan: Plan) -> tuple[Group, Group]:
    """The rules of a plan; ValueError beyond Mimir's limit, which only a policy with more windows reaches."""
    own: Rules = (*recordings(plan), *(alerting(plan, alert) for alert in plan.alerts))
    guards: Rules = (*metadata(plan), *(alerting(plan, alert) for alert in plan.guards))
    if len(own) > MIMIR_RULES_PER_GROUP:
        # A static alert on a window of its own is what does not fit; it and what it alone reads can stand apart.
        apart = _of_the_static_alert(plan)
        own, guards = tuple(each for each in own if each not in apart), (*apart, *guards)
    if len(own) > MIMIR_RULES_PER_GROUP:
        raise ValueError(f"{len(own)} rules, and Mimir takes {MIMIR_RULES_PER_GROUP} in a group")
    return Group(f"slo-{plan.slo.id}", plan.interval, own), Group(f"budget-{plan.slo.id}", plan.interval, guards)


def _of_the_static_alert(plan: Plan) -> Rules:
    """The static alert, after everything that is recorded over windows of its own.

    What is subtracted from a total must be worked out with it: groups are evaluated apart from each other, and a total
    of another group may be an interval old.
    """
    static = plan.alerts[-1]
    others = {name for alert in plan.alerts[:-1] for name in read_by(plan, alert.condition)}
    others |= {names.total_events(window.of) for window in plan.windows if isinstance(window, Composed)}
    lengths = {each.window.length for each in burnings(static.condition)}
    over = (_recorded_over(length) for length in lengths)
    alone = {name for found in over if not found & others for name in found}
    return (*(each for each in recordings(plan) if each.record in alone), alerting(plan, static))


def _recorded_over(length: Duration) -> set[str]:
    of = (names.total_events, names.bad_events, names.static_bad_events, names.error_ratio)
    return {name(length) for name in of}


def metadata(plan: Plan) -> Iterator[Recording]:
    """What a row promises, as series: for dashboards that divide by it, and for tables that name it."""
    for name, value, labels in promised(plan):
        yield Recording(name, Call("vector", (Number(value),)), labels)


def promised(plan: Plan) -> Iterator[tuple[str, Decimal, Labels]]:
    """Name, value and labels of what a row promises."""
    slo = plan.slo
    own = {names.SLO: slo.id, names.AREA: slo.area, names.NAMESPACE: slo.namespace}
    yield names.OBJECTIVE, slo.objective, labels_of(own)
    yield names.ERROR_BUDGET, plan.sli.budget, labels_of(own)
    yield names.PERIOD, Decimal(slo.window.ms) / 1000, labels_of(own)
    known = own | {"title": slo.name, "kind": slo.indicator.kind, names.PRIORITY: slo.priority}
    yield names.INFO, Decimal(1), labels_of(known)
