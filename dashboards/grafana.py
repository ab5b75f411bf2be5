"""Boards as classic Grafana JSON (schema 42), built with Grafana's own SDK."""

from collections.abc import Iterator
from typing import Any, Final

from grafana_foundation_sdk.builders import dashboard as builders
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import dashboard

from dashboards.board import Board, Link, Panel, Pick, Row, Variable
from dashboards.grafana_panel import SOURCE, built
from rules.promql import Vector, text
from slo.selector import Matcher

_GRID: Final = 24
_ROW_HEIGHT: Final = 1
_REFRESH: Final = "30s"
_FAMILY: Final = "emberline"
"""The tag that all dashboards have, for the menu that leads to the others."""


def to_json(board: Board) -> str:
    """The dashboard's JSON, the same bytes for the same board, ending with a newline."""
    return encoded(_dashboard(board).build())


def encoded(document: Any) -> str:  # noqa: ANN401  a model of the SDK, or what json knows
    """A document as JSON for files: sorted, indented, ending with a newline."""
    return JSONEncoder(sort_keys=True, indent=1, ensure_ascii=False).encode(document) + "\n"


def placed(row: Row, top: int) -> Iterator[tuple[Panel, dashboard.GridPos]]:
    """The panels of a row and their places on the grid, from `top` down; a full line begins the next one."""
    left = below = 0
    for panel in row.panels:
        if left + panel.width > _GRID:
            left, top, below = 0, top + below, 0
        yield panel, dashboard.GridPos(panel.height, panel.width, left, top)
        left, below = left + panel.width, max(below, panel.height)


def asked(variable: Variable, before: tuple[Variable | Pick, ...]) -> str:
    """The question for the values of a variable, under the choices before it."""
    chosen = tuple(Matcher(each.label, "=~", f"${each.name}") for each in before if isinstance(each, Variable))
    one, *others = variable.metrics
    named = () if not others else (Matcher("__name__", "=~", "|".join(variable.metrics)),)
    return f"label_values({text(Vector('' if others else one, (*named, *chosen)))}, {variable.label})"


def _dashboard(board: Board) -> builders.Dashboard:
    found = (
        builders.Dashboard(board.title)
        .uid(board.uid)
        .description(board.description)
        .tags(list(board.tags))
        .readonly()
        .tooltip(dashboard.DashboardCursorSync.CROSSHAIR)
        .refresh(_REFRESH)
        .time("now-6h", "now")
        .timezone("browser")
        .links([_others(), *map(_link, board.links)])
        .with_variable(builders.DatasourceVariable("datasource").label("Data source").type("prometheus"))
    )
    for nth, variable in enumerate(board.variables):
        found.with_variable(
            _pick(variable) if isinstance(variable, Pick) else _variable(variable, board.variables[:nth])
        )
    if board.alerts is not None:
        found.annotation(_annotation(text(board.alerts)))
    _fill(found, board)
    return found


def _fill(found: builders.Dashboard, board: Board) -> None:
    top, number = 0, 1
    for row in board.rows:
        found.with_row(builders.Row(row.title).id(number).grid_pos(dashboard.GridPos(1, _GRID, 0, top)))
        number += 1
        bottom = top + _ROW_HEIGHT
        for panel, place in placed(row, bottom):
            found.with_panel(built(panel).id(number).grid_pos(place))
            bottom, number = max(bottom, place.y + place.h), number + 1
        top = bottom


def _variable(variable: Variable, before: tuple[Variable | Pick, ...]) -> builders.QueryVariable:
    return (
        builders.QueryVariable(variable.name)
        .label(variable.title)
        .datasource(SOURCE)
        .query(asked(variable, before))
        .multi(multi=True)
        .include_all(include_all=True)
        .all_value(variable.everything)
        .current(dashboard.VariableOption(selected=True, text=["All"], value=["$__all"]))
        .refresh(dashboard.VariableRefresh.ON_TIME_RANGE_CHANGED)
        .sort(dashboard.VariableSort.ALPHABETICAL_ASC)
    )


def _pick(pick: Pick) -> builders.CustomVariable:
    value, shown = pick.options[0]
    return (
        builders.CustomVariable(pick.name)
        .label(pick.title)
        .values(listed(pick))
        .current(dashboard.VariableOption(selected=True, text=shown, value=value))
    )


def listed(pick: Pick) -> str:
    """The options of a pick as Grafana writes them: `shown : value`, a comma in a name escaped."""
    return ", ".join(f"{shown.replace(',', chr(92) + ',')} : {value}" for value, shown in pick.options)


def _annotation(expression: str) -> builders.AnnotationQuery:
    return (
        builders.AnnotationQuery()
        .name("Firing alerts")
        .datasource(SOURCE)
        .enable(enable=True)
        .icon_color("red")
        .expr(expression)
        .title_format("{{alertname}}")
        .text_format("{{slo}} {{severity}} {{namespace}}")
        .tag_keys("severity,priority,slo")
        .step("60s")
    )


def _others() -> builders.DashboardLink:
    return (
        builders.DashboardLink("All dashboards")
        .type(dashboard.DashboardLinkType.DASHBOARDS)
        .tags([_FAMILY])
        .as_dropdown(as_dropdown=True)
        .keep_time(keep_time=True)
    )


def _link(link: Link) -> builders.DashboardLink:
    return (
        builders.DashboardLink(link.title)
        .type(dashboard.DashboardLinkType.LINK)
        .url(link.url)
        .keep_time(keep_time=True)
        .icon("dashboard")
    )
