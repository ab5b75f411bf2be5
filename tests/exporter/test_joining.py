"""Joins of real readings and a real server's page."""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from exporter.dcgm.device import Device
from exporter.joining import EVERY, Joining
from exporter.nvml import simulation
from exporter.nvml.known import Known
from exporter.targets.fetch import transport
from exporter.targets.target import Target
from exporter.targets.watch import Watch
from tests.exporter.faulty import VLLM, Server, serves
from tests.exporter.pods import kubelet as fake
from tests.exporter.pods.kubelet import FakeKubelet, holding
from tests.exporter.running import exporter
from tests.servers import until

POD = ("team", "a")
MARKS = {"gpu_busy_without_requests": 0.0, "gpu_idle_with_queue": 0.0, "tokens_per_joule": 0.0}


def holders(device: Device) -> frozenset[tuple[str, str]]:
    return frozenset({POD} if device.index == 0 else ())


def told(target: Target, looks: int = 6) -> dict[str, float]:
    """What is joined after so many looks at simulated GPUs and one page of a server."""

    async def live() -> dict[str, float]:
        known, before = Known(), None
        async with transport() as client:
            watch = Watch(target, client)
            await watch.once()
            joining = Joining(known, [watch], holders, interval=1.0)
            for turn in range(looks):
                at = EVERY * turn
                known.take(simulation.read(1e9 + at, before=before), at)
                before = 1e9 + at
                joining.look(at)
            last = joining.version
            assert list(joining.points(last + 3 * EVERY)) == [], "an old look tells nothing"
            return {point.metric.name.removeprefix("emberline_"): point.value for point in joining.points(last)}

    return asyncio.run(live())


def target(server: Server, **more: object) -> Target:
    return replace(Target("vllm", "llm", server.url, "", 5.0, 3.0), **more)  # type: ignore[arg-type]


def test_a_server_of_a_pod_and_one_whose_gpus_are_written_down() -> None:
    (uuid,) = (it.identity.uuid for it in simulation.read(1e9).gpus if it.index == 0 and it.identity)
    with Server(serves(VLLM)) as server:
        of_pod, written = told(target(server, pod=POD)), told(target(server, gpus=(uuid,)))
        assert of_pod == written
        assert of_pod.items() >= MARKS.items(), "a page that stands still"
        assert of_pod["kv_cache_memory_ratio"] > 0
        assert told(target(server, pod=("team", "b"))) == told(target(server)) == {}


def test_a_server_whose_health_does_not_hold_tells_nothing() -> None:
    with Server(serves({**VLLM, "/health": (500, b"")})) as server:
        assert told(target(server, pod=POD)) == {}


@pytest.mark.parametrize("where", ["pod: team/a", "gpus: [{uuid}]"])
def test_the_process_joins_a_target_of_the_file_with_its_gpu(tmp_path: Path, where: str) -> None:
    socket = tmp_path / "kubelet.sock"
    (uuid,) = (it.identity.uuid for it in simulation.read(1e9).gpus if it.index == 0 and it.identity)
    with Server(serves(VLLM)) as server, FakeKubelet(socket, fake.lists(holding("a", "nvidia0"))):
        targets = f"- {{kind: vllm, name: llm, url: '{server.url}', {where.format(uuid=uuid)}}}"
        options = ["-k", "--pod-resources-kubelet-socket", str(socket)] if "pod" in where else []
        with exporter(tmp_path, "--simulate", *options, targets=targets) as found:
            until(lambda: found.value("emberline_kv_cache_memory_ratio", target="llm"), what="the join")
