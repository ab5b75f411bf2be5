"""From a parsed page to samples in the store, stale markers included; no socket and no clock."""

from collections.abc import Sequence
from typing import Final

import numpy as np

from emberline.sources.identity import identity
from emberline.sources.stale import STALE
from emberline.sources.store import Store
from emberline.sources.target import Target
from native.exposition import NO_TIMESTAMP, Exposition, FamilyType
from slo.duration import Duration

AHEAD: Final = Duration.parse("10m")
"""How far in the future a sample may claim to be: Prometheus' bound."""
_REMEMBERED: Final = 2
"""Keys are remembered up to so many times those of the last page: some come and go, others never return."""


class Feed:
    """The series of one target between two scrapes.

    `known` maps each line's key, as it stands on the wire, to its series (None: not kept). A page laid out as the
    last one is taken without reading a label.
    """

    __slots__ = ("_sweeps", "alive", "known", "reports", "store", "target")

    def __init__(self, target: Target, store: Store) -> None:
        self.target = target
        self.store = store
        self.known: dict[bytes, int | None] = {}
        self.alive: frozenset[int] = frozenset()
        self.reports: tuple[str, ...] = ()
        self._sweeps = store.sweeps

    def forget_swept(self) -> None:
        """Let go of series that the store has forgotten, as after a long pause of the whole machine."""
        if self._sweeps != self.store.sweeps:
            self._sweeps = self.store.sweeps
            self.known = {key: one for key, one in self.known.items() if one is None or self.store.known(one)}
            self.alive = frozenset(filter(self.store.known, self.alive))

    def report(self, at: int, **numbers: float) -> None:
        """Record what the scraper itself says about the target, such as `up`."""
        for name, value in numbers.items():
            series = self.store.series(name, self.target.labels)
            if series is not None:
                self.store.append((series,), at, (value,))
        self.reports = tuple(numbers)


def ingest(feed: Feed, page: Exposition, at: int) -> None:
    """Take a page scraped at `at`: its samples, and a stale marker for every series that it no longer has."""
    feed.forget_swept()
    keys = [page.series(index) for index in range(len(page))]
    if not feed.known.keys() >= set(keys):
        _learn(feed, page, keys)
    series = [feed.known[key] for key in keys]
    stamped = np.frombuffer(page.timestamps, np.int64) != NO_TIMESTAMP
    if stamped.any():
        _ingest_stamped(feed, page, series, at)
        series = [None if own else one for one, own in zip(series, stamped, strict=True)]
    kept = [index for index, one in enumerate(series) if one is not None]
    present = [one for one in series if one is not None]
    feed.store.append(present, at, [page.values[index] for index in kept])
    gone = feed.alive.difference(present)
    if gone:
        _end(feed, gone, at)
    if len(feed.known) > _REMEMBERED * len(keys):
        feed.known = {key: feed.known[key] for key in keys}
    feed.alive = frozenset(present)


def cut(feed: Feed, at: int) -> None:
    """Mark every series of the target stale: the scrape at `at` failed."""
    feed.forget_swept()
    _end(feed, feed.alive, at)
    feed.alive = frozenset()


def remove(feed: Feed, at: int) -> None:
    """Mark every series stale, those about the target included: it is a target no more."""
    cut(feed, at)
    feed.report(at, **dict.fromkeys(feed.reports, STALE))


def _end(feed: Feed, series: frozenset[int], at: int) -> None:
    feed.store.append(tuple(series), at, (STALE,) * len(series))


def _learn(feed: Feed, page: Exposition, keys: Sequence[bytes]) -> None:
    """Read the labels of the lines that are new."""
    for family in page.families:
        for index in range(family.first, family.first + family.count):
            if keys[index] not in feed.known:
                feed.known[keys[index]] = _series(feed, page, index, family.type)


def _series(feed: Feed, page: Exposition, index: int, kind: FamilyType) -> int | None:
    return feed.store.series(page.name(index), identity(feed.target, page.labels(index), kind))


def _ingest_stamped(feed: Feed, page: Exposition, series: Sequence[int | None], at: int) -> None:
    """Samples that bring their own time keep it, and end without a stale marker, as in Prometheus."""
    for index, one in enumerate(series):
        own = page.timestamps[index]
        if one is not None and own != NO_TIMESTAMP and own <= at + AHEAD.ms:
            feed.store.append((one,), own, (page.values[index],))
