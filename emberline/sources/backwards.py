"""History from its end to its beginning, in pieces that a server can answer.

A first short piece tells how dense the series are; further ones stay near `_WANTED` samples. Where series are denser
than they were later, a server refuses or answers without end; then shorter pieces are asked for.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Final, TypeAlias

from emberline.sources.api import TooMuch
from emberline.sources.matrix import Series
from slo.duration import Duration

Ask: TypeAlias = Callable[[int, int], list[Series]]
"""The samples of some series in (start, end], in ms since the epoch."""

_FIRST: Final = Duration.parse("1h")
_GROWTH: Final = 24
_WANTED: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Stretch:
    """The time (start, end], in ms since the epoch; a piece holds whole `step`s, `most` of them if there is a limit."""

    start: int
    end: int
    step: int = 1
    most: int | None = None


def backwards(ask: Ask, stretch: Stretch) -> Iterator[list[Series]]:
    """The answers for all of the stretch, the newest piece first; what `ask` raises where it cannot be had."""
    step, end = stretch.step, stretch.end
    first = max(_FIRST.ms // step, 1) * step
    span = min(first, end - stretch.start)
    while end > stretch.start:
        try:
            found = ask(end - span, end)
        except TooMuch:
            if span <= first:
                raise
            span = max(span // _GROWTH // step * step, first)
            continue
        yield found
        end -= span
        fitting = span * _WANTED // max(1, sum(len(series.timestamps) for series in found)) // step * step
        longest = end - stretch.start if stretch.most is None else min(stretch.most * step, end - stretch.start)
        span = min(max(fitting, step), span * _GROWTH, longest)
