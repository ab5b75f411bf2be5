"""What Grafana's dashboard-linter asks of a dashboard, under the names of its rules, for dashboards on a Prometheus.

Its two rules on Loki have nothing to look at here, and it looks at counters by their suffix.
"""

import re
from collections.abc import Iterator
from typing import Any, Final

import promql_parser
from grafana_foundation_sdk.models import units

from tests.dashboards.filled import fill

UNITS: Final = {value for name, value in vars(units).items() if not name.startswith("_") and isinstance(value, str)}
SOURCE: Final = "${datasource}"
WANTED: Final = {"job": "$job", "instance": "$instance"}

Json = dict[str, Any]
PLAIN: Final = ("row", "text", "heatmap")
"""Panels that the linter does not look at."""


def violations(document: Json) -> set[str]:
    """The rules that a dashboard breaks."""
    return {*_board(document), *_variables(document), *_panels(document)}


def _board(document: Json) -> Iterator[str]:
    if document["editable"]:
        yield "uneditable-dashboard"


def _variables(document: Json) -> Iterator[str]:
    variables = {each["name"]: each for each in document["templating"]["list"]}
    source = variables.get("datasource", {})
    if (source.get("type"), source.get("query"), source.get("label")) != ("datasource", "prometheus", "Data source"):
        yield "template-datasource-rule"
    for name, label in (("job", "Job"), ("instance", "Instance")):
        found = variables.get(name, {})
        traits = [found.get(key) for key in ("type", "label", "multi", "allValue")]
        if traits != ["query", label, True, ".+"] or found["datasource"]["uid"] != SOURCE:
            yield f"template-{name}-rule"
    for each in variables.values():
        if each["type"] == "query":
            if each["refresh"] != 2:
                yield "template-on-time-change-reload-rule"
            asked = re.fullmatch(r"label_values\((.*), (\w+)\)", each["query"])
            if not asked or not _parses(asked[1]):
                yield "template-label-promql-rule"


def _panels(document: Json) -> Iterator[str]:
    for panel in document["panels"]:
        if panel["type"] in PLAIN:
            continue
        if panel["datasource"]["uid"] != SOURCE:
            yield "panel-datasource-rule"
        if not panel["title"] or not panel["description"]:
            yield "panel-title-description-rule"
        if panel["fieldConfig"]["defaults"]["unit"] not in UNITS:
            yield "panel-units-rule"
        if not panel.get("targets"):
            yield "panel-no-targets-rule"
        for target in panel.get("targets", []):
            yield from _target(target["expr"])


def _target(query: str) -> Iterator[str]:
    if not _parses(query):
        yield "target-promql-rule"
        return
    if re.search(r'rate\((?:[^["]|"(?:\\.|[^"\\])*")*\[(?!\$__rate_interval\])', query):
        yield "target-rate-interval-rule"
    names: list[str] = []
    rated = re.findall(r"(?:rate|increase)\(([\w:]+)", query)
    for selector in _selectors(promql_parser.parse(_with_ranges(query))):
        names.append(selector.name or "")
        matched = {(each.name, each.value) for each in selector.matchers.matchers if str(each.op) == "MatchOp.Re"}
        for label, variable in WANTED.items():
            if (label, variable) not in matched:
                yield f"target-{label}-rule"
    if any(name.endswith("_total") and name not in rated for name in names):
        yield "target-counter-agg-rule"


def _with_ranges(query: str) -> str:
    return query.replace("[$__rate_interval]", "[5m]").replace("[$__range]", "[5m]")


def _parses(query: str) -> bool:
    try:
        promql_parser.parse(fill(query))
    except ValueError:
        return False
    return "$" not in fill(query)


def _selectors(tree: Any) -> Iterator[promql_parser.VectorSelector]:  # noqa: ANN401  any node of an expression
    if isinstance(tree, promql_parser.VectorSelector):
        yield tree
    parts = (getattr(tree, name, None) for name in ("expr", "lhs", "rhs", "param", "vector_selector"))
    for part in (*parts, *getattr(tree, "args", ())):
        if part is not None:
            yield from _selectors(part)
