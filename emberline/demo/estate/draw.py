"""Series drawn from the script: counters that rise, levels that sway, states that stay, and histograms."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from emberline.demo.component import Metric, Terms
from emberline.demo.driver import All, One, Rate
from emberline.demo.flow import Flow
from emberline.demo.metrics import Spread, counter, gauge, histogram
from emberline.demo.script import Script
from native.exposition import Labels

GO_BOUNDS = ("0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1", "2.5", "5", "10")
"""The bounds of Go's client library."""


@dataclass(frozen=True, slots=True)
class Draw:
    """A component's series; two of the same name and labels move alike, all others by themselves."""

    script: Script
    component: str

    def counters(self, name: str, text: str, rates: Mapping[Labels, float]) -> Metric:
        """A counter whose series rise by so many whole events a second on average."""
        return counter(name, text, {labels: self.counted(name, labels, rate) for labels, rate in rates.items()})

    def amounts(self, name: str, text: str, rates: Mapping[Labels, float], each: float) -> Metric:
        """A counter of `each` for every event: bytes, tokens, seconds or money."""
        cells = {labels: ((self._events(name, labels, rate), each),) for labels, rate in rates.items()}
        found = counter(name, text, cells)
        return replace(found, cells=tuple(replace(cell, whole=False) for cell in found.cells))

    def levels(self, name: str, text: str, levels: Mapping[Labels, float], *, whole: bool = False) -> Metric:
        """A gauge whose series sway around a level."""
        cells = {labels: self.swaying(name, labels, level) for labels, level in levels.items()}
        return gauge(name, text, cells, whole=whole)

    def states(self, name: str, text: str, values: Mapping[Labels, float]) -> Metric:
        """A gauge whose series stay as they are."""
        return gauge(name, text, {labels: ((One(), value),) for labels, value in values.items()})

    def times(
        self,
        name: str,
        text: str,
        series: Mapping[Labels, tuple[float, Spread]],
        bounds: Iterable[str] = GO_BOUNDS,
    ) -> Metric:
        """A histogram: events a second, and how their values spread."""
        parts = {labels: ((self._events(name, labels, rate), spread),) for labels, (rate, spread) in series.items()}
        return histogram(name, text, bounds, parts)

    def process(self) -> Metric:
        """The processor time of the component, which every client library counts."""
        text = "Total user and system CPU time spent in seconds."
        return self.amounts("process_cpu_seconds_total", text, {(): 4.0}, 0.01)

    def counted(self, name: str, labels: Labels, rate: float) -> Terms:
        """Whole events at a rate."""
        return ((self._events(name, labels, rate), 1.0),)

    def swaying(self, name: str, labels: Labels, level: float) -> Terms:
        """A level that sways."""
        return ((Rate(self._flow(name, labels, 1.0)), level),)

    def _events(self, name: str, labels: Labels, rate: float) -> All:
        return All(self._flow(name, labels, rate))

    def _flow(self, name: str, labels: Labels, rate: float) -> Flow:
        return Flow.drawn(f"{self.component} {name} {labels}", self.script.seed, self.script.origin_ms, rate)
