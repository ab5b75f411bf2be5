"""The past of a fleet, brought into a store as if it had been scraped."""

from collections.abc import Callable
from typing import Final

import numpy as np

from emberline.demo.component import Component
from emberline.demo.fleet import Fleet, target
from emberline.demo.flow import DAY_MS
from emberline.sources.identity import identity
from emberline.sources.store import Store
from slo.duration import Duration

STEP: Final = Duration.parse("1m")


def backfill(
    fleet: Fleet,
    store: Store,
    start_ms: int,
    end_ms: int,
    progress: Callable[[int, int], None] = lambda _done, _total: None,
) -> None:
    """Fill the store with what scraping once a minute would have brought, from `start_ms` up to, not at, `end_ms`.

    Series have the identity that the live scrapes of the same target give them, so these go on where the past
    ends. Only what the store keeps is computed. `progress` is told how many of how many blocks are done.
    """
    total = len(fleet.components) * len(range(start_ms, end_ms, DAY_MS))
    done = 0
    for component in fleet.components:
        rows, series = _kept(store, component)
        for begin in range(start_ms, end_ms, DAY_MS):
            times = np.arange(begin, min(begin + DAY_MS, end_ms), STEP.ms)
            if series:  # most components are there for dashboards alone
                store.extend(series, times, component.values(times, rows))
            done += 1
            progress(done, total)


def _kept(store: Store, component: Component) -> tuple[list[int], list[int]]:
    """The rows of the component whose series the store keeps, and their ids; `up` is no row and has no past."""
    scraped = target(component, "")
    rows, series = [], []
    kinds = (family.type for family in component.families for _ in family.samples)
    for row, (sample, kind) in enumerate(zip(component.samples, kinds, strict=True)):
        one = store.series(sample.name, identity(scraped, sample.labels, kind))
        if one is not None:
            rows.append(row)
            series.append(one)
    return rows, series
