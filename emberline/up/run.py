"""Everything at once: started in order, watched while it lasts, and gone afterwards."""

import asyncio
import signal
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from emberline.clock import wall_clock
from emberline.demo.backfill import backfill
from emberline.demo.fleet import Fleet
from emberline.evaluation import reach
from emberline.live.beat import PAUSE, SHOWN, Beat
from emberline.live.server import application, served
from emberline.sources.addresses import Addresses
from emberline.sources.keep import RETENTION, wanted
from emberline.sources.scraper import Scraper
from emberline.sources.store import Store
from emberline.sources.target import Target
from emberline.up.artefacts import write_all
from emberline.up.node import node
from emberline.up.scene import scene
from emberline.up.screen import Screen
from slo.duration import Duration
from slo.plan import Plan, selectors

_BEAT: Final = Duration.parse("5s")


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line asks for; without `seconds` it lasts until a signal.

    `address` is host and port of the page. With `simulate` the demo fleet is started, or never; None: without targets.
    `plans` are those of `tables`, or of the shipped ones without any; of one `area` if it is named.
    """

    plans: tuple[Plan, ...]
    out: Path
    address: tuple[str, int]
    seconds: float | None = None
    targets: tuple[Target, ...] = ()
    simulate: bool | None = None
    tables: tuple[Path, ...] = ()
    area: str | None = None


def up(options: Options, screen: Screen) -> None:
    """Run until Ctrl-C, SIGTERM or the end of the time given; no child process is left."""
    asyncio.run(_until_stopped(options, screen))


async def _until_stopped(options: Options, screen: Screen) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    work = asyncio.ensure_future(_everything(options, screen))
    stopped = asyncio.ensure_future(stop.wait())
    await asyncio.wait((work, stopped), timeout=options.seconds, return_when=asyncio.FIRST_COMPLETED)
    stopped.cancel()
    if not work.done():
        screen.stopping()
        work.cancel()
    with suppress(asyncio.CancelledError):
        await work


async def _everything(options: Options, screen: Screen) -> None:
    # Evaluations that are made up for look back that much further.
    retention = max(RETENTION, Duration(reach(options.plans).ms + PAUSE.ms))
    store = Store(wanted(selectors(options.plans), SHOWN, retention))
    async with AsyncExitStack() as stack:
        seen = await stack.enter_async_context(scene(options.targets, wall_clock, simulate=options.simulate))
        scraper = Scraper(store)
        beat = Beat(options.plans, store, lambda: scraper.health, wall_clock, _BEAT, seen.notices)
        url = await stack.enter_async_context(served(application(beat.feed, beat.history), *options.address))
        # Not before the address is had: another process may live there, and in the same folder.
        written = await asyncio.to_thread(write_all, options.out, options.tables, options.area)
        screen.artefacts(options.out, written)
        log = options.out / "exporter.log"
        page = await stack.enter_async_context(node(seen.probes, log, screen.trouble, simulate=seen.fleet is not None))
        if seen.fleet is not None:
            await asyncio.to_thread(_past, seen.fleet, store, reach(options.plans), screen)
        await stack.enter_async_context(scraper)
        addresses = Addresses(seen.with_node(page))
        scraper.watch(await addresses.now())
        await scraper.settled()
        screen.started(url, page, await beat.once())
        await asyncio.gather(beat.run(), addresses.follow(scraper.watch))


def _past(fleet: Fleet, store: Store, length: Duration, screen: Screen) -> None:
    now = wall_clock()
    with screen.progress("Filling in the last 30 days") as progress:
        backfill(fleet, store, now - length.ms, now, progress)
