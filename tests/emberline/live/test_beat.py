"""The beat of the live evaluation."""

import asyncio

from emberline.live.beat import Beat
from emberline.sources.store import Store
from slo.duration import Duration
from tests.emberline.live.made import AT
from tests.emberline.scraper.pages import until


def test_a_clock_that_is_set_back_does_not_stop_the_beat() -> None:
    moments = iter([AT, *(AT - 3_600_000 + step for step in range(10_000))])

    async def play() -> None:
        beat = Beat((), Store(), lambda: (), lambda: next(moments), Duration(50))
        running = asyncio.ensure_future(beat.run())
        await until(lambda: beat.latest is not None and beat.latest.at > AT - 3_600_000 + 2 and beat.latest.at < AT)
        running.cancel()

    asyncio.run(play())
