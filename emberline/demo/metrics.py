"""The metrics that pages are made of: counters, gauges, and histograms with a latency distribution behind them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import erf, exp, inf, log, sqrt

from emberline.demo.component import Cell, Metric, Terms
from emberline.demo.driver import Driver
from native.exposition import Labels


@dataclass(frozen=True, slots=True)
class Spread:
    """A log-normal distribution: its median, in the unit of the histogram, and the deviation of the logarithm."""

    median: float
    sigma: float

    def below(self, bound: float) -> float:
        """The share of values up to `bound`: (1 + erf(ln(bound / median) / (sigma sqrt 2))) / 2."""
        if bound == inf:
            return 1.0
        if bound <= 0:
            return 0.0
        return (1 + erf(log(bound / self.median) / (self.sigma * sqrt(2)))) / 2

    @property
    def mean(self) -> float:
        """Median * exp(sigma^2 / 2)."""
        return self.median * exp(self.sigma**2 / 2)


def labelled(**labels: str) -> Labels:
    """Label pairs in the order given."""
    return tuple(labels.items())


def counter(name: str, text: str, series: Mapping[Labels, Terms]) -> Metric:
    """A metric that counts whole events; its name stands as written, with or without `_total`."""
    return Metric(name, "counter", text, tuple(Cell(name, labels, terms) for labels, terms in series.items()))


def gauge(name: str, text: str, series: Mapping[Labels, Terms], *, whole: bool = False) -> Metric:
    """A metric that goes up and down."""
    cells = (Cell(name, labels, terms, whole) for labels, terms in series.items())
    return Metric(name, "gauge", text, tuple(cells))


def histogram(
    name: str,
    text: str,
    bounds: Iterable[str],
    series: Mapping[Labels, tuple[tuple[Driver, Spread], ...]],
) -> Metric:
    """A classic histogram: `bounds` as spelt by the component, without `+Inf`; whose events spread how, by series."""
    spelt = (*bounds, "+Inf")
    cells = (cell for labels, parts in series.items() for cell in distributed(name, labels, spelt, parts))
    return Metric(name, "histogram", text, tuple(cells))


def distributed(
    name: str, labels: Labels, bounds: Iterable[str], parts: tuple[tuple[Driver, Spread], ...]
) -> Iterable[Cell]:
    """The buckets, sum and count of one histogram series."""
    for bound in bounds:
        terms = tuple((driver, spread.below(float(bound))) for driver, spread in parts)
        yield Cell(f"{name}_bucket", tuple(sorted((*labels, ("le", bound)))), terms)
    yield Cell(f"{name}_sum", labels, tuple((driver, spread.mean) for driver, spread in parts), whole=False)
    yield Cell(f"{name}_count", labels, tuple((driver, 1.0) for driver, _ in parts))
