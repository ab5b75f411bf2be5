"""The status pages served in the loop of a test."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import numpy as np

from emberline.live.burndown import BurnDown
from emberline.live.feed import Feed
from emberline.live.server import application, served
from emberline.live.snapshot import Snapshot
from slo.plan import Plan
from slo.selector import Labels
from tests.emberline.live.made import AT, snapshot

DAY = 86_400_000


def curve(left: float, points: int = 61) -> BurnDown:
    """A budget that went down steadily over 30 days."""
    return BurnDown(np.linspace(AT - 30 * DAY, AT, points).astype(np.int64), np.linspace(1.0, left, points))


async def history(plan: Plan, labels: Labels, _at: int) -> BurnDown | None:
    """The curve of an instance of a made snapshot: it ends at its remaining budget."""
    (left,) = (r.error_budget_remaining for r in snapshot().results if r.plan is plan and r.labels == labels)
    return None if left is None else curve(left)


@asynccontextmanager
async def pages(first: Snapshot | None = None) -> AsyncIterator[tuple[str, Feed]]:
    """The address of the pages, and the feed that they show; it begins with a made snapshot."""
    feed = Feed()
    await feed.publish(first or snapshot())
    async with served(application(feed, history), "127.0.0.1", 0) as url:
        yield url, feed
