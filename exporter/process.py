"""The node process: everything started, everything stopped."""

import asyncio
import logging
import signal
import sys
import time
from collections.abc import Coroutine, Iterator
from contextlib import AbstractAsyncContextManager
from typing import Final

from exporter.apart import Loop
from exporter.budget import Budget
from exporter.cluster import beside
from exporter.dcgm.surface import hostname
from exporter.descriptors import occupy
from exporter.fleet import Fleet
from exporter.live import Live
from exporter.nvml.kernel_log import KernelLog
from exporter.nvml.known import Known
from exporter.nvml.page import Owners, Place
from exporter.nvml.supervisor import Supervisor, Terms, child_command
from exporter.page import Page
from exporter.settings import Settings
from exporter.targets.fetch import transport
from exporter.targets.probe import Prober
from exporter.targets.watch import Watch
from exporter.web.server import Listening, serving

_LOG: Final = logging.getLogger(__name__)
_DEADLINE: Final = 2.0
"""Seconds beyond the interval that the NVML child may be silent."""

_TURN: Final = 0.0005
"""Seconds that a thread which parses a target's page may hold the interpreter while the server wants it."""


def main(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT."""
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    occupy()
    sys.setswitchinterval(_TURN)
    with asyncio.Runner(loop_factory=Loop) as runner:
        runner.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    live, known = Live(settings.dcgm), _known(settings)
    loop.add_signal_handler(signal.SIGHUP, live.reload)
    async with transport() as client:
        fleet = Fleet(client, [Watch(target, client) for target in settings.targets])
        more = beside(settings, fleet, known)
        supervisor = _supervisor(settings, live, known, more.owners)
        loop.add_signal_handler(signal.SIGUSR1, supervisor.release, settings.release_for)
        page = Page(supervisor, fleet.watches, Budget(settings.max_series), parts=more.parts)
        async with _server(settings, page) as listening, asyncio.TaskGroup() as group:
            _announce(settings, listening)
            live.announce()
            works = [
                supervisor.run(),
                live.run(),
                *_kernel_log(settings, known),
                fleet.run(),
                *(work() for work in more.works),
            ]
            tasks = [group.create_task(work) for work in works]
            await stop.wait()
            for task in tasks:
                task.cancel()
    if not known.kept(_DEADLINE):
        _LOG.warning("%s: a disk does not answer, the newest Xids are not kept", settings.state_file)


def _server(settings: Settings, page: Page) -> AbstractAsyncContextManager[Listening]:
    return serving(
        page,
        settings.listen,
        config=settings.web_config,
        health=settings.health_address,
        prober=None if settings.probe_policy is None else Prober(settings.probe_policy),
    )


def _known(settings: Settings) -> Known:
    surface = settings.dcgm
    return Known(
        settings.state_file,
        xid_window_ms=surface.xid_window_ms,
        clock_event_window_ms=surface.clock_event_window_ms,
    )


def _supervisor(settings: Settings, live: Live, known: Known, owners: Owners | None) -> Supervisor:
    command = child_command(
        simulate=settings.simulate, processes=owners is not None, record=settings.record, replay=settings.replay
    )
    terms = Terms(settings.interval, _DEADLINE, window=settings.window)
    place = Place(hostname(), settings.interval, live, settings.simulate, owners)
    return Supervisor(command, terms, place, known=known)


def _kernel_log(settings: Settings, known: Known) -> Iterator[Coroutine[None, None, None]]:
    if settings.kmsg is not None:

        def tell(pci_bus_id: str, code: int) -> None:
            known.tell("kernel", pci_bus_id, code, time.monotonic())

        yield KernelLog(settings.kmsg, tell).follow()


def _announce(settings: Settings, listening: Listening) -> None:
    _LOG.info("listening on %s/metrics", listening.url)
    if listening.health is not None:
        _LOG.info("health on http://%s/-/healthy", listening.health)
    for warning in settings.warnings:
        _LOG.warning("%s", warning)
    if settings.simulate:
        _LOG.warning("the GPUs on the page are simulated")
    if settings.replay:
        _LOG.warning("the GPUs on the page are those of the recorded session %s", settings.replay)
    for target in settings.targets:
        _LOG.info("probing %s %s at %s every %g s", target.kind, target.name, target.url, target.interval)
