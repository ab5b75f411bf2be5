"""Which windows live evaluation moves over the series: those that alerts read, and those that composed ones need."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from slo.vector import Grid
from slo.window import Composed, Direct, Window

UNCERTAIN: Final = 2
"""Evaluations until a point is certain: a sample that was measured just before one may arrive just after it."""


@dataclass(frozen=True, slots=True)
class Points:
    """The points of a composed window, as rows of moving windows over what it is composed of.

    The youngest points are worked out anew each time, and a point joins the sum for good once it is certain, as it will
    be when it leaves.
    """

    window: Composed
    youngest: tuple[int, int]
    joining: int
    leaving: int


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """Rows of moving windows: `direct` has that of each direct window, `composed` those of each composed one."""

    offsets: NDArray[np.int64]
    lengths: NDArray[np.int64]
    direct: dict[Direct, int]
    composed: tuple[Points, ...]


def layout(windows: Sequence[Window], interval: int, *, closed: bool) -> Layout:
    """The rows that some windows need, evaluated every `interval` ms."""
    rows: dict[tuple[int, int], int] = {}

    def row(offset: int, length: int) -> int:
        return rows.setdefault((offset, length), len(rows))

    direct = {window: row(0, window.length.ms) for window in windows if isinstance(window, Direct)}
    composed = tuple(
        Points(
            window,
            (row(0, window.of.ms), row(interval, window.of.ms)),
            row(UNCERTAIN * interval, window.of.ms),
            row(evaluations(window, interval, closed=closed) * interval, window.of.ms),
        )
        for window in windows
        if isinstance(window, Composed)
    )
    offsets, lengths = np.array(list(rows), np.int64).reshape(-1, 2).T
    return Layout(np.ascontiguousarray(offsets), np.ascontiguousarray(lengths), direct, composed)


def evaluations(window: Composed, interval: int, *, closed: bool) -> int:
    """How many evaluations fit into a composed window; the one at its left end, too, where windows are `closed`."""
    return Grid(0, interval).before(window.length.ms, interval, closed=closed).count
