"""The node process: everything started, everything stopped."""

import asyncio
import logging
import signal
import sys
from typing import Final

from exporter.dcgm.surface import hostname
from exporter.http import serving
from exporter.live import Live
from exporter.nvml.supervisor import Supervisor, child_command
from exporter.page import Page
from exporter.settings import Address, Settings
from exporter.targets.fetch import transport
from exporter.targets.watch import Watch

_LOG: Final = logging.getLogger(__name__)
_DEADLINE: Final = 2.0
"""Seconds beyond the interval that the NVML child may be silent."""

_TURN: Final = 0.0005
"""Seconds that a thread which parses a target's page may hold the interpreter while the server wants it."""


def main(settings: Settings) -> None:
    """Serve until SIGTERM or SIGINT."""
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    sys.setswitchinterval(_TURN)
    asyncio.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    live = Live(settings.dcgm)
    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, live.reload)
    supervisor = Supervisor(child_command(settings.simulate), settings.interval, _DEADLINE, hostname=hostname())
    async with transport() as client:
        watches = [Watch(target, client) for target in settings.targets]
        async with serving(Page(supervisor, watches), settings.listen) as address, asyncio.TaskGroup() as group:
            _announce(settings, address)
            live.announce()
            tasks = [
                group.create_task(supervisor.run()),
                group.create_task(live.run()),
                *(group.create_task(watch.run()) for watch in watches),
            ]
            await stop.wait()
            for task in tasks:
                task.cancel()


def _announce(settings: Settings, address: Address) -> None:
    _LOG.info("listening on http://%s/metrics", address)
    for warning in settings.warnings:
        _LOG.warning("%s", warning)
    if settings.simulate:
        _LOG.warning("the GPUs on the page are simulated")
    for target in settings.targets:
        _LOG.info("probing %s %s at %s every %g s", target.kind, target.name, target.url, target.interval)
