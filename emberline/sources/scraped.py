"""Samples of targets that are scraped here and now."""

import asyncio
from collections.abc import Iterable

from emberline.sources.keep import wanted
from emberline.sources.scraper import Health, Scraper
from emberline.sources.store import Store
from emberline.sources.target import Target
from slo.duration import Duration
from slo.selector import Selector


def scrape_for(
    length: Duration, targets: Iterable[Target], selectors: Iterable[Selector]
) -> tuple[Store, tuple[Health, ...]]:
    """What the selectors picked while the targets were scraped for `length`, and how each target fared."""
    return asyncio.run(_scrape_for(length, targets, selectors))


async def _scrape_for(
    length: Duration, targets: Iterable[Target], selectors: Iterable[Selector]
) -> tuple[Store, tuple[Health, ...]]:
    store = Store(wanted(selectors))
    async with Scraper(store) as scraper:
        scraper.watch(targets)
        await scraper.settled()
        await asyncio.sleep(length.seconds)
        return store, scraper.health
