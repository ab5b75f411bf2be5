"""Every dashboard that is built, and the file it goes to."""

from collections.abc import Mapping
from typing import Final

from dashboards.board import Board
from dashboards.gpu import GPU_METRICS
from dashboards.grafana import to_json

BOARDS: Final = (GPU_METRICS,)
"""In the handbook's order."""


def files(boards: tuple[Board, ...] = BOARDS) -> Mapping[str, str]:
    """File name to JSON, one file a dashboard."""
    return {f"{board.uid}.json": to_json(board) for board in boards}
