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

    def at(self, labels: Labels, value: float) -> "Point":
        """One value of this metric."""
        return Point(self, labels, float(value))


@dataclass(frozen=True, slots=True)
class Point:
    """One value of a metric under its labels."""

    metric: Metric
    labels: Labels
    value: float


def gather(points: Iterable[Point]) -> tuple[Family, ...]:
    """One family per metric, in the order in which the metrics first appear."""
    groups: dict[Metric, list[Sample]] = {}
    for point in points:
        groups.setdefault(point.metric, []).append(Sample(point.metric.name, point.labels, point.value))
    return tuple(Family(metric.name, metric.type, metric.help, tuple(samples)) for metric, samples in groups.items())
