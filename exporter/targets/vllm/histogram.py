"""A histogram of a page, summed over all its label sets but `le`."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from exporter.metric import Metric, Point
from exporter.targets.document import samples, total
from native.exposition import Exposition, Labels

BUCKETS: Final = 128


@dataclass(frozen=True, slots=True)
class Histogram:
    """Cumulative counts by upper bound (as the page spells it), the sum, and the count."""

    buckets: tuple[tuple[str, float], ...]
    sum: float
    count: float

    def points(self, metric: Metric, labels: Labels) -> Iterator[Point]:
        """The same as values of a metric of ours."""
        for bound, count in self.buckets:
            yield metric.at((*labels, ("le", bound)), count, "_bucket")
        yield metric.at(labels, self.sum, "_sum")
        yield metric.at(labels, self.count, "_count")


def histogram(page: Exposition, name: str) -> Histogram | None:
    """The histogram of that name; None where the page has none, or one of which parts are missing."""
    buckets: dict[str, float] = {}
    for sample in samples(page, f"{name}_bucket"):
        bound = dict(sample.labels).get("le", "")
        if bound in buckets or len(buckets) < BUCKETS:
            buckets[bound] = buckets.get(bound, 0.0) + sample.value
    whole, count = total(page, f"{name}_sum"), total(page, f"{name}_count")
    if whole is None or count is None or "+Inf" not in buckets or not all(map(_is_number, buckets)):
        return None
    return Histogram(tuple(buckets.items()), whole, count)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
