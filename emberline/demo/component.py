"""A simulated component: its page, and the numbers on it at any moment.

Every number is a weighted sum of a few drivers. Where the real thing counts whole events the drivers are whole
numbers, and each part is rounded down by itself: a share of n events then never grows by more than n does, so
buckets are cumulative, counters only rise, and no event becomes faster again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from emberline.demo.driver import Driver
from native.exposition import Family, FamilyType, Labels, Sample

Terms: TypeAlias = tuple[tuple[Driver, float], ...]
"""Drivers and their weights, added up."""

SIMULATED: tuple[str, str] = ("simulated", "true")


@dataclass(frozen=True, slots=True)
class Cell:
    """One series of a page: full name, labels in wire order, what moves it, and whether it counts whole things."""

    name: str
    labels: Labels
    terms: Terms
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Metric:
    """A family of a page."""

    name: str
    type: FamilyType
    help: str
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Component:
    """A component as a scraper sees it; `instance` is the address it would have in a cluster.

    `weights` (series, driver) and `whole` (series,) are in the order of the samples of `families`.
    """

    name: str
    instance: str
    families: tuple[Family, ...]
    drivers: tuple[Driver, ...] = field(repr=False)
    weights: NDArray[np.float64] = field(repr=False)
    whole: NDArray[np.bool_] = field(repr=False)
    answers: tuple[tuple[str, str], ...] = ()
    """What else its server answers: path and JSON or text."""

    @property
    def samples(self) -> tuple[Sample, ...]:
        """Name and labels of every series, in the order of `values`."""
        return tuple(sample for family in self.families for sample in family.samples)

    def values(self, times: NDArray[np.int64], rows: Sequence[int] | None = None) -> NDArray[np.float64]:
        """(series, time) float64: every number at these moments (ms), or those of the rows asked for.

        Driver by driver instead of as a matrix product: the order of additions must not depend on the shape,
        or a page would differ from the block that holds the same moment.
        """
        weights, whole = (self.weights, self.whole) if rows is None else (self.weights[rows, :], self.whole[rows])
        values = np.zeros((weights.shape[0], times.size))
        for weight, driver in zip(weights.T, self.drivers, strict=True):
            moved = np.flatnonzero(weight)
            if moved.size:
                part = weight[moved, None] * driver.at(times)
                values[moved] += np.where(whole[moved, None], np.floor(part), part)
        return values


def assemble(
    name: str, instance: str, metrics: Iterable[Metric], answers: tuple[tuple[str, str], ...] = ()
) -> Component:
    """The component whose page holds these metrics; every series gets the label simulated="true"."""
    metrics = tuple(metrics)
    cells = tuple(cell for metric in metrics for cell in metric.cells)
    columns: dict[Driver, int] = {}
    for cell in cells:
        for driver, _ in cell.terms:
            columns.setdefault(driver, len(columns))
    weights = np.zeros((len(cells), len(columns)))
    for row, cell in enumerate(cells):
        for driver, weight in cell.terms:
            weights[row, columns[driver]] += weight
    whole = np.array([cell.whole for cell in cells], dtype=np.bool_)
    families = tuple(_family(metric) for metric in metrics)
    return Component(name, instance, families, tuple(columns), weights, whole, answers)


def _family(metric: Metric) -> Family:
    samples = tuple(Sample(cell.name, (*cell.labels, SIMULATED)) for cell in metric.cells)
    return Family(metric.name, metric.type, metric.help, samples)
