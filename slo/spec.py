"""The SLO tables as people write them: the rim where text becomes frozen values."""

import re
from collections.abc import Iterable
from decimal import Decimal
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, Field, StringConstraints, ValidationInfo, field_validator

from slo.calendar import Calendar
from slo.correction import MOST, Correction, overlaps
from slo.duration import Duration
from slo.indicator import Indicator, PromqlIndicator, Written, inconsistencies
from slo.names import STATIC_LABELS
from slo.policy import WORKBOOK
from slo.scalar import Ratio, Span, Text
from slo.static_alert import StaticAlert, misfits

Area = Annotated[str, StringConstraints(pattern=r"^[a-z]([a-z0-9-]*[a-z0-9])?$")]
Namespace = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?$")]
"""A namespace as Kubernetes names them; Prometheus would expand `{{` in it."""

_COUNTED: Final = "does not belong to a promql row: a server evaluates its expression over the whole window"
_LABEL: Final = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")
_WORDS: Final = frozenset({"without", "inf", "nan"})


def _instances(by: tuple[str, ...]) -> tuple[str, ...]:
    for label in by:
        if label == "le":
            raise ValueError("`le` is the bound of a bucket, no instance")
        if label in STATIC_LABELS:
            raise ValueError(f"{label!r} is set by every rule: it cannot tell instances apart")
        if not _LABEL.fullmatch(label) or label.startswith("__"):
            raise ValueError(f"{label!r} is not a label name")
        if label.lower() in _WORDS:
            raise ValueError(f"{label!r} is a word of PromQL, by which nothing can be grouped")
    if len(set(by)) < len(by):
        raise ValueError("a label is listed twice")
    return by


Instances = Annotated[tuple[str, ...], AfterValidator(_instances)]
"""Labels whose combinations are instances of their own."""


class Misfits(ValueError):
    """Well-formed parts of a row that do not fit together: the path of each below the row, and what is wrong."""

    def __init__(self, faults: Iterable[tuple[tuple[str | int, ...], str]]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(f"{'.'.join(map(str, path))}: {message}" for path, message in self.faults))


class Origin(Written):
    """Where the metric comes from, and what must be switched on for it to exist."""

    component: Text
    enable: Text


class Slo(Written):
    """One row of an SLO table, as written.

    `priority` is that of a page. `by` are the labels whose combinations are instances of their own. `runbook`
    is a path relative to the documentation, `look_first` what its alerts advise to look at first. `decision` names
    what the row decides beyond the handbook. With a `calendar` the budget is that of its current period, of which
    `window` is the nominal length. `corrections` are in the order of time.
    """

    id: Annotated[str, StringConstraints(pattern=r"^[A-Za-z]([A-Za-z0-9_-]*[A-Za-z0-9])?$")]
    area: Area
    name: Text
    description: Text
    window: Span = Duration(30 * 86_400_000)
    calendar: Calendar | None = None
    corrections: Annotated[tuple[Correction, ...], Field(max_length=MOST)] = ()
    objective: Ratio
    by: Instances = ()
    namespace: Namespace
    priority: Literal["P1", "P2"]
    runbook: Text
    look_first: Text | None = None
    origin: Origin
    decision: Text | None = None
    alert: StaticAlert
    indicator: Indicator

    @field_validator("window")
    @classmethod
    def _holds_alert_windows(cls, window: Duration) -> Duration:
        WORKBOOK.require_room(window)
        return window

    @field_validator("calendar")
    @classmethod
    def _is_as_long_as_the_window(cls, calendar: Calendar | None, info: ValidationInfo) -> Calendar | None:
        misfit = calendar.misfit(info.data["window"]) if calendar and "window" in info.data else None
        if misfit:
            raise ValueError(misfit)
        return calendar

    @field_validator("corrections")
    @classmethod
    def _stand_apart(cls, corrections: tuple[Correction, ...]) -> tuple[Correction, ...]:
        faults = [(("corrections", index, "from"), message) for index, message in overlaps(corrections)]
        if faults:
            raise Misfits(faults)
        return tuple(sorted(corrections, key=lambda each: each.from_))

    @field_validator("objective")
    @classmethod
    def _alerts_can_fire(cls, objective: Decimal, info: ValidationInfo) -> Decimal:
        if "window" in info.data:
            WORKBOOK.require_reachable(objective, info.data["window"])
        return objective

    @field_validator("alert")
    @classmethod
    def _within_the_period(cls, alert: StaticAlert, info: ValidationInfo) -> StaticAlert:
        if "window" in info.data and alert.window >= info.data["window"]:
            message = f"{alert.window} is not shorter than the period {info.data['window']}"
            raise Misfits([(("alert", "window"), message)])
        return alert

    @field_validator("indicator")
    @classmethod
    def _fits_together(cls, indicator: Indicator, info: ValidationInfo) -> Indicator:
        faults = [(_below("indicator", key), message) for key, message in inconsistencies(indicator)]
        if "alert" in info.data:
            faults += [(_below("alert", key), message) for key, message in misfits(info.data["alert"], indicator)]
        if isinstance(indicator, PromqlIndicator):
            faults += [((key,), _COUNTED) for key in ("calendar", "corrections") if info.data.get(key)]
        if faults:
            raise Misfits(faults)
        return indicator


def _below(part: str, key: str) -> tuple[str, ...]:
    return (part, key) if key else (part,)
