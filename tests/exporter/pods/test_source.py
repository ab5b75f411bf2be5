"""The whole: a kubelet over gRPC, an API server over HTTP, processes and job files, read by one source."""

import asyncio
import contextlib
import random
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

from exporter.kubernetes.api import ApiServer
from exporter.pods.devices import Device, Entity
from exporter.pods.labels import Shown
from exporter.pods.options import PodOptions
from exporter.pods.resources import Claim, ClaimedDevice, Container, Devices, Pod
from exporter.pods.sharing import OUTSIDE
from exporter.pods.source import PodSource
from tests.exporter.kubernetes.apiserver import FakeApi, Object, pod
from tests.exporter.pods import kubelet as fake
from tests.exporter.pods.kubelet import FakeKubelet

DEVICES = (Device("GPU-1", 0, 0), Device("GPU-2", 1, 1))
SHOWN = (("app", "chat"), ("container", "main"), ("namespace", "team"), ("pod", "a"))
UID = "8a0e3f6c-1b7d-4d2e-9c3a-f3b2a1c0d9e8"


def holding(name: str, device: str) -> Pod:
    return Pod("team", name, (Container("main", (Devices("nvidia.com/gpu", (device,)),)),))


async def until(holds: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not holds():  # noqa: ASYNC110 - the source tells nobody
            await asyncio.sleep(0.005)


def lived(source: PodSource, story: Callable[[], Awaitable[None]]) -> None:
    async def live() -> None:
        task = asyncio.create_task(source.run())
        try:
            await story()
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task

    asyncio.run(live())


def own(source: PodSource, at: float | None = None) -> dict[str, float]:
    points = source.points(time.monotonic() if at is None else at)
    return {" ".join((it.metric.name, *(value for _, value in it.labels))): it.value for it in points}


def counted(source: PodSource, outcome: str) -> bool:
    return own(source)[f"emberline_kubelet_requests_total {outcome}"] > 0


def jobs(source: PodSource, gi: int | None = None) -> list[str]:
    return [dict(copy).get("hpc_job", "") for copy in source.copies(DEVICES, Entity("GPU-2"), 1, gi)]


def owner(source: PodSource, gpu: str) -> str:
    return " ".join(it.pod for it in source.owners(DEVICES).of(Entity(gpu)))


def test_the_map_follows_the_kubelet_and_the_last_good_one_stays(tmp_path: Path) -> None:
    options = PodOptions(kubernetes=True, socket=tmp_path / "kubelet.sock")
    source = PodSource(options, None, random.random, interval=0.02, deadline=0.3)
    assert source.pending() == ("kubelet",)
    assert "emberline_pods_map_age_seconds" not in own(source)
    with FakeKubelet(options.socket, fake.lists(holding("a", "GPU-1"), holding("x", "GPU-9"))) as kubelet:

        async def story() -> None:
            await until(lambda: owner(source, "GPU-1") == "a")
            assert source.pending() == ()
            assert own(source)["emberline_pods_unknown_devices"] == 1
            kubelet.answers([holding("b", "GPU-1"), holding("a", "GPU-2")])
            await until(lambda: owner(source, "GPU-1") == "b")
            for behaviour, outcome in (
                (fake.RATE_LIMITED, "rate_limited"),
                (fake.sends(b"\x0b"), "garbage"),
                (fake.hangs, "timeout"),
            ):
                kubelet.behaviour = behaviour
                await until(partial(counted, source, outcome))
            failing = own(source)["emberline_pods_map_age_seconds"]
            assert failing > 0.3
            assert (owner(source, "GPU-1"), owner(source, "GPU-2")) == ("b", "a")
            kubelet.answers([holding("c", "GPU-1")])
            await until(lambda: owner(source, "GPU-1") == "c")
            assert own(source)["emberline_pods_map_age_seconds"] < failing
            assert owner(source, "GPU-2") == ""

        lived(source, story)


def test_answers_that_do_not_change_are_read_once(tmp_path: Path) -> None:
    options = PodOptions(kubernetes=True, socket=tmp_path / "kubelet.sock")
    source = PodSource(options, None, random.random, interval=0.01)
    with FakeKubelet(options.socket, fake.lists(holding("a", "GPU-1"))) as kubelet:

        async def story() -> None:
            await until(lambda: owner(source, "GPU-1") == "a")
            before = source.owners(DEVICES)
            await until(lambda: kubelet.calls >= 5)
            assert source.owners(DEVICES) is before

        lived(source, story)


def test_without_kubernetes_nothing_is_asked_and_job_files_are_read(tmp_path: Path) -> None:
    (tmp_path / "1").write_text("job-1\njob-2")
    (tmp_path / "1.7").write_text("job-3")
    source = PodSource(PodOptions(job_folder=tmp_path), None, random.random, interval=0.01)
    assert source.pending() == ()

    async def story() -> None:
        await until(lambda: jobs(source) == ["job-1", "job-2"])
        assert jobs(source, 7) == ["job-3"]
        (tmp_path / "1").unlink()
        await until(lambda: jobs(source) == [""])

    lived(source, story)
    assert own(source) == {}


def test_labels_uids_and_processes_of_pods_come_from_the_api_server(tmp_path: Path) -> None:
    proc = tmp_path / "proc"
    for pid, cgroup in (
        (1, f"0::/kubepods/pod{UID}/c"),
        (2, "0::/system.slice/x.service"),
        (3, "0::/kubepods/pod" + "0" * 32),
    ):
        (proc / str(pid)).mkdir(parents=True)
        (proc / str(pid) / "cgroup").write_text(f"{cgroup}\n")
        (proc / str(pid) / "comm").write_text("python3\n")
    (proc / "self/ns").mkdir(parents=True)
    (proc / "self/ns/pid").symlink_to("pid:[4026531836]")
    (tmp_path / "token").write_text("good")
    options = PodOptions(kubernetes=True, shown=Shown(pod_labels=True), node="n", socket=tmp_path / "kubelet.sock")

    async def story() -> None:
        api = FakeApi()
        item = pod("a", labels={"app": "chat"})
        item["metadata"]["uid"] = UID
        api.put(item)
        async with api.server() as server:
            url = str(server.make_url("")).rstrip("/")
            source = PodSource(options, ApiServer(url, tmp_path / "token"), random.random, proc=proc)
            assert not source.resolves
            task = asyncio.create_task(source.run())
            await until(lambda: source.resolves)
            assert source.details()["team", "a"].labels == {"app": "chat"}
            await until(lambda: source.copies(DEVICES, Entity("GPU-1"), 0) == (SHOWN,))
            assert source.resolve([1, 2, 3, 4]) == {1: ("team", "a"), 2: OUTSIDE, 3: None, 4: None}
            assert own(source)["emberline_kubernetes_requests_total pods ok"] == 1
            assert own(source)["emberline_kubernetes_age_seconds pods"] >= 0
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            api.break_off()
        query = api.seen[0].query["fieldSelector"]
        assert query == "spec.nodeName=n,status.phase!=Succeeded,status.phase!=Failed"

    with FakeKubelet(options.socket, fake.lists(holding("a", "GPU-1"))):
        asyncio.run(story())


def test_a_claimed_device_is_found_through_its_resource_slice(tmp_path: Path) -> None:
    (tmp_path / "token").write_text("good")
    claim = Claim("claim", "team", (ClaimedDevice("gpu.nvidia.com", "n", "gpu-0"),))
    options = PodOptions(kubernetes=True, dra=True, node="n", socket=tmp_path / "kubelet.sock")
    published: Object = {
        "metadata": {"name": "n-gpu", "uid": "s"},
        "spec": {
            "driver": "gpu.nvidia.com",
            "pool": {"name": "n", "generation": 1},
            "devices": [{"name": "gpu-0", "basic": {"attributes": {"uuid": {"string": "GPU-2"}}}}],
        },
    }

    async def story() -> None:
        api = FakeApi(path="/apis/resource.k8s.io/v1beta1/resourceslices")
        api.put(published)
        async with api.server() as server:
            url = str(server.make_url("")).rstrip("/")
            source = PodSource(options, ApiServer(url, tmp_path / "token"), lambda: 0.0, interval=0.02)
            task = asyncio.create_task(source.run())
            await until(lambda: owner(source, "GPU-2") == "a")
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await task
            api.break_off()

    with FakeKubelet(options.socket, fake.lists(Pod("team", "a", (Container("main", claims=(claim,)),)))):
        asyncio.run(story())
