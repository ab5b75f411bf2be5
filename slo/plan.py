"""The Plan: what one SLO means, worked out once. Rules, dashboards and engine are readings of it."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

from slo import names
from slo.compile import measured, sibling, static_condition
from slo.condition import All, Any, Burning, Condition
from slo.duration import Duration
from slo.policy import WORKBOOK, Policy, Urgency
from slo.selector import Labels, Selector, labels_of
from slo.sli import Events, Sli
from slo.spec import Slo
from slo.window import Composed, Direct, Window

BASE: Final = Duration(300_000)
"""The window of which longer ones can be composed: the first that is recorded."""

_SEVERITY: Final = {"P1": "critical", "P2": "critical", "P3": "warning", "P4": "info"}
_TICKET: Final = "P3"
_WORD: Final = re.compile(r"[A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert of one SLO: it fires once `condition` has held for `hold`.

    `labels` are the static ones (severity, priority, area, slo, and namespace unless it is in `by`); each
    instance adds its `by` labels.
    """

    name: str
    kind: Literal["page", "ticket", "static"]
    condition: Condition
    hold: Duration
    labels: Labels
    action: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that follows from one SLO.

    `windows` ascend and end with the period. `static` is the sibling SLI of a latency row's static alert
    (its own threshold, same total); None where the alert burns the row's own SLI. Rules are evaluated
    every `interval`.
    """

    slo: Slo
    sli: Sli
    static: Events | None
    windows: tuple[Window, ...]
    alerts: tuple[Alert, ...]
    interval: Duration

    @property
    def selectors(self) -> tuple[Selector, ...]:
        """The counters that the engine reads, each selector once; none for time slices and expressions."""
        events = [sli for sli in (self.sli, self.static) if isinstance(sli, Events)]
        return tuple(dict.fromkeys(selector for sli in events for selector in sli.selectors))

    @property
    def period(self) -> Window:
        """The window over which the objective is promised."""
        return self.windows[-1]


def plan(slo: Slo, policy: Policy = WORKBOOK) -> Plan:
    """The Plan of a row; ValueError where the policy's pairs do not fit its objective and period."""
    policy.require_room(slo.window)
    policy.require_reachable(slo.objective, slo.window)
    own, static = measured(slo), sibling(slo)
    return Plan(
        slo,
        own,
        static,
        _windows(slo, policy),
        (
            _burning(slo, own, policy, "page"),
            _burning(slo, own, policy, "ticket"),
            _static(slo, static_condition(slo, own, static)),
        ),
        policy.interval,
    )


def selectors(plans: Iterable[Plan]) -> tuple[Selector, ...]:
    """The counters that the engine reads for all of these plans, each selector once."""
    return tuple(dict.fromkeys(selector for plan in plans for selector in plan.selectors))


def burn_alert_name(area: str, name: str, urgency: Urgency) -> str:
    """The name of a row's page or ticket: `PlatformAvailabilityErrorBudgetBurnPage`."""
    words = (word[0].upper() + word[1:] for word in _WORD.findall(f"{area} {name}"))
    return f"{''.join(words)}ErrorBudgetBurn{urgency.capitalize()}"


def _windows(slo: Slo, policy: Policy) -> tuple[Window, ...]:
    watched = {BASE, slo.alert.window, *policy.lengths}
    return (*(Direct(length) for length in sorted(watched) if length < slo.window), Composed(slo.window, BASE))


def _burning(slo: Slo, own: Sli, policy: Policy, urgency: Urgency) -> Alert:
    pairs = (
        All(tuple(Burning(own, Direct(length), pair.factor(slo.window)) for length in (pair.long, pair.short)))
        for pair in policy.of(urgency)
    )
    name = burn_alert_name(slo.area, slo.name, urgency)
    priority = slo.priority if urgency == "page" else _TICKET
    return Alert(name, urgency, Any(tuple(pairs)), Duration(0), _labels(slo, priority))


def _static(slo: Slo, condition: Condition) -> Alert:
    alert = slo.alert
    return Alert(alert.name, "static", condition, alert.for_, _labels(slo, alert.priority), alert.action)


def _labels(slo: Slo, priority: str) -> Labels:
    labels = {
        names.SLO: slo.id,
        names.AREA: slo.area,
        names.SEVERITY: _SEVERITY[priority],
        names.PRIORITY: priority,
        names.NAMESPACE: slo.namespace,
    }
    return labels_of((label, value) for label, value in labels.items() if label not in slo.by)
