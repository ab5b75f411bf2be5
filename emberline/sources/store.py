"""Samples in memory: what the own scraper writes and the engine reads.

Plain arrays, 16 bytes a sample: 30 days at one a minute are 0.7 MB a series with room to grow. Compressed
chunks can replace `Column` without anyone else noticing.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from threading import Lock
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emberline.sources.column import FIRST_BYTES, SAMPLE_BYTES, Column
from emberline.sources.holding import Dropped, Holding
from emberline.sources.keep import Keep, keep_all
from emberline.sources.stale import is_stale, same_bits
from slo.duration import Duration
from slo.instant import LOOKBACK, RawSamples
from slo.samples import Track
from slo.selector import Labels, Selector

LIMIT_BYTES: Final = 1 << 30


@dataclass(frozen=True, slots=True)
class Point:
    """The value of a series at some moment, and when it was measured (ms)."""

    labels: Labels
    at: int
    value: float


class Store(RawSamples):
    """Series by identity, each a column of samples; implements `slo.samples.Samples`.

    Timestamps of a series ascend strictly. A sample at the last timestamp with the same bits is no news, with
    other bits a duplicate; an older one is out of order; both are dropped and counted, as Prometheus does.
    At the memory limit the oldest tenth of the history goes, for all series alike, so that the present keeps
    being recorded; what still finds no room is dropped and counted.
    """

    def __init__(self, keep: Keep = keep_all, limit_bytes: int = LIMIT_BYTES) -> None:
        self.dropped = Dropped()
        self.sweeps = 0
        """How often a sweep has forgotten series: their ids are void."""
        self._keep = keep
        self._limit = limit_bytes
        self._bytes = 0
        self._shortened_to: int | None = None
        self._columns: dict[int, Column] = {}
        self._ids: dict[tuple[str, Labels], int] = {}
        self._metrics: dict[str, dict[int, Column]] = {}
        self._picked: dict[str, dict[Selector, tuple[Column, ...]]] = {}
        self._next_id = 0
        self._lock = Lock()

    def series(self, metric: str, labels: Labels) -> int | None:
        """The id of a series, made on first sight; None for one that nobody wants kept or that finds no room.

        An id is good as long as the series has samples (`known`): swept away, it gets another one.
        """
        with self._lock:
            key = (metric, labels)
            if key in self._ids:
                return self._ids[key]
            retention = self._keep(metric, labels)
            if retention is None:
                return None
            if not self._free(lambda: FIRST_BYTES):
                self.dropped.over_limit += 1
                return None
            return self._open(key, Column(metric, labels, retention.ms))

    def _open(self, key: tuple[str, Labels], column: Column) -> int:
        self._next_id += 1
        self._ids[key] = self._next_id
        self._columns[self._next_id] = column
        self._metrics.setdefault(column.metric, {})[self._next_id] = column
        self._picked.pop(column.metric, None)
        self._bytes += column.bytes
        return self._next_id

    def known(self, series: int) -> bool:
        """Whether an id still stands for a series."""
        return series in self._columns

    def append(self, series: Sequence[int], at: int, values: Sequence[float]) -> None:
        """Take one value for each of the series, measured at the same time."""
        with self._lock:
            for one, value in zip(series, values, strict=True):
                self._append(self._columns[one], at, value)

    def _append(self, column: Column, at: int, value: float) -> None:
        if at > column.last_ms:
            if column.fits(1) or self._make_room(column, 1, at):
                column.push(at, value)
        elif at < column.last_ms:
            self.dropped.out_of_order += 1
        elif not same_bits(value, column.last_value):
            self.dropped.duplicate += 1

    def extend(self, series: Sequence[int], times: NDArray[np.int64], values: NDArray[np.float64]) -> None:
        """Take a block of samples: `times` (time,) strictly ascending, `values` (series, time)."""
        if times.size == 0:
            return
        if np.any(np.diff(times) <= 0):
            raise ValueError("the timestamps of a block must ascend strictly")
        with self._lock:
            for one, row in zip(series, values, strict=True):
                self._extend(self._columns[one], times, row)

    def _extend(self, column: Column, times: NDArray[np.int64], values: NDArray[np.float64]) -> None:
        late = int(np.searchsorted(times, column.last_ms, side="right"))
        self.dropped.out_of_order += late
        fresh = times.size - late
        if fresh and (column.fits(fresh) or self._make_room(column, fresh, int(times[-1]))):
            column.push_all(times[late:], values[late:])

    def _make_room(self, column: Column, extra: int, at: int) -> bool:
        column.forget(at - column.retention_ms)
        if not self._free(lambda: (column.capacity_for(extra) - column.capacity) * SAMPLE_BYTES):
            self.dropped.over_limit += extra
            return False
        self._resize(column, column.capacity_for(extra))
        return True

    def _free(self, need: Callable[[], int]) -> bool:
        """Shed until so many bytes more are within the limit, asked anew each time; False when nothing is left."""
        while self._bytes + need() > self._limit:
            if not self._shed():
                return False
        return True

    def _shed(self) -> bool:
        """Forget the oldest tenth of the time that is held; False when that freed nothing."""
        oldest = self._oldest()
        if oldest is None:
            return False
        newest = max(column.last_ms for column in self._columns.values())
        held, before = self._bytes, min(newest, oldest + (newest - oldest) // 10 + 1)
        for column in self._columns.values():
            column.forget(before)
            self._resize(column, len(column))
        if before > oldest:
            self._shortened_to = before
        return self._bytes < held

    def _resize(self, column: Column, capacity: int) -> None:
        before = column.bytes
        column.resize(capacity)
        self._bytes += column.bytes - before

    def _oldest(self) -> int | None:
        return min((first for c in self._columns.values() if (first := c.first_ms) is not None), default=None)

    def sweep(self, at: int) -> None:
        """Forget what is past its retention at `at`, and the series that have nothing left."""
        with self._lock:
            ended = [(one, c) for one, c in self._columns.items() if c.last_ms < at - c.retention_ms]
            for one, column in ended:
                self._close(one, column)
            self.sweeps += bool(ended)

    def _close(self, one: int, column: Column) -> None:
        del self._columns[one]
        del self._ids[column.metric, column.labels]
        del self._metrics[column.metric][one]
        self._picked.pop(column.metric, None)
        self._bytes -= column.bytes

    def select(self, selector: Selector) -> Sequence[Track]:
        """Every series that the selector picks, in the order of their labels: views, nothing is copied."""
        with self._lock:
            return tuple(column.track() for column in self._pick(selector) if len(column))

    def _pick(self, selector: Selector) -> tuple[Column, ...]:
        """The columns of a selector, resolved once and remembered until series of its metric come or go."""
        cache = self._picked.setdefault(selector.metric, {})
        if selector not in cache:
            columns = self._metrics.get(selector.metric, {}).values()
            found = (c for c in columns if selector.matches(c.metric, dict(c.labels)))
            cache[selector] = tuple(sorted(found, key=_rank))
        return cache[selector]

    def latest(self, selector: Selector, at: int, lookback: Duration = LOOKBACK) -> tuple[Point, ...]:
        """The present value of every picked series that has one: as an instant query at `at` would find it."""
        points = (_point(track, at, lookback) for track in self.select(selector))
        return tuple(point for point in points if point is not None)

    def holding(self) -> Holding:
        """How much is held, for the status page."""
        with self._lock:
            samples = sum(map(len, self._columns.values()))
            oldest = self._oldest()
            return Holding(
                len(self._columns), samples, self._bytes, self._limit, oldest, self._shortened_to, replace(self.dropped)
            )


def _rank(column: Column) -> list[tuple[str, str]]:
    """The order in which Prometheus returns series, and adds them up: the name counts as a label."""
    return sorted((*column.labels, ("__name__", column.metric)))


def _point(track: Track, at: int, lookback: Duration) -> Point | None:
    place = bisect_right(track.timestamps, at) - 1
    if place < 0 or track.timestamps[place] <= at - lookback.ms or is_stale(track.values[place]):
        return None
    return Point(track.labels, int(track.timestamps[place]), float(track.values[place]))
