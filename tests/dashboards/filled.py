"""Panel queries as Grafana would send them: variables filled in."""

from collections.abc import Mapping

from dashboards.board import Board, Panel, Pick
from rules.promql import text

EVERYTHING: Mapping[str, str] = {
    "$__rate_interval": "2m",
    "$__range": "5m",
    **dict.fromkeys(("$job", "$instance"), ".+"),
    **dict.fromkeys(
        ("$cluster", "$namespace", "$model", "$gpu", "$database", "$realm", "$team", "$area", "$slo"), ".*"
    ),
}


def queries(panel: Panel, filled: Mapping[str, str] = EVERYTHING) -> list[str]:
    """What a panel asks, by default with everything chosen."""
    return [fill(text(query.expr), filled) for query in panel.queries]


def fill(expression: str, filled: Mapping[str, str] = EVERYTHING) -> str:
    """An expression with its variables replaced, the longest name first."""
    for variable in sorted(filled, key=len, reverse=True):
        expression = expression.replace(variable, filled[variable])
    return expression


def choices(board: Board) -> list[Mapping[str, str]]:
    """The fillings that a board is tried with: each option of what can only be one, everything else at once."""
    picks = [pick for pick in board.variables if isinstance(pick, Pick)]
    if not picks:
        return [EVERYTHING]
    return [{**EVERYTHING, f"${pick.name}": value} for pick in picks for value, _ in pick.options]
