"""Panel queries as Grafana would send them: variables filled in."""

from dashboards.board import Board, Panel
from rules.promql import text

FILLED = {"$__rate_interval": "15s", "$job": ".+", "$instance": ".+", "$gpu": ".+"}


def queries(panel: Panel) -> list[str]:
    """What a panel asks, with everything chosen."""
    found = []
    for query in panel.queries:
        expression = text(query.expr)
        for variable, value in FILLED.items():
            expression = expression.replace(variable, value)
        found.append(expression)
    return found


def cases(board: Board) -> list[tuple[Panel, int]]:
    """Every query of every panel, by its place."""
    return [(panel, place) for panel in board.panels for place in range(len(panel.queries))]
