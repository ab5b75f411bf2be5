"""What is known of pods once a kubelet has answered."""

import asyncio
import contextlib
import random
from pathlib import Path

from exporter.pods.options import PodOptions
from exporter.pods.resources import Pod
from exporter.pods.source import PodSource
from tests.exporter.pods import kubelet as fake
from tests.exporter.pods.kubelet import FakeKubelet


def settled(folder: Path, *pods: Pod) -> PodSource:
    """The source that asked a kubelet, which lists these pods and is gone again; its socket was in `folder`."""
    socket = folder / "kubelet.sock"
    source = PodSource(PodOptions(kubernetes=True, socket=socket), None, random.random)

    async def live() -> None:
        task = asyncio.create_task(source.run())
        async with asyncio.timeout(10):
            while source.pending():  # noqa: ASYNC110 - the source tells nobody
                await asyncio.sleep(0.005)
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task

    with FakeKubelet(socket, fake.lists(*pods)):
        asyncio.run(live())
    return source
