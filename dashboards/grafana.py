"""Boards as classic Grafana JSON (schema 42), built with Grafana's own SDK."""

from collections.abc import Iterator
from typing import Final

from grafana_foundation_sdk.builders import common as common_builders
from grafana_foundation_sdk.builders import dashboard as builders
from grafana_foundation_sdk.builders import prometheus, stat, timeseries
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import common, dashboard

from dashboards.board import Board, Panel, Query, Row, Step, Variable
from dashboards.metric import chosen
from rules.promql import Vector, text

_SOURCE: Final = common.DataSourceRef(type_val="prometheus", uid="${datasource}")
_GRID: Final = 24
_ROW_HEIGHT: Final = 1
_HEIGHT: Final = {"stat": 4, "timeseries": 8}
_REF_IDS: Final = "ABCDEFGH"
_REFRESH: Final = "30s"


def to_json(board: Board) -> str:
    """The dashboard's JSON, the same bytes for the same board, ending with a newline."""
    return JSONEncoder(sort_keys=True, indent=2).encode(_dashboard(board).build()) + "\n"


def _dashboard(board: Board) -> builders.Dashboard:
    built = (
        builders.Dashboard(board.title)
        .uid(board.uid)
        .description(board.description)
        .tags(list(board.tags))
        .readonly()
        .tooltip(dashboard.DashboardCursorSync.CROSSHAIR)
        .refresh(_REFRESH)
        .time("now-6h", "now")
        .timezone("browser")
        .with_variable(builders.DatasourceVariable("datasource").label("Data source").type("prometheus"))
    )
    for nth, variable in enumerate(board.variables):
        built.with_variable(_variable(variable, board.variables[:nth]))
    top, number = 0, 1
    for row in board.rows:
        built.with_row(builders.Row(row.title).id(number).grid_pos(dashboard.GridPos(1, _GRID, 0, top)))
        number += 1
        for panel, place in _placed(row, top + _ROW_HEIGHT):
            built.with_panel(_panel(panel).id(number).grid_pos(place))
            top, number = place.y + place.h, number + 1
    return built


def _placed(row: Row, top: int) -> Iterator[tuple[Panel, dashboard.GridPos]]:
    left = 0
    for panel in row.panels:
        height = _HEIGHT[panel.shape]
        if left + panel.width > _GRID:
            left, top = 0, top + height
        yield panel, dashboard.GridPos(height, panel.width, left, top)
        left += panel.width


def _variable(variable: Variable, before: tuple[Variable, ...]) -> builders.QueryVariable:
    series = text(Vector(variable.metric, chosen(*(each.name for each in before))))
    return (
        builders.QueryVariable(variable.name)
        .label(variable.title)
        .datasource(_SOURCE)
        .query(f"label_values({series}, {variable.label})")
        .multi(multi=True)
        .include_all(include_all=True)
        .all_value(".+")
        .refresh(dashboard.VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(dashboard.VariableSort.ALPHABETICAL_ASC)
    )


def _panel(panel: Panel) -> timeseries.Panel | stat.Panel:
    built = _stat() if panel.shape == "stat" else _timeseries(panel)
    built.title(panel.title).description(panel.description).datasource(_SOURCE).unit(panel.unit)
    built.thresholds(_thresholds(panel.steps))
    if panel.minimum is not None:
        built.min(panel.minimum)
    if panel.maximum is not None:
        built.max(panel.maximum)
    for ref_id, query in zip(_REF_IDS, panel.queries, strict=False):
        built.with_target(_target(query, ref_id))
    return built


def _stat() -> stat.Panel:
    return (
        stat.Panel()
        .color_mode(common.BigValueColorMode.VALUE)
        .graph_mode(common.BigValueGraphMode.AREA)
        .reduce_options(common_builders.ReduceDataOptions().calcs(["lastNotNull"]))
    )


def _timeseries(panel: Panel) -> timeseries.Panel:
    built = (
        timeseries.Panel()
        .color_scheme(builders.FieldColor().mode(dashboard.FieldColorModeId.PALETTE_CLASSIC))
        .tooltip(
            common_builders.VizTooltipOptions().mode(common.TooltipDisplayMode.MULTI).sort(common.SortOrder.DESCENDING)
        )
        .legend(
            common_builders.VizLegendOptions()
            .show_legend(show_legend=True)
            .display_mode(common.LegendDisplayMode.TABLE)
            .placement(common.LegendPlacement.BOTTOM)
            .calcs(["lastNotNull", "max"])
        )
        .fill_opacity(10)
    )
    if panel.steps:
        built.thresholds_style(
            common_builders.GraphThresholdsStyleConfig().mode(common.GraphThresholdsStyleMode.DASHED)
        )
    return built


def _thresholds(steps: tuple[Step, ...]) -> builders.ThresholdsConfig:
    base = [dashboard.Threshold(value=None, color="green")]
    return (
        builders.ThresholdsConfig()
        .mode(dashboard.ThresholdsMode.ABSOLUTE)
        .steps(base + [dashboard.Threshold(value=step.above, color=step.color) for step in steps])
    )


def _target(query: Query, ref_id: str) -> prometheus.Dataquery:
    return prometheus.Dataquery().ref_id(ref_id).expr(text(query.expr)).legend_format(query.legend).range()
