"""The metric catalogue's entries: what panels read, how it is counted, and in which unit it arrives."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, Literal, TypeAlias

from dashboards.unit import UNITS, Unit

Kind: TypeAlias = Literal["counter", "gauge", "histogram"]

_SCRAPED: Final = ("cluster", "job", "instance")
"""Labels that scraping gives to every series."""
_KINDS: Final[Mapping[str, Kind]] = {"counter": "counter", "gauge": "gauge", "histogram": "histogram"}


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric as its component exports it; `labels` are those that panels may group by.

    A histogram is named without `_bucket`.
    """

    name: str
    kind: Kind
    unit: Unit
    labels: tuple[str, ...]
    help: str

    @property
    def factor(self) -> Decimal:
        """What turns its values into base units."""
        return self.unit.factor

    def require(self, labels: tuple[str, ...]) -> None:
        """ValueError where the metric has not all of these labels."""
        unknown = [label for label in labels if label not in (*self.labels, *_SCRAPED)]
        if unknown:
            raise ValueError(f"{self.name} has no label {', '.join(unknown)}")


def table(text: str, *everywhere: str) -> Mapping[str, Metric]:
    """Read lines of `name | kind | unit | labels | help`; labels `everywhere` are on all of them.

    KeyError for a kind or unit that does not exist, ValueError for a line of another shape.
    """
    return {metric.name: metric for metric in (_metric(line, everywhere) for line in text.strip().splitlines())}


def _metric(line: str, everywhere: tuple[str, ...]) -> Metric:
    name, kind, unit, labels, text = (field.strip() for field in line.split("|"))
    return Metric(name, _KINDS[kind], UNITS[unit], (*labels.split(), *everywhere), text)
