"""What is known of pods once a kubelet has answered."""

import asyncio
import random
from pathlib import Path

from exporter.pods.options import PodOptions
from exporter.pods.resources import Pod
from exporter.pods.source import PodSource
from tests.exporter.pods import kubelet as fake
from tests.exporter.pods.kubelet import FakeKubelet
from tests.exporter.settled import settle


def settled(folder: Path, *pods: Pod) -> PodSource:
    """The source that asked a kubelet, which lists these pods and is gone again; its socket was in `folder`."""
    socket = folder / "kubelet.sock"
    source = PodSource(PodOptions(kubernetes=True, socket=socket), None, random.random)
    with FakeKubelet(socket, fake.lists(*pods)):
        asyncio.run(settle(source))
    return source
