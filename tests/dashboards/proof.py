"""What is wrong with a panel, as its answers from a Prometheus tell."""

import math
import re
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from dashboards.board import Board, Panel, Pick
from dashboards.catalog import METRICS
from rules.promql import Aggregate, Binary, Call, Expr, Vector, text
from tests.dashboards.filled import EVERYTHING, fill
from tests.servers import PrometheusServer

POINTS: Final = 11_000
"""What a Prometheus gives at most of a series in one answer."""
GRAFANA_POINTS: Final = 1_500
"""What Grafana asks for at most, a point for each pixel."""
_SUFFIX: Final = re.compile(r"_(bucket|sum|count)$")


@dataclass(frozen=True, slots=True)
class Prover:
    """Asks what panels ask, over the last five minutes before `at` (seconds), and keeps how long each took."""

    server: PrometheusServer
    at: float
    times: dict[str, float] = field(default_factory=dict)

    def complaints(self, board: Board, panel: Panel, renamed: Mapping[str, str] | None = None) -> list[str]:
        """What is wrong with the panel; with `renamed`, as if metrics were exported under other names."""
        return [
            f"{panel.title} / {query.legend}: {what}"
            for query in panel.queries
            for what in self._wrong(board, panel, query.legend, rewritten(text(query.expr), renamed or {}))
        ]

    def _wrong(self, board: Board, panel: Panel, legend: str, asked: str) -> Iterator[str]:
        began = time.perf_counter()
        series = self.server.query_range(fill(asked, filling(board)), self.at - 300, self.at, 15)
        self.times[f"{board.id} {panel.title} / {legend}"] = time.perf_counter() - began
        if not series:
            yield "no data"
            return
        values = [[float(value) for _, value in one["values"]] for one in series]
        if not all(math.isfinite(value) for ones in values for value in ones):
            yield "not finite"
        if not panel.steady and not any(len(set(ones)) > 1 for ones in values):
            yield "does not move, and nothing says why"
        if max(map(len, values)) * GRAFANA_POINTS / 21 > POINTS:
            yield "more points than a server gives"
        labels = panel.key if panel.shape == "table" else tuple(re.findall(r"\{\{(\w+)\}\}", legend))
        yield from _mislabelled(board, labels, [one["metric"] for one in series])


def _mislabelled(board: Board, labels: tuple[str, ...], found: list[Mapping[str, Any]]) -> Iterator[str]:
    """Rows of SLO tables have instances by labels of their own, or by none: their legends must be unique only."""
    missing = [label for label in labels if not all(one.get(label) for one in found)]
    if missing and not board.id.startswith("SLO"):
        yield f"no label {', '.join(missing)}"
    if len({tuple(one.get(label, "") for label in labels) for one in found}) < len(found):
        yield "series that are called the same"


def filling(board: Board) -> Mapping[str, str]:
    """Everything chosen, of what can only be one thing too."""
    picks = (pick for pick in board.variables if isinstance(pick, Pick))
    return {**EVERYTHING, **{f"${pick.name}": "|".join(value for value, _ in pick.options) for pick in picks}}


def metrics(expr: Expr) -> Iterator[str]:
    """The metrics that an expression reads, a histogram without its suffix."""
    match expr:
        case Vector(metric):
            yield metric if metric in METRICS else _SUFFIX.sub("", metric)
        case Call(_, arguments):
            for argument in arguments:
                yield from metrics(argument)
        case Aggregate(of=of):
            yield from metrics(of)
        case Binary(left=left, right=right):
            yield from metrics(left)
            yield from metrics(right)
        case _:
            pass


def read(panel: Panel) -> set[str]:
    """The metrics that a panel reads."""
    return {metric for query in panel.queries for metric in metrics(query.expr)}


def rewritten(asked: str, renamed: Mapping[str, str]) -> str:
    """A query as if metrics had other names."""
    for old, new in renamed.items():
        asked = re.sub(rf"(?<![\w:]){re.escape(old)}(?=(?:_bucket|_sum|_count)?[{{\[ )]|$)", new, asked)
    return asked
