"""The Plan: what one SLO means, worked out once. Rules, dashboards and engine are readings of it."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal, TypeAlias

from slo import names
from slo.compile import measured, sibling, static_condition
from slo.condition import All, Any, Burning, Condition, Unmeasured
from slo.duration import Duration
from slo.policy import WORKBOOK, Policy, Urgency
from slo.priority import PRIORITIES, TICKET, Priority
from slo.selector import Labels, Selector, labels_of
from slo.sli import Events, Sli, Slices
from slo.spec import Slo
from slo.window import Composed, Direct, Window

BASE: Final = Duration(300_000)
"""The window of which longer ones can be composed: the first that is recorded."""

Kind: TypeAlias = Literal["page", "ticket", "static", "exhausted", "no-data"]

_WORD: Final = re.compile(r"[A-Za-z0-9]+")


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert of one SLO: it fires once `condition` has held for `hold`.

    `labels` are the static ones (severity, priority, area, slo, action where there is one, and namespace unless
    it is in `by`); each instance adds its `by` labels.
    """

    name: str
    kind: Kind
    condition: Condition
    hold: Duration
    labels: Labels
    priority: Priority


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that follows from one SLO.

    `windows` ascend and end with the period. `static` is the sibling SLI of a latency row's static alert
    (its own threshold, same total); None where the alert burns the row's own SLI. `guards` are the alerts beside
    the burning ones: the budget of the period is exhausted, or nothing is measured. Rules are evaluated every
    `interval`.
    """

    slo: Slo
    sli: Sli
    static: Events | None
    windows: tuple[Window, ...]
    alerts: tuple[Alert, ...]
    guards: tuple[Alert, ...]
    interval: Duration

    @property
    def all(self) -> tuple[Alert, ...]:
        """Every alert, the guards last."""
        return (*self.alerts, *self.guards)

    @property
    def selectors(self) -> tuple[Selector, ...]:
        """The series that the engine reads, each selector once; none for an expression."""
        read = [sli.selectors for sli in (self.sli, self.static) if isinstance(sli, Events | Slices)]
        return tuple(dict.fromkeys(selector for selectors in read for selector in selectors))

    @property
    def period(self) -> Window:
        """The window over which the objective is promised."""
        return self.windows[-1]


def plan(slo: Slo, policy: Policy = WORKBOOK, compose_from: Duration | None = None) -> Plan:
    """The Plan of a row; ValueError where the policy's pairs do not fit its objective and period.

    Windows of counted events from `compose_from` on are composed; by default the period alone is.
    """
    policy.require_room(slo.window)
    policy.require_reachable(slo.objective, slo.window)
    own = measured(slo)
    static = sibling(slo, own)
    exact = BASE if static is None else slo.alert.window
    window = _windowing(own, slo.window if compose_from is None else compose_from, {BASE, exact})
    windows = _windows(slo, policy, window)
    return Plan(
        slo,
        own,
        static,
        windows,
        (
            _burning(slo, own, policy, window, "page"),
            _burning(slo, own, policy, window, "ticket"),
            _static(slo, static_condition(slo, own, static, window(slo.alert.window))),
        ),
        (
            _exhausted(slo, own, windows[-1]),
            _no_data(slo, _unmeasured(own, windows[0], static, window(slo.alert.window)), policy),
        ),
        policy.interval,
    )


def selectors(plans: Iterable[Plan]) -> tuple[Selector, ...]:
    """The series that the engine reads for all of these plans, each selector once."""
    return tuple(dict.fromkeys(selector for plan in plans for selector in plan.selectors))


def generated_alert_names(area: str, name: str) -> tuple[str, str, str, str]:
    """The names of a row's page, ticket, exhausted budget and missing data.

    `PlatformAvailabilityErrorBudgetBurnPage`, likewise `…BurnTicket`, `…Exhausted`, and `PlatformAvailabilityNoData`.
    """
    words = (word[0].upper() + word[1:] for word in _WORD.findall(f"{area} {name}"))
    stem = "".join(words)
    budget = f"{stem}ErrorBudget"
    return f"{budget}BurnPage", f"{budget}BurnTicket", f"{budget}Exhausted", f"{stem}NoData"


def _windowing(own: Sli, compose_from: Duration, exact: set[Duration]) -> Callable[[Duration], Window]:
    """How each window of an SLI is computed. Verdicts are few and expressions are what they are: never composed.

    Nor is what longer windows are composed of, or a window that is shared with a sibling, of which nothing is recorded.
    """

    def window(length: Duration) -> Window:
        composed = isinstance(own, Events) and length >= compose_from and length not in exact
        return Composed(length, BASE) if composed else Direct(length)

    return window


def _windows(slo: Slo, policy: Policy, window: Callable[[Duration], Window]) -> tuple[Window, ...]:
    watched = {BASE, slo.alert.window, *policy.lengths}
    return tuple(map(window, [*sorted(length for length in watched if length < slo.window), slo.window]))


def _burning(slo: Slo, own: Sli, policy: Policy, window: Callable[[Duration], Window], urgency: Urgency) -> Alert:
    # The short window comes first: the alert's value is the error ratio now, not that of hours ago.
    pairs = (
        All(tuple(Burning(own, window(length), pair.factor(slo.window)) for length in (pair.short, pair.long)))
        for pair in policy.of(urgency)
    )
    page, ticket, _, _ = generated_alert_names(slo.area, slo.name)
    name, priority = (page, slo.priority) if urgency == "page" else (ticket, TICKET)
    return Alert(name, urgency, Any(tuple(pairs)), Duration(0), _labels(slo, priority, slo.by), priority)


def _static(slo: Slo, condition: Condition) -> Alert:
    alert = slo.alert
    labels = _labels(slo, alert.priority, slo.by, alert.action or "")
    return Alert(alert.name, "static", condition, alert.for_, labels, alert.priority)


def _exhausted(slo: Slo, own: Sli, period: Window) -> Alert:
    _, _, name, _ = generated_alert_names(slo.area, slo.name)
    condition = Burning(own, period, Decimal(1))
    return Alert(name, "exhausted", condition, Duration(0), _labels(slo, TICKET, slo.by), TICKET)


def _unmeasured(own: Sli, shortest: Window, static: Events | None, window: Window) -> Condition:
    missing = Unmeasured(own, shortest)
    return missing if static is None else Any((missing, Unmeasured(static, window)))


def _no_data(slo: Slo, condition: Condition, policy: Policy) -> Alert:
    _, _, _, name = generated_alert_names(slo.area, slo.name)
    # What is missing has no instances: the alert is about the row.
    labels = _labels(slo, TICKET, ())
    return Alert(name, "no-data", condition, policy.unmeasured(slo.objective, slo.window), labels, TICKET)


def _labels(slo: Slo, priority: Priority, by: tuple[str, ...], action: str = "") -> Labels:
    labels = {
        names.SLO: slo.id,
        names.AREA: slo.area,
        names.SEVERITY: PRIORITIES[priority].severity,
        names.PRIORITY: priority,
        names.NAMESPACE: slo.namespace,
        names.ACTION: action,
    }
    return labels_of((label, value) for label, value in labels.items() if label not in by)
