"""The node process: everything started, everything stopped."""

import asyncio
import logging
import signal
import sys
from typing import Final

from exporter.budget import Budget
from exporter.nvml.supervisor import Supervisor, child_command
from exporter.page import Page
from exporter.settings import Settings
from exporter.targets.fetch import transport
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
    sys.setswitchinterval(_TURN)
    asyncio.run(_serve(settings))


async def _serve(settings: Settings) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    supervisor = Supervisor(child_command(settings.simulate), settings.interval, _DEADLINE)
    async with transport() as client:
        watches = [Watch(target, client) for target in settings.targets]
        page = Page(supervisor, watches, Budget(settings.max_series))
        server = serving(page, settings.listen, config=settings.web_config, health=settings.health_address)
        async with server as listening, asyncio.TaskGroup() as group:
            _announce(settings, listening)
            tasks = [group.create_task(supervisor.run()), *(group.create_task(watch.run()) for watch in watches)]
            await stop.wait()
            for task in tasks:
                task.cancel()


def _announce(settings: Settings, listening: Listening) -> None:
    _LOG.info("listening on %s/metrics", listening.url)
    if listening.health is not None:
        _LOG.info("health on http://%s/-/healthy", listening.health)
    if settings.simulate:
        _LOG.warning("the GPUs on the page are simulated")
    for target in settings.targets:
        _LOG.info("probing %s %s at %s every %g s", target.kind, target.name, target.url, target.interval)
