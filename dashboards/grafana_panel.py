"""Panels as Grafana's SDK builds them, one function for each shape."""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias

from grafana_foundation_sdk.builders import common as common_builders
from grafana_foundation_sdk.builders import dashboard as builders
from grafana_foundation_sdk.builders import heatmap, prometheus, stat, table, timeseries
from grafana_foundation_sdk.builders import text as text_builders
from grafana_foundation_sdk.models import common, dashboard
from grafana_foundation_sdk.models import heatmap as heatmap_models
from grafana_foundation_sdk.models import prometheus as prometheus_models
from grafana_foundation_sdk.models import text as text_models

from dashboards.board import Color, Link, Panel, Query, Shape, Step
from rules.promql import text

SOURCE: Final = common.DataSourceRef(type_val="prometheus", uid="${datasource}")
REF_IDS: Final = "ABCDEFGH"
_COLORED: Final = {"mode": "thresholds"}

Built: TypeAlias = timeseries.Panel | stat.Panel | table.Panel | heatmap.Panel | text_builders.Panel


def built(panel: Panel) -> Built:
    """The builder of a panel, but for its id and its place."""
    found = _SHAPES[panel.shape](panel)
    found.title(panel.title).description(panel.description)
    if panel.shape == "text":
        return found
    found.datasource(SOURCE).thresholds(_thresholds(panel.steps, panel.base))
    if panel.shape != "heatmap":
        found.unit(panel.unit)
    if panel.decimals is not None:
        found.decimals(panel.decimals)
    if panel.minimum is not None:
        found.min(panel.minimum)
    if panel.maximum is not None:
        found.max(panel.maximum)
    if panel.link is not None:
        anything = dashboard.MatcherConfig(id_val="byRegexp", options=".*")
        found.with_override(anything, [_links(panel.link)])
    for ref_id, query in zip(REF_IDS, panel.queries, strict=False):
        found.with_target(_target(query, ref_id, panel.shape))
    return found


def _stat(panel: Panel) -> stat.Panel:
    mode = common.BigValueColorMode.VALUE if panel.steps else common.BigValueColorMode.NONE
    return (
        stat.Panel()
        .color_mode(mode)
        .graph_mode(common.BigValueGraphMode.AREA)
        .reduce_options(common_builders.ReduceDataOptions().calcs(["lastNotNull"]))
    )


def _timeseries(panel: Panel) -> timeseries.Panel:
    found = (
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
        .fill_opacity(40 if panel.stacked else 10)
    )
    if panel.stacked:
        found.stacking(common_builders.StackingConfig().mode(common.StackingMode.NORMAL).group("A"))
    if panel.steps:
        found.thresholds_style(
            common_builders.GraphThresholdsStyleConfig().mode(common.GraphThresholdsStyleMode.DASHED)
        )
    return found


def _table(panel: Panel) -> table.Panel:
    """The queries' answers side by side; Grafana calls a value `Value #A`, or `Value` where there is but one query."""
    titles = dict(zip(REF_IDS, (query.legend for query in panel.queries), strict=False))
    names = {f"Value #{ref_id}": title for ref_id, title in titles.items()}
    if len(titles) == 1:
        names["Value"] = titles["A"]
    order = {name: place for place, name in enumerate((*panel.key, *names))}
    organized = {"excludeByName": {"Time": True}, "indexByName": order, "renameByName": names}
    found = table.Panel().transformations(
        [
            dashboard.DataTransformerConfig(id_val="merge", options={}),
            dashboard.DataTransformerConfig(id_val="organize", options=organized),
        ]
    )
    for query in panel.queries:
        found.override_by_name(query.legend, _column(query))
    return found


def _column(query: Query) -> list[dashboard.DynamicConfigValue]:
    properties = [dashboard.DynamicConfigValue(id_val="unit", value=query.unit)]
    if query.steps:
        steps: list[dict[str, object]] = [{"value": None, "color": _lowest(query.steps)}]
        steps += [{"value": step.above, "color": step.color} for step in query.steps]
        properties += [
            dashboard.DynamicConfigValue(id_val="thresholds", value={"mode": "absolute", "steps": steps}),
            dashboard.DynamicConfigValue(id_val="color", value=_COLORED),
            dashboard.DynamicConfigValue(id_val="custom.cellOptions", value={"type": "color-text"}),
        ]
    if query.decimals is not None:
        properties.append(dashboard.DynamicConfigValue(id_val="decimals", value=query.decimals))
    if query.link is not None:
        properties.append(_links(query.link))
    return properties


def _lowest(steps: tuple[Step, ...]) -> Color:
    """The color below the first step: red where more is better."""
    return "red" if steps[-1].color == "green" else "green"


def _links(link: Link) -> dashboard.DynamicConfigValue:
    return dashboard.DynamicConfigValue(id_val="links", value=[{"title": link.title, "url": link.url}])


def _heatmap(panel: Panel) -> heatmap.Panel:
    return (
        heatmap.Panel()
        .calculate(calculate=False)
        .color(heatmap.HeatmapColorOptions().mode(heatmap_models.HeatmapColorMode.SCHEME).scheme("Oranges").steps(64))
        .y_axis(heatmap.YAxisConfig().unit(panel.unit))
        .cell_gap(1)
        .show_legend()
    )


def _text(panel: Panel) -> text_builders.Panel:
    return text_builders.Panel().mode(text_models.TextMode.MARKDOWN).content(panel.text)


_SHAPES: Final[Mapping[Shape, Callable[[Panel], Built]]] = {
    "timeseries": _timeseries,
    "stat": _stat,
    "table": _table,
    "heatmap": _heatmap,
    "text": _text,
}


def _thresholds(steps: tuple[Step, ...], base: Color) -> builders.ThresholdsConfig:
    lowest = [dashboard.Threshold(value=None, color=base)]
    return (
        builders.ThresholdsConfig()
        .mode(dashboard.ThresholdsMode.ABSOLUTE)
        .steps(lowest + [dashboard.Threshold(value=step.above, color=step.color) for step in steps])
    )


def _target(query: Query, ref_id: str, shape: Shape) -> prometheus.Dataquery:
    found = prometheus.Dataquery().ref_id(ref_id).expr(text(query.expr)).legend_format(query.legend)
    if shape == "table":
        return found.format(prometheus_models.PromQueryFormat.TABLE).instant()
    if shape == "heatmap":
        return found.format(prometheus_models.PromQueryFormat.HEATMAP).range()
    return found.range()
