"""The live evaluation: on every beat, all plans over what the store holds."""

import asyncio
from collections.abc import Callable, Sequence

from emberline.evaluation import evaluate_all
from emberline.live.gpus import gpus
from emberline.live.snapshot import Snapshot
from emberline.sources.scraper import Health
from emberline.sources.store import Store
from slo.duration import Duration
from slo.plan import Plan


class Beat:
    """Evaluates every `interval` and keeps the newest snapshot; each is worked out from the samples alone.

    Nothing is carried from beat to beat, so a restart forgets no pending alert. A beat that takes longer than
    the interval is followed by the next one at once.
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
        self.latest: Snapshot | None = None

    async def run(self) -> None:
        """Beat until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            due = loop.time() + self._interval.seconds
            await self.once()
            await asyncio.sleep(due - loop.time())

    async def once(self) -> Snapshot:
        """One evaluation now, worked out beside the event loop so that pages and scrapes go on."""
        at = self._clock()
        results = await asyncio.to_thread(evaluate_all, self._plans, self._store, at)
        notices = (*self._notices, *self._memory())
        self.latest = Snapshot(at, results, gpus(self._store, at), self._health(), notices)
        return self.latest

    def _memory(self) -> tuple[str, ...]:
        held = self._store.holding()
        if held.shortened_to is None:
            return ()
        return (f"The memory limit of {held.limit_bytes >> 20} MiB has shortened the history: budgets are partial.",)
