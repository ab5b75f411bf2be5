"""The newest snapshot, and a way to wait for the next one."""

import asyncio

from emberline.live.snapshot import Snapshot


class Feed:
    """Holds what was published last; whoever waits is woken by each publication, and by the end.

    It keeps no queue: one who is late finds the newest snapshot and has missed nothing that still counts.
    """

    def __init__(self) -> None:
        self.latest: Snapshot | None = None
        self.number = 0
        """How many snapshots there have been."""
        self.closed = False
        self._changed = asyncio.Condition()

    async def publish(self, snapshot: Snapshot) -> None:
        """Replace the newest snapshot and wake those who wait."""
        self.latest = snapshot
        self.number += 1
        await self._wake()

    async def close(self) -> None:
        """Nothing more will come."""
        self.closed = True
        await self._wake()

    async def after(self, number: int, seconds: float) -> bool:
        """Whether there is news since that number, or the end, waiting so long for it at most."""
        try:
            async with asyncio.timeout(seconds), self._changed:
                await self._changed.wait_for(lambda: self.closed or self.number > number)
        except TimeoutError:
            return False
        return True

    async def _wake(self) -> None:
        async with self._changed:
            self._changed.notify_all()
