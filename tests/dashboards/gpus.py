"""What scraping a node of simulated GPUs would have brought: the exporter's own page, time after time."""

from collections.abc import Iterable
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from exporter.dcgm.surface import Surface
from exporter.live import Live
from exporter.nvml import simulation
from exporter.nvml.known import Known
from exporter.nvml.page import Place, families
from exporter.nvml.verdicts import Child
from native.exposition import Labels

_CHILD = Child(up=True, restarts=0, abandoned=0)


def simulated(host: str, times: Iterable[int]) -> dict[tuple[str, Labels], NDArray[np.float64]]:
    """Values of each series by name and labels; `times` in ms, each one a scrape just after a reading.

    A series that begins later has its first value from the beginning on.
    """
    place, known = Place(host, 1.0, Live(Surface()), simulated=True), Known()
    found: dict[tuple[str, Labels], list[float]] = {}
    moments = [time / 1000 for time in times]
    for before, at in pairwise([moments[0] - 1, *moments]):
        known.take(simulation.read(at, before=before), at)
        for family in families(place, _CHILD, known, at + 0.2 + at * 0.37 % 0.7):
            for sample in family.samples:
                found.setdefault((sample.name, sample.labels), []).append(sample.value)
    return {series: np.array([values[0]] * (len(moments) - len(values)) + values) for series, values in found.items()}
