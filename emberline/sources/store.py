"""Samples in memory: what the own scraper writes and the engine reads, compressed as Prometheus compresses them."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from threading import Lock
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emberline.sources.catalog import Catalog, Entry
from emberline.sources.holding import Dropped, Holding
from emberline.sources.keep import Keep, keep_all
from emberline.sources.moving import Moving
from emberline.sources.stale import is_stale
from native.chunks import History, Windows
from native.ranges import Profile
from slo.duration import Duration
from slo.instant import LOOKBACK, RawSamples
from slo.samples import Track
from slo.selector import Labels, Selector

LIMIT_BYTES: Final = 1 << 30
SERIES_BYTES: Final = 1024
"""What a series weighs beside its chunks: labels and index entries, measured and rounded up."""
FIRST_BYTES: Final = SERIES_BYTES + 1536
"""What a series weighs with its first samples."""
_EMPTY_BYTES: Final = SERIES_BYTES + 768
"""What a series weighs without any."""
_SAMPLE_BYTES: Final = 24
"""What a sample takes at most."""
_GROWTH_BYTES: Final = 704
"""What a series grows by with a sample at most: another chunk, and longer lists."""
_TIDY: Final = Duration.parse("10m")
"""How often what is past its retention goes."""
_TENTHS: Final = 10
_EVER: Final = (-(2**63), 2**63 - 1)


@dataclass(frozen=True, slots=True)
class Point:
    """The value of a series at some moment, and when it was measured (ms)."""

    labels: Labels
    at: int
    value: float


class Store(RawSamples):
    """Series by identity, each in chunks; implements `slo.samples.Samples` and `slo.rounds.source.History`.

    Timestamps of a series ascend strictly. A sample at the last timestamp with the same bits is no news, with
    other bits a duplicate; an older one is out of order; both are dropped and counted, as Prometheus does.
    At the memory limit the oldest tenth of the history goes, for all series alike, so that the present keeps
    being recorded; what still finds no room is dropped and counted.
    """

    def __init__(self, keep: Keep = keep_all, limit_bytes: int = LIMIT_BYTES) -> None:
        self.dropped = Dropped()
        self.sweeps = 0
        """How often a sweep has forgotten series: their ids are void."""
        self.shortened_to: int | None = None
        """Since when samples are held, had the memory limit forced older ones out."""
        self._keep = keep
        self._limit = limit_bytes
        self._catalog = Catalog()
        self._history = History()
        self._newest = self._tidied = _EVER[0]
        self._arrived: int | None = None
        self._lock = Lock()

    @property
    def version(self) -> int:
        """Another number once a series has come or gone."""
        return self._catalog.version

    def series(self, metric: str, labels: Labels) -> int | None:
        """The id of a series, made on first sight; None for one that nobody wants kept or that finds no room.

        An id is good as long as the series has samples (`known`): swept away, it gets another one.
        """
        with self._lock:
            known = self._catalog.find(metric, labels)
            if known is not None:
                return known
            retention = self._keep(metric, labels)
            if retention is None:
                return None
            if (len(self._catalog) + 1) * FIRST_BYTES > self._limit or not self._free(FIRST_BYTES):
                self.dropped.over_limit += 1
                return None
            number = self._history.add()
            self._catalog.add(number, Entry(metric, labels, retention.ms))
            return number

    def known(self, series: int) -> bool:
        """Whether an id still stands for a series."""
        return series in self._catalog

    def append(self, series: Sequence[int], at: int, values: Sequence[float]) -> None:
        """Take one value for each of the series, measured at the same time."""
        with self._lock:
            self._tidy(at)
            self._arrive(at)
            if not self._free(_GROWTH_BYTES * len(series)):
                self.dropped.over_limit += len(series)
                return
            late, duplicate = self._history.append(np.array(series, np.int64), at, np.array(values, np.float64))
            self.dropped.out_of_order += late
            self.dropped.duplicate += duplicate

    def extend(self, series: Sequence[int], times: NDArray[np.int64], values: NDArray[np.float64]) -> None:
        """Take a block of samples: `times` (time,) strictly ascending, `values` (series, time)."""
        if times.size == 0:
            return
        if np.any(times[1:] <= times[:-1]):
            raise ValueError("the timestamps of a block must ascend strictly")
        with self._lock:
            self._tidy(int(times[-1]))
            self._arrive(int(times[0]))
            for one, row in zip(series, values, strict=True):
                if self._free(_GROWTH_BYTES + _SAMPLE_BYTES * times.size):
                    self.dropped.out_of_order += self._history.extend(one, times, row)
                else:
                    self.dropped.over_limit += times.size

    def _tidy(self, at: int) -> None:
        """Forget now and then what is past its retention; a clock that was set back forgets nothing."""
        self._newest = max(self._newest, at)
        if at - self._tidied >= _TIDY.ms:
            self._tidied = at
            for retention, numbers in self._catalog.by_retention().items():
                self._history.forget(numbers, max(at - retention, _EVER[0]))

    @property
    def _bytes(self) -> int:
        return self._history.bytes + len(self._catalog) * SERIES_BYTES

    def _free(self, needed: int) -> bool:
        """Shed until so many bytes more are within the limit; False where that cannot be."""
        if len(self._catalog) * _EMPTY_BYTES + needed > self._limit:
            return False
        while self._bytes + needed > self._limit:
            if not self._shed():
                return False
        return True

    def _shed(self) -> bool:
        """Forget the oldest tenth of the time that is held, or as much as returns memory; False if nothing is left."""
        oldest, end = self._history.oldest, self._history.first_end
        if oldest is None or end is None:
            return False
        before = max(oldest + (self._newest - oldest) // _TENTHS, end) + 1
        self._history.forget(self._catalog.numbers(), before)
        self.shortened_to = before
        return True

    def sweep(self, at: int) -> None:
        """Forget what is past its retention at `at`, and the series that have nothing left."""
        with self._lock:
            ended = [number for number, entry in self._catalog.items() if self._ended(number, at - entry.retention_ms)]
            for number in ended:
                self._catalog.remove(number)
                self._history.discard(number)
            self.sweeps += bool(ended)

    def _ended(self, number: int, before: int) -> bool:
        last = self._history.last(number)
        return last is None or last[0] < before

    def select(self, selector: Selector) -> Sequence[Track]:
        """Every series that the selector picks, in the order of their labels."""
        return self.within(selector, *_EVER)

    def within(self, selector: Selector, start: int, end: int) -> Sequence[Track]:
        """The series with samples from `start` to `end`; nothing else is unpacked."""
        with self._lock:
            tracks = tuple(self._track(number, start, end) for number in self._catalog.pick(selector))
        return tuple(track for track in tracks if len(track.timestamps))

    def _track(self, number: int, start: int, end: int) -> Track:
        entry = self._catalog[number]
        return Track(entry.metric, entry.labels, *self._history.read(number, start, end))

    def latest(self, selector: Selector, at: int, lookback: Duration = LOOKBACK) -> tuple[Point, ...]:
        """The present value of every picked series that has one: as an instant query at `at` would find it."""
        points = (_point(track, at, lookback) for track in self.within(selector, at - lookback.ms, at))
        return tuple(point for point in points if point is not None)

    def _arrive(self, at: int) -> None:
        self._arrived = at if self._arrived is None else min(self._arrived, at)

    def arrivals(self) -> int | None:
        """The oldest time of the samples that have come since this was last asked; None where none have."""
        with self._lock:
            arrived, self._arrived = self._arrived, None
        return arrived

    def numbers(self, selector: Selector) -> Sequence[tuple[int, Labels]]:
        """The series that a selector picks, by id, in the order of a Prometheus."""
        with self._lock:
            return tuple((number, self._catalog[number].labels) for number in self._catalog.pick(selector))

    def moving(
        self, series: NDArray[np.int64], offsets: NDArray[np.int64], lengths: NDArray[np.int64], profile: Profile
    ) -> Moving:
        """Windows over series that go on from one evaluation to the next."""
        with self._lock:  # windows read the series once as they are laid, and mark what they will need
            return Moving(Windows(self._history, series, offsets, lengths, profile), self._lock)

    def holding(self) -> Holding:
        """How much is held, for the status page."""
        with self._lock:
            return Holding(
                len(self._catalog),
                self._history.samples,
                self._bytes,
                self._limit,
                self._history.oldest,
                self.shortened_to,
                replace(self.dropped),
            )


def _point(track: Track, at: int, lookback: Duration) -> Point | None:
    place = bisect_right(track.timestamps, at) - 1
    if place < 0 or track.timestamps[place] <= at - lookback.ms or is_stale(track.values[place]):
        return None
    return Point(track.labels, int(track.timestamps[place]), float(track.values[place]))
