"""The live evaluation: all plans over what the store holds, at the interval of their rules."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Final

from emberline.evaluation import Result
from emberline.evaluation.live import Live
from emberline.live.burndown import BurnDown, burn_down
from emberline.live.feed import Feed
from emberline.live.gpus import HELD as GPUS
from emberline.live.gpus import gpus
from emberline.live.models import HELD as MODELS
from emberline.live.models import model_servers
from emberline.live.snapshot import Snapshot
from emberline.sources.scraper import Health
from emberline.sources.store import Store
from slo.duration import Duration
from slo.plan import Plan
from slo.selector import Labels

SHOWN: Final = (*GPUS, *MODELS)
"""Metrics that must be held, if only briefly, beside those that SLOs read."""
REMEMBERED: Final = 256
"""Curves of instances that have been asked for; the one that was longest not asked for goes."""
PAUSE: Final = Duration.parse("1h")
"""After a longer one evaluations are not made up for: history tells."""


class Beat:
    """Looks every `interval` and keeps the newest snapshot; SLOs are evaluated when their rules are due.

    The first evaluation is worked out from the samples, so a restart forgets no pending alert; so is one after a long
    pause or a clock that was set back. A beat that takes longer than the interval is followed by the next one at once.
    """

    def __init__(
        self,
        plans: Sequence[Plan],
        store: Store,
        health: Callable[[], tuple[Health, ...]],
        clock: Callable[[], int],
        interval: Duration,
        notices: tuple[str, ...] = (),
    ) -> None:
        self._plans = tuple(plans)
        self._store = store
        self._health = health
        self._clock = clock
        self._interval = interval
        self._notices = notices
        self._live: Live | None = None
        self._looking = asyncio.Lock()
        self._looked: dict[tuple[str, Labels], tuple[int, BurnDown | None]] = {}
        self.feed = Feed()

    @property
    def latest(self) -> Snapshot | None:
        """The newest snapshot, None before the first."""
        return self.feed.latest

    async def run(self) -> None:
        """Beat until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + self._interval.seconds
            await self.once()
            await asyncio.sleep(due - loop.time())

    async def once(self) -> Snapshot:
        """What is known now, worked out beside the event loop so that pages and scrapes go on."""
        now = self._clock()
        at, results = await asyncio.to_thread(self._evaluated, now)
        notices = (*self._notices, *self._memory())
        models = model_servers(self._store, now)
        snapshot = Snapshot(at, results, gpus(self._store, now), self._health(), notices, models)
        await self.feed.publish(snapshot)
        return snapshot

    async def history(self, plan: Plan, labels: Labels, at: int) -> BurnDown | None:
        """How the budget of an instance went down until the evaluation at `at`; asked for again, it is remembered.

        A month of samples is unpacked for it, so one instance is looked into at a time.
        """
        key = (plan.slo.id, labels)
        async with self._looking:
            known = self._looked.pop(key, None)
            if known is None or known[0] != at:
                known = at, await asyncio.to_thread(burn_down, plan, labels, self._store, at)
            self._looked[key] = known
            if len(self._looked) > REMEMBERED:
                del self._looked[next(iter(self._looked))]
            return known[1]

    def _evaluated(self, now: int) -> tuple[int, tuple[Result, ...]]:
        """The newest evaluation that is due, and its time."""
        if not self._plans:
            return now, ()
        live, every = self._live, self._plans[0].interval.ms
        if live is None or not 0 <= now - live.at <= PAUSE.ms:
            live = self._live = Live(self._plans, self._store, now)
        elif now - live.at >= every:
            live.advance(now - (now - live.at) % every)
        return live.at, live.latest

    def _memory(self) -> tuple[str, ...]:
        held = self._store.holding()
        if held.shortened_to is None:
            return ()
        return (f"The memory limit of {held.limit_bytes >> 20} MiB has shortened the history: budgets are partial.",)
