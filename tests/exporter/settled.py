"""Whatever of the exporter keeps itself up to date, run until it knows what there is to know."""

import asyncio
import contextlib
from collections.abc import Coroutine
from typing import Any, Protocol


class Source(Protocol):
    """What runs, and tells what it still waits for."""

    def run(self) -> Coroutine[Any, Any, None]:
        """Keep up to date until cancelled."""

    def pending(self) -> tuple[str, ...]:
        """Who has neither answered nor failed yet."""


async def settle(source: Source) -> None:
    """Run it until nothing is pending, and end it."""
    task = asyncio.create_task(source.run())
    async with asyncio.timeout(10):
        while source.pending():  # noqa: ASYNC110 - the source tells nobody
            await asyncio.sleep(0.005)
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task
