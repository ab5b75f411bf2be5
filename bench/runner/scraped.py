"""A store with a month of a fleet in it, scrapes that go on, and live rounds over both."""

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from time import thread_time
from typing import Final, Self

import numpy as np

from bench.runner.fleet import OFFSET, Fleet, Floats
from bench.runner.rows import counted_by, numbered
from emberline.sources.identity import identity
from emberline.sources.ingest import Feed, ingest
from emberline.sources.store import Store
from emberline.sources.target import Target
from native.exposition import Family, Layout, Sample, parse, render
from native.ranges import Series, increase
from slo.plan import plan
from slo.rounds.rounds import Rounds
from slo.selector import Selector

SHARED: Final = 1000
"""Services that are scraped with one page."""
_BLOCK: Final = 50
"""Services that are filled in at once."""
_LIMIT: Final = 8 << 30


@dataclass(frozen=True, slots=True, eq=False)
class Page:
    """A target whose page holds the counters of many services, and what they will be, (sample, time)."""

    feed: Feed
    layout: Layout
    coming: Floats

    @classmethod
    def filled(cls, store: Store, fleet: Fleet, services: range, past: int) -> Self:
        """The page of these services, whose first `past` scrapes the store holds already."""
        instance = f"bench-{services.start}"
        target = Target("bench", f"http://{instance}/metrics", (("instance", instance), ("job", "bench")))
        kept = fleet.scraped(services.start)[:past]
        clock, coming = fleet.clock[:past][kept], []
        for first in range(services.start, services.stop, _BLOCK):
            block = range(first, min(first + _BLOCK, services.stop))
            counted = np.concatenate([fleet.counters(service) for service in block])
            numbers = [_number(store, target, counter) for service in block for counter in counted_by(service)]
            store.extend(numbers, clock, np.ascontiguousarray(counted[:, :past][:, kept]))
            coming.append(counted[:, past:])
        return cls(Feed(target, store), Layout.of(_families(services)), np.concatenate(coming))

    def body(self, scrape: int) -> bytes:
        """What the target answers."""
        sides = self.coming[:, scrape].reshape(-1, 2).T  # a family each
        return render(self.layout, array("d", sides.tobytes()))


@dataclass(frozen=True, slots=True)
class Spent:
    """Seconds of processor time that a round took, and of them those for the new samples."""

    round: float
    ingest: float


@dataclass(slots=True, eq=False)
class Scraped:
    """Services that are scraped and evaluated every minute."""

    fleet: Fleet
    store: Store
    pages: Sequence[Page]
    past: int
    rounds: Rounds
    scrapes: int = 0

    @classmethod
    def of(cls, fleet: Fleet, services: int, past: int) -> Self:
        """So many services, whose first `past` scrapes are history."""
        store = Store(limit_bytes=_LIMIT)
        pages = [
            Page.filled(store, fleet, range(first, min(first + SHARED, services)), past)
            for first in range(0, services, SHARED)
        ]
        at = int(fleet.evaluations[past - 1])
        return cls(fleet, store, pages, past, Rounds([plan(row) for row in numbered(services)], store, at))

    def go(self) -> Spent:
        """The next minute: every page is scraped, everything evaluated."""
        at = int(self.fleet.clock[self.past + self.scrapes])
        bodies = [page.body(self.scrapes) for page in self.pages]
        start = thread_time()
        for page, body in zip(self.pages, bodies, strict=True):
            ingest(page.feed, parse(body), at)
            page.feed.report(at, up=1.0, scrape_samples_scraped=len(page.layout))
        taken = thread_time()
        self.rounds.advance(at + OFFSET)
        self.scrapes += 1
        return Spent(thread_time() - start, taken - start)

    def assert_equal(self, services: int) -> None:
        """AssertionError unless the last round has the increases of the counters themselves, of the first services.

        Composed sums and states, which need a memory, must be those that a round finds which begins now.
        """
        own = self.rounds.latest
        anew = Rounds([plan(row) for row in numbered(services)], self.store, own.at).latest
        assert anew.compiled.windows == own.compiled.windows
        raised = self._raised(services)
        for side, (found, again) in enumerate(((own.total, anew.total), (own.bad, anew.bad))):
            assert found[1][:, :services].all()
            assert np.array_equal(found[0][:-1, :services], raised[:-1, side::2])
            assert np.allclose(found[0][-1, :services], again[0][-1], rtol=1e-12, atol=0)
        states = anew.states.status
        assert np.array_equal(own.states.status[: len(states)], states)
        assert states.any()

    def _raised(self, services: int) -> Floats:
        """The increases over each window at the last round, (window, counter)."""
        kept = self.fleet.scraped(0)[: self.past + self.scrapes]
        kept[self.past :] = True
        clock = self.fleet.clock[: len(kept)][kept]
        rows = np.concatenate([self.fleet.counters(service)[:, : len(kept)][:, kept] for service in range(services)])
        latest = self.rounds.latest
        windows = latest.compiled.program.windows
        return increase(Series.of((clock, row) for row in rows), np.array([latest.at]), windows)[0][..., 0]


def _number(store: Store, target: Target, counter: Selector) -> int:
    labels = ((matcher.label, matcher.value) for matcher in counter.matchers)
    number = store.series(counter.metric, identity(target, labels, "counter"))
    assert number is not None
    return number


def _families(services: range) -> list[Family]:
    found: dict[str, list[Sample]] = {}
    for service in services:
        for counter in counted_by(service):
            labels = tuple((matcher.label, matcher.value) for matcher in counter.matchers)
            found.setdefault(counter.metric, []).append(Sample(counter.metric, labels, 0.0))
    return [Family(name, "counter", "", tuple(samples)) for name, samples in found.items()]
