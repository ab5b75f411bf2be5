"""Boards as dashboards of schema v2: rows and elements instead of one grid, as a resource for Grafana 13's API.

What a panel looks like (options and field configuration) is spelt as in classic JSON, so it is taken from there.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

from grafana_foundation_sdk.builders import dashboardv2 as builders
from grafana_foundation_sdk.builders import prometheus
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.models import dashboard as classic
from grafana_foundation_sdk.models import dashboardv2 as models
from grafana_foundation_sdk.models import prometheus as prometheus_models

from dashboards.board import Board, Link, Panel, Pick, Query, Row, Variable
from dashboards.grafana import asked, encoded, listed, placed
from dashboards.grafana_panel import REF_IDS, built
from rules.promql import text

T = TypeVar("T")

_SOURCE: Final = "${datasource}"
_FAMILY: Final = "emberline"
_FORMATS: Final = {
    "table": prometheus_models.PromQueryFormat.TABLE,
    "heatmap": prometheus_models.PromQueryFormat.HEATMAP,
}


@dataclass(frozen=True, slots=True)
class _Ready(Builder[T], Generic[T]):
    """A model where the SDK wants a builder."""

    model: T

    def build(self) -> T:
        return self.model


def to_json(board: Board) -> str:
    """The resource's JSON, the same bytes for the same board, ending with a newline."""
    return encoded(builders.manifest(board.uid, _dashboard(board)).build())


def _dashboard(board: Board) -> builders.Dashboard:
    found = (
        builders.Dashboard(board.title)
        .description(board.description)
        .tags(list(board.tags))
        .editable(editable=False)
        .cursor_sync(models.DashboardCursorSync.CROSSHAIR)
        .time_settings(builders.TimeSettings().from_val("now-6h").to("now").auto_refresh("30s").timezone("browser"))
        .links([_others(), *map(_link, board.links)])
        .variable(builders.DatasourceVariable("datasource").label("Data source").plugin_id("prometheus"))
    )
    for nth, variable in enumerate(board.variables):
        found.variable(_pick(variable) if isinstance(variable, Pick) else _variable(variable, board.variables[:nth]))
    if board.alerts is not None:
        found.annotations([_annotation(text(board.alerts))])
    names = _names(board)
    for number, (name, panel) in enumerate(zip(names, board.panels, strict=True), 1):
        found.element(name, _panel(panel, number))
    rows = builders.Rows()
    left = iter(names)
    for row in board.rows:
        rows.row(_row(row, left))
    return found.layout(rows)


def _names(board: Board) -> list[str]:
    return [f"panel-{number}" for number, _ in enumerate(board.panels, 1)]


def _row(row: Row, names: Iterator[str]) -> builders.Row:
    grid = builders.Grid()
    for _, place in placed(row, 0):
        item = builders.GridItem().name(next(names))
        grid.item(item.x(place.x).y(place.y).width(place.w).height(place.h))
    return builders.Row().title(row.title).layout(grid)


def _panel(panel: Panel, number: int) -> builders.Panel:
    look = built(panel).build()
    data = builders.QueryGroup()
    for ref_id, query in zip(REF_IDS, panel.queries, strict=False):
        data.target(builders.Target().query(_query(query, panel)).ref_id(ref_id))
    for each in look.transformations or ():
        data.transformation(builders.Transformation().group(each.id_val).options(each.options))
    found = builders.Panel().id(number).title(panel.title).description(panel.description)
    return found.data(data).visualization(_Ready(_visualization(look)))


def _visualization(look: classic.Panel) -> models.VizConfigKind:
    config = look.field_config.to_json() if look.field_config is not None else {}
    spec = models.VizConfigSpec(look.options, models.FieldConfigSource.from_json(_plain(config)))
    return models.VizConfigKind(group=look.type_val, version="", spec=spec)


def _plain(model: object) -> dict[str, object]:
    """A model of the SDK as what JSON knows, all the way down."""
    found: dict[str, object] = json.loads(encoded(model))
    return found


def _query(query: Query, panel: Panel) -> prometheus.QueryV2:
    found = _asking(text(query.expr)).legend_format(query.legend)
    if panel.shape in _FORMATS:
        found.format(_FORMATS[panel.shape])
    return found.instant(instant=True) if panel.shape == "table" else found.range(range_val=True)


def _asking(expression: str) -> prometheus.QueryV2:
    source = models.Dashboardv2DataQueryKindDatasource(name=_SOURCE)
    return prometheus.QueryV2().datasource(_Ready(source)).expr(expression)


def _variable(variable: Variable, before: tuple[Variable | Pick, ...]) -> builders.QueryVariable:
    question = models.DataQueryKind(
        group="prometheus",
        version="v0",
        datasource=models.Dashboardv2DataQueryKindDatasource(name=_SOURCE),
        spec={"query": asked(variable, before), "refId": "PrometheusVariableQueryEditor-VariableQuery"},
    )
    return (
        builders.QueryVariable(variable.name)
        .label(variable.title)
        .query(_Ready(question))
        .multi(multi=True)
        .include_all(include_all=True)
        .all_value(variable.everything)
        .current(models.VariableOption(selected=True, text=["All"], value=["$__all"]))
        .refresh(models.VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(models.VariableSort.ALPHABETICAL_ASC)
    )


def _pick(pick: Pick) -> builders.CustomVariable:
    value, shown = pick.options[0]
    current = models.VariableOption(selected=True, text=shown, value=value)
    return builders.CustomVariable(pick.name).label(pick.title).query(listed(pick)).current(current)


def _annotation(expression: str) -> builders.AnnotationQuery:
    told: dict[str, object] = {
        "titleFormat": "{{alertname}}",
        "textFormat": "{{slo}} {{severity}} {{namespace}}",
        "tagKeys": "severity,priority,slo",
        "step": "60s",
        "expr": expression,
    }
    found = builders.AnnotationQuery().name("Firing alerts").enable(enable=True).icon_color("red")
    return found.query(_asking(expression)).legacy_options(told)


def _others() -> builders.DashboardLink:
    link = builders.DashboardLink().title("All dashboards").type(models.DashboardLinkType.DASHBOARDS)
    return link.tags([_FAMILY]).as_dropdown(as_dropdown=True).keep_time(keep_time=True)


def _link(link: Link) -> builders.DashboardLink:
    found = builders.DashboardLink().title(link.title).type(models.DashboardLinkType.LINK)
    return found.url(link.url).keep_time(keep_time=True).icon("dashboard")
