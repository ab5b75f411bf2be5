"""Metrics as a table, and the points of many owners gathered into one page."""

from collections.abc import Iterable
from dataclasses import dataclass

from native.exposition import Family, FamilyType, Labels, Sample


@dataclass(frozen=True, slots=True)
class Metric:
    """Name, type and help of one metric, in base units, as the page shows them."""

    name: str
    type: FamilyType
    help: str

    def at(self, labels: Labels, value: float, suffix: str = "") -> "Point":
        """One value of this metric; a histogram's has a suffix."""
        return Point(self, labels, float(value), suffix)


@dataclass(frozen=True, slots=True)
class Point:
    """One value of a metric under its labels."""

    metric: Metric
    labels: Labels
    value: float
    suffix: str = ""
    """`_bucket`, `_sum` or `_count` in a histogram."""


def gather(points: Iterable[Point]) -> tuple[Family, ...]:
    """One family per metric, in the order in which the metrics first appear."""
    groups: dict[Metric, list[Sample]] = {}
    for point in points:
        sample = Sample(point.metric.name + point.suffix, point.labels, point.value)
        groups.setdefault(point.metric, []).append(sample)
    return tuple(Family(metric.name, metric.type, metric.help, tuple(samples)) for metric, samples in groups.items())
