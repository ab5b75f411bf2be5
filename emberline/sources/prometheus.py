"""Samples over the HTTP API that Prometheus, Mimir, Thanos and VictoriaMetrics share.

An instant query for `selector[range]` answers with the samples themselves, at their exact timestamps and without
the marks of staleness, which no range function reads either. An instant vector ends at those marks, so it is asked
for as such, at the very times at which it is needed; expressions are evaluated by the server likewise.
"""

from collections.abc import Iterable, Mapping
from types import TracebackType
from typing import Final, Self

from emberline.sources.api import MOST_POINTS, Api
from emberline.sources.backwards import Ask, Stretch, backwards
from emberline.sources.demand import Demand
from emberline.sources.fetched import Fetched, Pieces, Points
from emberline.sources.matrix import Series
from emberline.sources.source import SourceError
from rules.promql import Expr, text, vector
from slo.duration import Duration
from slo.selector import Selector
from slo.vector import Grid

_LIMIT: Final = 1 << 26
"""Samples that one fetch brings at most: 1 GiB of memory."""


class Prometheus:
    """A server by its base URL, such as `http://127.0.0.1:9090`; `headers` go with each request. Close it after use.

    One fetch brings `limit` samples at most.
    """

    def __init__(self, url: str, headers: Mapping[str, str] | None = None, limit: int = _LIMIT) -> None:
        self._api = Api(url, headers)
        self._limit = limit

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._api.close()

    def fetch(self, selectors: Iterable[Selector], start: int, end: int) -> Fetched:
        """Every sample of the selectors in (start, end], in ms since the epoch; SourceError if not all can be had."""
        return self.read(Demand(end, dict.fromkeys(selectors, start)))

    def read(self, demand: Demand) -> Fetched:
        """Everything that is demanded; SourceError if not all of it can be had."""
        room = self._limit
        tracks, instants, answers = {}, {}, {}
        for selector, start in demand.ranges.items():
            pieces = self._whole(self._ranged(selector), Stretch(start, demand.at), room)
            room -= pieces.samples
            tracks[selector] = pieces.tracks(selector.metric)
        for selector, grid in demand.instants:
            pieces = self._whole(self._stepped(text(vector(selector)), grid), _stretch(grid), room)
            room -= pieces.samples
            instants[selector, grid.step] = Points(grid, pieces.tracks(selector.metric))
        for expression, grid in demand.expressions:
            pieces = self._whole(self._stepped(expression, grid), _stretch(grid), room)
            room -= pieces.samples
            answers[expression, grid.step] = Points(grid, pieces.tracks(""))
        return Fetched(tracks, instants, answers)

    def query(self, expression: Expr, grid: Grid) -> list[Series]:
        """The values of an expression at every time of the grid at which it has one, evaluated by the server."""
        return self._api.over(text(expression), grid)

    def _whole(self, ask: Ask, stretch: Stretch, room: int) -> Pieces:
        pieces = Pieces()
        for found in backwards(ask, stretch):
            pieces.add(found)
            if pieces.samples > room:
                raise SourceError(f"{self._api.url}: more than {self._limit} samples; evaluate fewer SLOs at once")
        return pieces

    def _ranged(self, selector: Selector) -> Ask:
        def ask(start: int, end: int) -> list[Series]:
            query = text(vector(selector, Duration(end - start)))
            return [series.within(start, end) for series in self._api.at(query, end)]

        return ask

    def _stepped(self, query: str, grid: Grid) -> Ask:
        return lambda start, end: self._api.over(query, Grid(end, grid.step, (end - start) // grid.step))


def _stretch(grid: Grid) -> Stretch:
    return Stretch(grid.end - grid.count * grid.step, grid.end, grid.step, MOST_POINTS)
