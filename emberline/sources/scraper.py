"""The own scraper: what Prometheus does with targets, for a store in this process."""

import asyncio
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final, Self
from zlib import crc32

from emberline.clock import wall_clock
from emberline.sources.fetch import Clients, Unscraped, scrape
from emberline.sources.ingest import Feed, cut, ingest, remove
from emberline.sources.store import Store
from emberline.sources.target import Target
from native.exposition import Limits
from slo.duration import Duration

_LIMITS: Final = Limits()
_SWEEP: Final = Duration.parse("1m")
_PUNCTUAL: Final = 100
"""A scrape that is late by less than this part of its interval is taken as on time, as in Prometheus."""


@dataclass(frozen=True, slots=True)
class Health:
    """How the last scrape of a target went; `up` and `at` are None before the first."""

    target: Target
    up: bool | None = None
    at: int | None = None
    seconds: float = 0.0
    samples: int = 0
    error: str = ""


@dataclass(slots=True, eq=False)
class _Watch:
    """A target, what the store knows of it, and whether it has been scraped at all."""

    feed: Feed
    health: Health
    scraped: asyncio.Event = field(default_factory=asyncio.Event)


def moment(due: int, now: int, interval: Duration) -> int:
    """The time (ms) that the samples of a scrape bear: the one that was due, or now where it is too late for that."""
    return due if abs(now - due) <= interval.ms // _PUNCTUAL else now


class Scraper:
    """Scrapes each target at once and then on its interval, at an offset of its own, while the context lasts.

    What arrives goes to the store with the time at which the scrape began: the one that was due, where it began within
    a hundredth of its interval of that, so that samples lie at equal distances. A failed scrape leaves `up` 0 and the
    target's series stale. Every `sweep` the store forgets what is past its retention.
    """

    def __init__(
        self,
        store: Store,
        clock: Callable[[], int] = wall_clock,
        limits: Limits = _LIMITS,
        sweep: Duration = _SWEEP,
    ) -> None:
        self._store = store
        self._clock = clock
        self._limits = limits
        self._sweep_seconds = sweep.seconds
        self._clients = Clients()
        self._group = asyncio.TaskGroup()
        self._watches: dict[Target, _Watch] = {}
        self._tasks: dict[Target | None, asyncio.Task[None]] = {}

    async def __aenter__(self) -> Self:
        await self._group.__aenter__()
        self._tasks[None] = self._group.create_task(self._sweep())
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for task in self._tasks.values():
            task.cancel()
        own = (kind, error, trace) if kind is asyncio.CancelledError else (None, None, None)
        try:
            await self._group.__aexit__(*own)  # which would wrap the caller's error; a scrape's crash it must tell
        finally:
            await self._clients.aclose()

    def watch(self, targets: Iterable[Target]) -> None:
        """Scrape these targets from now on, and no others; series of those that went become stale."""
        wanted = tuple(targets)
        for target in self._watches.keys() - set(wanted):
            self._tasks.pop(target).cancel()
            remove(self._watches.pop(target).feed, self._clock())
        for target in wanted:
            if target not in self._watches:
                watch = self._watches[target] = _Watch(Feed(target, self._store), Health(target))
                self._tasks[target] = self._group.create_task(self._repeat(watch))

    @property
    def health(self) -> tuple[Health, ...]:
        """The state of every target, in the order in which they were named."""
        return tuple(watch.health for watch in self._watches.values())

    async def settled(self) -> None:
        """Return when every target has been scraped once, whatever came of it."""
        for watch in tuple(self._watches.values()):
            await watch.scraped.wait()

    async def _repeat(self, watch: _Watch) -> None:
        interval = watch.feed.target.interval.ms
        offset = crc32(watch.feed.target.url.encode()) % interval
        due = now = self._clock()
        while True:
            await self._scrape(watch, moment(due, now, watch.feed.target.interval))
            watch.scraped.set()
            now = self._clock()
            due = now + interval - (now - offset) % interval
            await asyncio.sleep((due - now) / 1000)
            now = self._clock()

    async def _scrape(self, watch: _Watch, at: int) -> None:
        feed = watch.feed
        began = asyncio.get_running_loop().time()
        count, error = 0, ""
        try:
            page = await scrape(self._clients, feed.target, self._limits)
            ingest(feed, page, at)
            count = len(page)
        except Unscraped as fault:
            cut(feed, at)
            error = str(fault)
        seconds = asyncio.get_running_loop().time() - began
        feed.report(at, up=float(not error), scrape_duration_seconds=seconds, scrape_samples_scraped=count)
        watch.health = Health(feed.target, not error, at, seconds, count, error)

    async def _sweep(self) -> None:
        while True:
            await asyncio.sleep(self._sweep_seconds)
            self._store.sweep(self._clock())
