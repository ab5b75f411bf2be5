"""Annotations: what fires, how bad it is, what is left, what to look at first, and where to read on.

Their text is a Go template that Prometheus fills in. `$value` is the error ratio over the short window of the first
pair that burns: how bad it is now. What an annotation asks of recorded series is asked only while the alert fires.
"""

from collections.abc import Mapping
from decimal import Context, Decimal
from typing import Final

from rules.budget import contributors, spent
from rules.promql import number
from rules.template import label, literal, shown
from slo.burning import conjunctions, windows_of
from slo.duration import Duration
from slo.indicator import LatencyIndicator
from slo.plan import Alert, Plan
from slo.priority import PRIORITIES
from slo.selector import Labels, labels_of
from slo.sli import Slices
from slo.wording import percent, static_bound

_FOUR_DIGITS: Final = Context(prec=4)
RATIO: Final = shown("humanizePercentage")
"""The error ratio of the alert."""
VALUE: Final = shown("humanize")
"""The value of the alert, in the unit of its series."""
_SCRAPED: Final = "Whether its target is scraped, by up == 0; then whether the page still holds the series."


def annotations(plan: Plan, alert: Alert) -> Labels:
    """What an alert says, by kind; runbook, response time and first look are common to all."""
    slo = plan.slo
    summary, description, more = _said(plan, alert)
    instance = "".join(f", {name} {label(name)}" for name in slo.by if alert.kind != "no-data")
    look_first = _SCRAPED if alert.kind == "no-data" else slo.look_first or ""
    found = {
        "summary": f"{slo.id} {literal(slo.name)}{instance}: {summary}",
        "description": description,
        "look_first": literal(look_first),
        "response_time": PRIORITIES[alert.priority].respond,
        "runbook_url": literal(slo.runbook),
    }
    return labels_of({**found, **more})


def _said(plan: Plan, alert: Alert) -> tuple[str, str, Mapping[str, str]]:
    """Summary, description and further annotations."""
    match alert.kind:
        case "page" | "ticket":
            more = {"budget": spent(plan, alert.condition), "contributors": contributors(plan, alert.condition)}
            return "the error budget burns too fast", _burns(plan, alert), more
        case "static" if isinstance(plan.sli, Slices):
            return *_passes(plan, alert), {}
        case "static":
            return *_breaks(plan, alert), {"contributors": contributors(plan, alert.condition)}
        case "exhausted":
            return "the error budget is exhausted", _exhausted(plan), {}
        case "no-data":
            return "no data", _unmeasured(plan, alert), {}


def _burns(plan: Plan, alert: Alert) -> str:
    budget, pairs, indicator = plan.sli.budget, conjunctions(alert.condition), plan.slo.indicator
    limits = " or ".join(f"{number(_FOUR_DIGITS.plus(pair[0].factor))} over {windows_of(pair)}" for pair in pairs)
    what = _what(indicator.threshold if isinstance(indicator, LatencyIndicator) else None)
    windows = " or ".join(str(pair[0].window.length) for pair in pairs)
    return (
        f"{RATIO} of events over {windows} {what}, {burn_rate(budget)} times the {percent(budget)} that the objective "
        f"of {percent(plan.sli.objective)} over {plan.period.length} allows. The alert fires above {limits}."
    )


def _breaks(plan: Plan, alert: Alert) -> tuple[str, str]:
    ((burning, *_), *_) = conjunctions(alert.condition)
    what, window = _what(plan.slo.alert.slower_than), burning.window.length
    limit = percent(burning.threshold)
    description = f"{RATIO} of events over {window} {what}; the alert fires above {limit} for {alert.hold}."
    return f"more than {limit} of events {what}", description


def _passes(plan: Plan, alert: Alert) -> tuple[str, str]:
    bound = static_bound(plan.slo)
    return f"is {bound}", f"It is {VALUE}; the alert fires where it is {bound} for {alert.hold}."


def _exhausted(plan: Plan) -> str:
    return (
        f"{RATIO} of events over {plan.period.length} {_what(None)}, more than the {percent(plan.sli.budget)} that the "
        f"objective of {percent(plan.sli.objective)} allows: nothing is left for changes that may fail."
    )


def _unmeasured(plan: Plan, alert: Alert) -> str:
    origin = plan.slo.origin
    return (
        f"Nothing has been measured for {alert.hold}, so none of its alerts can fire. It is read from "
        f"{literal(origin.component)}; needed: {literal(origin.enable)}."
    )


def _what(threshold: Duration | None) -> str:
    return "are bad" if threshold is None else f"take longer than {threshold}"


def burn_rate(budget: Decimal) -> str:
    """How many times faster than allowed the budget burns."""
    # Templates cannot divide, queries can.
    times = f'{{{{ with printf "%g / {number(budget)}" $value | query }}}}'
    return times + '{{ . | first | value | printf "%.1f" }}{{ end }}'
