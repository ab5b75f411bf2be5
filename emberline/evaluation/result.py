"""What an evaluation says about one instance of an SLO."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

from slo.alerts import Status
from slo.correction import Correction
from slo.duration import Duration
from slo.period import Period
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
class Excluded:
    """A correction that reaches into the period, with the bad and total events, or slices, that it takes out of it.

    None where nothing was counted then.
    """

    correction: Correction
    bad: float | None
    total: float | None


@dataclass(frozen=True, slots=True)
class Traffic:
    """A pair of windows that page: with fewer than `needed` events, or slices, in each a single bad one does.

    `seen` are those in the busiest of them, None where they are not known.
    """

    windows: tuple[Duration, ...]
    needed: float
    seen: float | None


@dataclass(frozen=True, slots=True)
class Result:
    """One SLO instance at one time.

    `note` says what is to be done or known about a `verdict` that is neither met nor not met. The remaining
    budget is a share of the budget, negative when overspent; `coverage` is the measured share of the period, in
    [0, 1]. Both are None without data, coverage of an expression always; a budget of NaN means that no event
    happened in the whole period. `windows` ascend and end with the period, uncorrected, as rules record them.

    The budget is that of `period`, without what `corrections` exclude; at the pace of the fastest page's long window
    it is gone in `time_to_exhaustion` seconds, None where nothing burns or nothing is left. `minimum_traffic` is
    told of each pair that pages. `overcounted` says that more events are good, or bad, than there are.
    """

    plan: Plan
    labels: Labels
    verdict: Verdict
    note: str
    windows: tuple[WindowBurn, ...]
    error_budget_remaining: float | None
    coverage: float | None
    alerts: tuple[AlertState, ...]
    period: Period
    time_to_exhaustion: float | None = None
    corrections: tuple[Excluded, ...] = ()
    minimum_traffic: tuple[Traffic, ...] = ()
    overcounted: bool = False
