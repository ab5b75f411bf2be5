"""Annotations: what fires, how bad it is, what the alert waits for, and where to read on.

Their text is a Go template that Prometheus fills in. `$value` is the error ratio of the first burning that holds.
"""

from decimal import Context, Decimal
from typing import Final

from rules.burning import conjunctions
from rules.promql import number
from slo.duration import Duration
from slo.indicator import LatencyIndicator
from slo.plan import Alert, Plan
from slo.selector import Labels, labels_of
from slo.wording import percent

_FOUR_DIGITS: Final = Context(prec=4)
_NOISE: Final = 1e-9
_BRACES: Final = '{{ "{{" }}'
_RATIO: Final = "{{ $value | humanizePercentage }}"


def burn_annotations(plan: Plan, alert: Alert) -> Labels:
    """What a page or ticket says."""
    budget, pairs, indicator = plan.sli.budget, conjunctions(alert.condition), plan.slo.indicator
    limits = " or ".join(
        f"{number(_FOUR_DIGITS.plus(pair[0].factor))} over {' and '.join(str(each.window.length) for each in pair)}"
        for pair in pairs
    )
    what = _what(indicator.threshold if isinstance(indicator, LatencyIndicator) else None)
    return _annotations(
        plan,
        alert,
        "the error budget burns too fast",
        f"{_RATIO} of events over {' or '.join(str(pair[0].window.length) for pair in pairs)} {what}, "
        f"{_burn_rate(budget)} times the {percent(budget)} that the objective of {percent(plan.sli.objective)} over "
        f"{plan.period.length} allows. The alert fires above {limits}.",
    )


def static_annotations(plan: Plan, alert: Alert) -> Labels:
    """What a row's static alert says."""
    ((burning, *_), *_) = conjunctions(alert.condition)
    what, window = _what(plan.slo.alert.slower_than), burning.window.length
    return _annotations(
        plan,
        alert,
        f"more than {percent(burning.threshold)} of events {what}",
        f"{_RATIO} of events over {window} {what}; the alert fires above {percent(burning.threshold)} "
        f"for {alert.hold}.",
    )


def filled(template: str, instance: Labels, ratio: Decimal, budget: Decimal) -> str:
    """The text that Prometheus makes of an annotation for an instance with an error ratio."""
    percentage, rate = _shown(float(ratio), budget)
    known = {_RATIO: percentage, _burn_rate(budget): rate} | {_label(name): value for name, value in instance}
    for variable, value in known.items():
        template = template.replace(variable, value)
    return template.replace(_BRACES, "{{")


def steady(ratio: Decimal, budget: Decimal) -> bool:
    """Whether the last bits of an error ratio do not show in its text, as they do half-way between two roundings."""
    return len({_shown(float(ratio) * (1 + noise), budget) for noise in (-_NOISE, 0, _NOISE)}) == 1


def _shown(ratio: float, budget: Decimal) -> tuple[str, str]:
    return f"{ratio * 100:.4g}%", f"{ratio / float(budget):.1f}"


def _annotations(plan: Plan, alert: Alert, summary: str, description: str) -> Labels:
    slo = plan.slo
    instance = "".join(f", {name} {_label(name)}" for name in slo.by)
    found = {
        "summary": f"{slo.id} {_literal(slo.name)}{instance}: {summary}",
        "description": description,
        "runbook_url": _literal(slo.runbook),
        "action": _literal(alert.action or ""),
    }
    return labels_of(found)


def _what(threshold: Duration | None) -> str:
    return "are bad" if threshold is None else f"take longer than {threshold}"


def _label(name: str) -> str:
    return f"{{{{ $labels.{name} }}}}"


def _literal(text: str) -> str:
    return text.replace("{{", _BRACES)


def _burn_rate(budget: Decimal) -> str:
    # Templates cannot divide, queries can.
    times = f'{{{{ with printf "%g / {number(budget)}" $value | query }}}}'
    return times + '{{ . | first | value | printf "%.1f" }}{{ end }}'
