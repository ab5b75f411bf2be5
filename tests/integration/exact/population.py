"""Telemetry of thousands of random cases at once: each has a clock and series of its own, and a label `case`."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

from slo.instant import LOOKBACK
from slo.samples import Track
from slo.vector import Grid
from tests.integration.exact.sheet import SLOTS, Flags, Noise, Sheet, counters, gauges, shares

END: Final = 1_700_001_180_000
"""In ms since the epoch; a full minute, where subqueries have their steps."""
WINDOWS: Final = (45_000, 60_000, 75_000, 150_000, 47_123, 300_000)
GRIDS: Final = (
    Grid(END, 60_000, 8),
    Grid(END, 45_000, 8),
    Grid(END, 15_000, 8),
    Grid(END, 90_000, 6),
    Grid(END + 7_001, 61_037, 8),
)
"""All but the last meet the samples of punctual targets."""
KINDS: Final[Mapping[str, float]] = {"counter": 0.4, "gauge": 0.3, "bucket": 0.1, "slice": 0.1, "composed": 0.1}
"""The share of each kind of case."""


@dataclass(frozen=True, slots=True, eq=False)
class Population:
    """The cases of one seed: series in the order in which they are created, and when and how far back to look.

    `grid` holds the evaluation times, `windows` a short length and a long one in ms.
    """

    tracks: Mapping[str, tuple[Track, ...]]
    grid: Grid
    windows: tuple[int, int]


@lru_cache(maxsize=8)
def population(seed: int, cases: int) -> Population:
    """Cases of every kind."""
    noise = np.random.default_rng(seed)
    grid = GRIDS[seed % len(GRIDS)]
    short, long = np.sort(noise.choice(WINDOWS, 2, replace=False)).tolist()
    tracks: dict[str, tuple[Track, ...]] = {}
    first = 0
    for kind, share in KINDS.items():
        count = round(share * cases)
        written = _Written(noise, seed, first, _Clocks.of(noise, count, grid))
        tracks |= {metric: tuple(found) for metric, found in _METRICS[kind](written)}
        first += count
    return Population(tracks, grid, (short, long))


@dataclass(frozen=True, slots=True, eq=False)
class _Clocks:
    """When the targets of cases are scraped, (case, slot) in ms, and which scrapes succeed."""

    times: NDArray[np.int64]
    succeed: Flags

    @classmethod
    def of(cls, noise: Noise, cases: int, grid: Grid) -> "_Clocks":
        """Clocks that run at some time of the grid, or stopped a whole lookback before it."""
        column = (cases, 1)
        interval = noise.choice([1_000, 5_000, 10_000, 15_000, 15_000, 30_000, 12_345], column)
        running = (noise.uniform(0.1, 1.0, column) * SLOTS * interval).astype(np.int64) // 5_000 * 5_000
        stopped = (SLOTS - 1) * interval + LOOKBACK.ms
        begin = noise.choice(grid.times, column) - np.where(noise.random(column) < 0.08, stopped, running)
        begin += noise.choice([0, 0, 0, 1_234], column)
        jitter = np.where(noise.random(column) < 0.25, noise.integers(0, interval // 3, (cases, SLOTS)), 0)
        missed = (noise.random(column) < 0.3) & (noise.random((cases, SLOTS)) < 0.15)
        outage = noise.integers(0, 4 * SLOTS, column) - np.arange(SLOTS)
        times = begin + interval * np.arange(SLOTS) + jitter
        return cls(times, ~missed & ~((outage > -8) & (outage <= 0)))


@dataclass(frozen=True, slots=True, eq=False)
class _Written:
    """Makes tracks of the cases of one kind."""

    noise: Noise
    seed: int
    first: int
    clocks: _Clocks

    def owners(self, *sizes: int) -> NDArray[np.int64]:
        """The case of each series: as many for a case as one of the sizes says."""
        count = len(self.clocks.times)
        return np.repeat(np.arange(count), self.noise.choice(sizes, count))

    def tracks(self, metric: str, sheet: Sheet, **more: Sequence[str]) -> Iterator[Track]:
        """The series of a sheet, whose labels have an order of their own; `more` labels have a value for each."""
        names = self.noise.permutation(len(sheet.owners)).tolist()
        for row, (owner, name) in enumerate(zip(sheet.owners.tolist(), names, strict=True)):
            kept = sheet.exist[row] & self.clocks.succeed[owner]
            labels = {
                "case": f"{self.first + owner:05d}",
                "pod": f"{name:05d}",
                "seed": str(self.seed),
                **{label: values[row] for label, values in more.items()},
            }
            yield Track(metric, tuple(sorted(labels.items())), self.clocks.times[owner, kept], sheet.values[row, kept])


def _counter(written: _Written) -> Iterator[tuple[str, Iterator[Track]]]:
    events = counters(written.noise, written.owners(1, 2, 2, 3, 3, 4, 4, 12))
    codes = written.noise.choice(["200", "200", "500"], len(events.owners)).tolist()
    yield "events_total", written.tracks("events_total", events, code=codes)
    yield "tries_total", written.tracks("tries_total", counters(written.noise, written.owners(0, 1, 2)))


def _gauge(written: _Written) -> Iterator[tuple[str, Iterator[Track]]]:
    yield "level", written.tracks("level", gauges(written.noise, written.owners(1, 1, 2, 3, 4, 10)))


def _bucket(written: _Written) -> Iterator[tuple[str, Iterator[Track]]]:
    count = counters(written.noise, written.owners(1, 2))
    within = shares(written.noise, count, 1.0)
    sheets = {"2.5": within, "1.0": shares(written.noise, within, 0.9)}
    yield "seconds_count", written.tracks("seconds_count", count)
    found = [written.tracks("seconds_bucket", sheet, le=[le] * len(count.owners)) for le, sheet in sheets.items()]
    yield "seconds_bucket", (track for tracks in found for track in tracks)


def _slice(written: _Written) -> Iterator[tuple[str, Iterator[Track]]]:
    yield "queue", written.tracks("queue", gauges(written.noise, written.owners(1, 1, 2, 3)))
    yield "load_total", written.tracks("load_total", counters(written.noise, written.owners(0, 1, 1, 2)))


def _composed(written: _Written) -> Iterator[tuple[str, Iterator[Track]]]:
    orders = counters(written.noise, written.owners(1, 2, 3), finite=True)
    codes = written.noise.choice(["200", "500"], len(orders.owners)).tolist()
    yield "orders_total", written.tracks("orders_total", orders, code=codes)


_METRICS: Final = {
    "counter": _counter,
    "gauge": _gauge,
    "bucket": _bucket,
    "slice": _slice,
    "composed": _composed,
}
