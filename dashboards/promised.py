"""What the SLO tables promise, as panels read it: thresholds, and where a row's own dashboard is."""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Final
from zlib import crc32

from dashboards.board import Link
from dashboards.catalog import METRICS, metric_of
from dashboards.panels import PLAIN, Marks, from_above, from_below
from rules.promql import Vector
from slo import names
from slo.indicator import LatencyIndicator, SliceIndicator
from slo.plan import Plan
from slo.selector import Matcher

_HANDBOOK: Final = {
    "P1": ("platform", "ratio"),
    "P2": ("platform", "latency"),
    "P3": ("platform", "ratio"),
    "A1": ("ai-hub", "latency"),
    "A2": ("ai-hub", "slice"),
    "A3": ("ai-hub", "latency"),
    "A4": ("ai-hub", "latency"),
    "A5": ("ai-hub", "slice"),
    "A6": ("ai-hub", "latency"),
    "B1": ("banking", "latency"),
    "B2": ("banking", "ratio"),
    "B3": ("banking", "ratio"),
}
"""Area and kind of the rows whose thresholds are marked in panels about other series than theirs."""
_DETAIL: Final = "emberline-slo-detail-"
_LONGEST: Final = 40
"""Characters that Grafana allows in a uid."""


@dataclass(frozen=True, slots=True)
class Promised:
    """Plans, and the address under which runbooks are published; "" where nobody named one."""

    plans: tuple[Plan, ...]
    runbooks: str = ""

    def row(self, name: str) -> Plan | None:
        """The plan of a row; None where the tables lack it."""
        return next((plan for plan in self.plans if plan.slo.id == name), None)

    def of(self, area: str) -> tuple[Plan, ...]:
        """The plans of an area."""
        return tuple(plan for plan in self.plans if plan.slo.area == area)

    @property
    def areas(self) -> tuple[str, ...]:
        """Every area, in the tables' order."""
        return tuple(dict.fromkeys(plan.slo.area for plan in self.plans))

    def details(self, *areas: str) -> tuple[Link, ...]:
        """The ways to the detail dashboards of these areas, as far as the tables have any."""
        return tuple(Link(f"SLO detail: {area}", f"/d/{detail_uid(area)}") for area in areas if area in self.areas)

    def marks(self, name: str) -> Marks:
        """Orange where the objective of a row is missed, red from its static alert on, in base units.

        Seconds for a latency row, the error ratio for a ratio row, the unit of its series for a slice row; nothing
        where the tables lack the row, or have another one of its id.
        """
        plan = self.row(name)
        if plan is None or (plan.slo.area, plan.slo.indicator.kind) != _HANDBOOK[name]:
            return PLAIN
        return _marks(plan)


def _marks(plan: Plan) -> Marks:
    slo = plan.slo
    match slo.indicator:
        case LatencyIndicator(threshold=threshold) if slo.alert.slower_than is not None:
            return from_above(threshold.seconds, slo.alert.slower_than.seconds)
        case SliceIndicator(metric=metric) if metric.metric not in METRICS:
            return PLAIN
        case SliceIndicator(metric=metric, good=good) if slo.alert.value is not None:
            factor = metric_of(metric.metric).unit.factor
            bounds = (float(bound.value * factor) for bound in (good, slo.alert.value))
            wanted, alarming = bounds
            return from_above(wanted, alarming) if good.op in ("<", "<=") else from_below(alarming, wanted)
        case _:
            return from_above(float(plan.sli.budget), float(_errors(plan)))


def _errors(plan: Plan) -> Decimal:
    """The error ratio from which on the static alert of a ratio row fires."""
    alert = plan.slo.alert
    return alert.errors_above if alert.errors_above is not None else 1 - (alert.below or plan.slo.objective)


def detail_uid(area: str) -> str:
    """The uid of an area's detail dashboard: stable, and short enough for Grafana."""
    uid = f"{_DETAIL}{area}"
    return uid if len(uid) <= _LONGEST else f"{uid[: _LONGEST - 9]}-{crc32(area.encode()):08x}"


def detail_from(areas: Iterable[str], labels: str) -> Link | None:
    """The way from a value to the detail of its row, by its labels as Grafana names them in a link.

    None where an area has too long a name: Grafana puts a name into a link, and cannot shorten it as `detail_uid` does.
    """
    if any(detail_uid(area) != f"{_DETAIL}{area}" for area in areas):
        return None
    place = f"/d/{_DETAIL}${{{labels}.{names.AREA}}}?var-slo=${{{labels}.{names.SLO}}}"
    return Link("Its burn windows", place + "&${__url_time_range}")


def firing(area: str) -> Vector:
    """The alerts of an area that fire."""
    return Vector("ALERTS", (Matcher("alertstate", "=", "firing"), Matcher(names.AREA, "=", area)))
