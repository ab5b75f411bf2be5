"""MetricTemplates of Flagger: the error percentage of a canary, by the events of the SLO rows.

Flagger reads one number, and goes by it: nothing must be told of a canary without traffic, and of several models or
backends their sum. Only rows of events whose counters say which pods, or which backend of the gateway, they belong to
can tell a canary from the version that it shall replace.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from typing import Any, Final

from rules.emitter import emitted
from rules.events import bad_of, counted
from rules.promql import Binary, Expr, Number, Variable, layout, number
from rules.render import HEADER
from slo import names
from slo.plan import Plan
from slo.selector import Matcher, Selector
from slo.sli import Bad, Counted, Events, Interpolated, Remainder

_INTERVAL: Final = Variable("interval", braces=True)
_BACKEND: Final = (Matcher("envoy_cluster_name", "=~", ".+/{{ namespace }}_{{ service }}-canary_.+"),)
"""The canary's Service behind a gateway of Cilium, whose clusters end with namespace, Service and port."""
_PODS: Final = (
    Matcher("namespace", "=", "{{ namespace }}"),
    Matcher("pod", "=~", "{{ target }}-[0-9a-zA-Z]+(-[0-9a-zA-Z]+)"),
)
"""The pods of the canary's Deployment; those of the primary have one part more in their names."""
_PERCENT: Final = 100
_LABELS: Final = {"app.kubernetes.io/part-of": "emberline"}


def flagger_templates(plans: Iterable[Plan], address: str) -> str:
    """A YAML document for each row that can tell a canary apart, `slo-<id>` in lower case.

    `address` is the Prometheus that Flagger asks. How many percent of errors a row allows at all is an annotation: a
    first idea of the `thresholdRange.max` of an analysis.
    """
    objects = (_template(plan, query, address) for plan in plans for query in _queries(plan))
    return HEADER + "---\n".join(map(emitted, objects))


def _template(plan: Plan, query: Expr, address: str) -> dict[str, Any]:
    return {
        "apiVersion": "flagger.app/v1beta1",
        "kind": "MetricTemplate",
        "metadata": {
            "name": f"slo-{plan.slo.id.lower().replace('_', '-')}",
            "labels": {**_LABELS, names.SLO: plan.slo.id, names.AREA: plan.slo.area},
            "annotations": {"error-budget-percent": number(_PERCENT * plan.sli.budget)},
        },
        "spec": {"provider": {"type": "prometheus", "address": address}, "query": layout(query) + "\n"},
    }


def _queries(plan: Plan) -> Iterator[Expr]:
    """The query of a row, if it has one."""
    if isinstance(plan.sli, Events) and (own := _own(plan.sli)):
        total, bad = _narrowed(plan.sli, own)
        all_events = counted(total, _INTERVAL, ())
        errors = Binary("*", Number(Decimal(_PERCENT)), bad_of(all_events, bad, _INTERVAL, ()))
        yield Binary("/", errors, Binary(">", all_events, Number(Decimal(0))))


def _own(sli: Events) -> tuple[Matcher, ...]:
    """What picks the canary's events out of a row's; nothing where they cannot be told apart."""
    selectors = sli.selectors
    if any("{{" in matcher.value for selector in selectors for matcher in selector.matchers):
        return ()  # Flagger would fill it in
    if all(selector.metric.startswith("envoy_cluster_") for selector in selectors):
        return _BACKEND
    foreign = any(selector.metric.startswith("envoy_") for selector in selectors) or names.NAMESPACE in sli.by
    return () if foreign else _PODS


def _narrowed(sli: Events, own: tuple[Matcher, ...]) -> tuple[tuple[Selector, ...], Bad]:
    """Total and bad side of the canary alone."""

    def each(selectors: tuple[Selector, ...]) -> tuple[Selector, ...]:
        return tuple(replace(selector, matchers=(*selector.matchers, *own)) for selector in selectors)

    match sli.bad:
        case Counted(counters):
            return each(sli.total), Counted(each(counters))
        case Remainder(good):
            return each(sli.total), Remainder(each(good))
        case Interpolated(lower, upper, weight):
            below, within = each((lower, upper))
            return each(sli.total), Interpolated(below, within, weight)
