"""Two servers of the same 5,000 series, each in a process of its own: `python -m bench.runner.pages ours|client`."""

import asyncio
import sys
from collections.abc import Iterable
from typing import Final

from aiohttp import web
from prometheus_client import CollectorRegistry, Gauge
from prometheus_client.aiohttp import make_aiohttp_handler

from exporter.page import Page
from exporter.settings import Address
from exporter.web.server import serving
from native.exposition import Family, Sample

METRICS: Final = 50
DEVICES: Final = 100
SERIES: Final = METRICS * DEVICES

_NAMES: Final = tuple(f"emberline_bench_{number}_ratio" for number in range(METRICS))
_LABELS: Final = ("gpu", "UUID", "Hostname", "modelName")


def _labels(device: int) -> tuple[str, ...]:
    return str(device), f"GPU-00000000-0000-4000-8000-{device:012x}", "node-0001", "NVIDIA H200"


class Held:
    """Series whose values are new each second, as readings of GPUs are."""

    settled = True

    def __init__(self) -> None:
        self.version = 0
        self._labels = [tuple(zip(_LABELS, _labels(device), strict=True)) for device in range(DEVICES)]

    def families(self, at: float) -> tuple[Family, ...]:
        """All of them, with values of the newest version."""
        del at
        return tuple(self._families())

    def _families(self) -> Iterable[Family]:
        for number, name in enumerate(_NAMES):
            value = (self.version * 7 + number) % 1000 / 1000
            samples = (Sample(name, labels, value + device) for device, labels in enumerate(self._labels))
            yield Family(name, "gauge", "A value.", tuple(samples))


async def _ours() -> None:
    held = Held()
    async with serving(Page(held, ()), Address("127.0.0.1", 0)) as listening:
        print(listening.address.port, flush=True)
        while True:
            await asyncio.sleep(1)
            held.version += 1


async def _client() -> None:
    registry = CollectorRegistry()
    gauges = [Gauge(name, "A value.", _LABELS, registry=registry) for name in _NAMES]
    children = [gauge.labels(*_labels(device)) for gauge in gauges for device in range(DEVICES)]
    app = web.Application()
    app.router.add_get("/metrics", make_aiohttp_handler(registry))
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    print(runner.addresses[0][1], flush=True)
    version = 0
    while True:
        await asyncio.sleep(1)
        version += 1
        for number, child in enumerate(children):
            child.set((version * 7 + number) % 1000 / 1000 + number)


if __name__ == "__main__":
    asyncio.run(_ours() if sys.argv[1] == "ours" else _client())
