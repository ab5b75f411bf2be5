"""What an evaluation says about one instance of an SLO."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from slo.alerts import Status
from slo.plan import Alert, Plan
from slo.selector import Labels
from slo.window import Window

Postponed: TypeAlias = Literal["needs a Prometheus"]
Verdict: TypeAlias = Literal["met", "not met", "no data"] | Postponed


@dataclass(frozen=True, slots=True)
class WindowBurn:
    """Error ratio and burn rate over one window: None where nothing was counted, NaN where nothing happened."""

    window: Window
    error_ratio: float | None
    burn_rate: float | None


@dataclass(frozen=True, slots=True)
class AlertState:
    """An alert of this instance, or of its row as a whole; `active_at` in ms since the epoch, None while inactive."""

    alert: Alert
    status: Status | Postponed
    active_at: int | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """One SLO instance at one time.

    `note` says what is to be done or known about a `verdict` that is neither met nor not met. The remaining
    budget is a share of the budget, negative when overspent; `coverage` is the measured share of the period, in
    [0, 1]. Both are None without data, coverage of an expression always; a budget of NaN means that no event
    happened in the whole period. `windows` ascend and end with the period.
    """

    plan: Plan
    labels: Labels
    verdict: Verdict
    note: str
    windows: tuple[WindowBurn, ...]
    error_budget_remaining: float | None
    coverage: float | None
    alerts: tuple[AlertState, ...]
