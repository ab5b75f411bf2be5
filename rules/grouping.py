"""One rule group per SLO: its recordings, then the alerts that read them in the same evaluation."""

from typing import Final

from rules.alerting import alerting
from rules.recording import recordings
from rules.rule import Alerting, Group, Recording
from slo.plan import Plan
from slo.sli import Events

MIMIR_RULES_PER_GROUP: Final = 20
"""Mimir's default limit: a group of more rules is refused."""


def group(plan: Plan, sli: Events) -> Group:
    """The rules of a plan whose SLI counts events; ValueError beyond Mimir's limit."""
    alerts = (alerting(plan, alert) for alert in plan.alerts)
    rules: tuple[Recording | Alerting, ...] = (*recordings(plan, sli), *alerts)
    if len(rules) > MIMIR_RULES_PER_GROUP:
        raise ValueError(
            f"{len(rules)} rules, and Mimir takes {MIMIR_RULES_PER_GROUP} in a group: let the static alert look"
            f" at a window that the burn-rate alerts read, such as {plan.windows[0].length}"
        )
    return Group(f"slo-{plan.slo.id}", plan.interval, rules)
