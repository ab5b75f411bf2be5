"""A dashboard and its answers as one page: our own drawing, on Grafana's grid and in its units; not its renderer."""

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from dashboards.board import Board, Panel, Pick
from dashboards.grafana import placed
from tests.dashboards.filled import EVERYTHING, queries
from tests.dashboards.fleet import NOW
from tests.servers import PrometheusServer

PAGE: Final = Path(__file__).with_name("sheet.html")
CELL: Final = 36
"""Pixels of a row of the grid, with the gap."""
_TOP: Final = 90
_MOST: Final = 40
"""Series that are drawn of one panel."""

Value = tuple[str, float, int | None]
Format = Callable[[Sequence[Value]], list[str]]
Series = dict[str, Any]


@dataclass(slots=True)
class Sheet:
    """What is shown of a board: its panels with their answers of the last `seconds`."""

    server: PrometheusServer
    board: Board
    seconds: int
    asked: list[Value] = field(default_factory=list)
    height: int = 0

    def html(self, format_all: Format) -> str:
        """The page; `format_all` writes values in Grafana's units, all at once."""
        panels = list(self._panels())
        texts = dict(zip(self.asked, format_all(self.asked), strict=True))
        document = {
            "title": self.board.title,
            "description": self.board.description,
            "start": NOW / 1000 - self.seconds,
            "end": NOW / 1000,
            "panels": _written(panels, texts),
        }
        script = json.dumps(document).replace("</", "<\\/")
        return PAGE.read_text(encoding="utf-8").replace("/*BOARD*/null", script)

    def _panels(self) -> Iterator[dict[str, Any]]:
        top = 0
        for row in self.board.rows:
            yield {"shape": "row", "title": row.title, "x": 0, "y": top, "w": 24, "h": 1}
            bottom = top + 1
            for panel, place in placed(row, bottom):
                shown = {"shape": panel.shape, "title": panel.title, "text": panel.text, "base": panel.base}
                steps = [[step.above, step.color] for step in panel.steps]
                at = {"x": place.x, "y": place.y, "w": place.w, "h": place.h, "steps": steps}
                yield {**shown, **at, **self._answers(panel)}
                bottom = max(bottom, place.y + place.h)
            top = bottom
        self.height = _TOP + CELL * top

    def _answers(self, panel: Panel) -> dict[str, Any]:
        if panel.shape == "text":
            return {}
        if panel.shape == "table":
            return self._table(panel)
        series = [one for place in range(len(panel.queries)) for one in self._series(panel, place)][:_MOST]
        values = [value for one in series for _, value in one["points"]]
        low = min([*values, panel.minimum if panel.minimum is not None else float("inf")], default=0.0)
        top = max([*values, panel.maximum if panel.maximum is not None else float("-inf")], default=1.0)
        ticks = [self._text(panel.unit, value) for value in (low, (low + top) / 2, top)] if values else []
        return {"series": series, "range": [low, top], "ticks": ticks}

    def _series(self, panel: Panel, place: int) -> Iterator[Series]:
        query, legend = queries(panel, opened(self.board))[place], panel.queries[place].legend
        found = self.server.query_range(query, NOW / 1000 - self.seconds, NOW / 1000, 15)
        for one in sorted(found, key=lambda each: _bound(each["metric"])):
            points = [[float(at), float(value)] for at, value in one["values"]]
            name = _called(legend, one["metric"])
            yield {"name": name, "points": points, "last": self._text(panel.unit, points[-1][1], panel.decimals)}

    def _table(self, panel: Panel) -> dict[str, Any]:
        lines: dict[tuple[str, ...], dict[str, Any]] = {}
        for query, asked in zip(panel.queries, queries(panel, opened(self.board)), strict=True):
            for one in self.server.query(asked, at=NOW / 1000):
                key = tuple(one["metric"].get(label, "") for label in panel.key)
                lines.setdefault(key, {})[query.legend] = self._text(query.unit, float(one["value"][1]), query.decimals)
        titles = [query.legend for query in panel.queries]
        rows = [[*key, *(cells.get(title, "") for title in titles)] for key, cells in sorted(lines.items())]
        return {"head": [*panel.key, *titles], "rows": rows}

    def _text(self, unit: str, value: float, decimals: int | None = None) -> Value:
        """A value to be written: it becomes a text once all are known."""
        self.asked.append((unit, value, decimals))
        return unit, value, decimals


def opened(board: Board) -> Mapping[str, str]:
    """The choices with which a dashboard opens: everything, and the first of what can only be one."""
    picks = (pick for pick in board.variables if isinstance(pick, Pick))
    return {**EVERYTHING, **{f"${pick.name}": pick.options[0][0] for pick in picks}}


def _called(legend: str, labels: Mapping[str, str]) -> str:
    return re.sub(r"\{\{(\w+)\}\}", lambda label: labels.get(label[1], ""), legend)


def _bound(labels: Mapping[str, str]) -> tuple[float, list[tuple[str, str]]]:
    """Buckets by their bound, others by their labels."""
    return float(labels.get("le", "0").replace("+Inf", "inf")), sorted(labels.items())


def _written(panels: list[dict[str, Any]], texts: Mapping[Value, str]) -> list[dict[str, Any]]:
    for panel in panels:
        panel["ticks"] = [[at[1], texts[at]] for at in panel.get("ticks", [])]
        for one in panel.get("series", []):
            one["last"] = texts[one["last"]]
        panel["rows"] = [[texts.get(cell, cell) for cell in row] for row in panel.get("rows", [])]
    return panels
