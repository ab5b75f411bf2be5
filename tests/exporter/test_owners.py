"""From pods that a kubelet lists to labels of GPUs and shares of their use, in the running process."""

import sys
from collections.abc import Sequence
from pathlib import Path

import pytest

from exporter import gpu_metrics
from exporter.dcgm.device import Device, Node
from exporter.dcgm.style import Style
from exporter.nvml.latest import Instances, Seen
from exporter.nvml.reading import Identity, Instance
from exporter.owners import Owners
from exporter.pods.resources import Pod
from native.exposition import Labels
from tests.exporter.pods import kubelet as fake
from tests.exporter.pods.kubelet import FakeKubelet, holding
from tests.exporter.pods.settled import settled
from tests.exporter.running import Exporter, exporter
from tests.servers import CLIENT, until

COMMAND = (sys.executable, "-c", "from emberline.cli.app import main; main()", "exporter")
STARTED = {"module": (sys.executable, "-m", "exporter"), "command": COMMAND}
PARTS = {
    "emberline_pod_gpu_utilization_ratio": "emberline_gpu_utilization_ratio",
    "emberline_pod_gpu_memory_bytes": "emberline_gpu_memory_used_bytes",
}


def owners_of(found: Exporter, gpu: str) -> list[tuple[str, str]]:
    """Pod and replica on each copy of a compatible series."""
    series = (dict(labels) for name, labels in found.page() if name == "DCGM_FI_DEV_GPU_TEMP")
    return sorted((it.get("pod", ""), it.get("vgpu", "")) for it in series if it["gpu"] == gpu)


def add_up(page: dict[tuple[str, tuple[tuple[str, str], ...]], float], part: str, whole: str, gpu: str) -> bool:
    """Whether the parts of a GPU's use are the whole."""
    of_gpu = {(name, labels): value for (name, labels), value in page.items() if ("gpu", gpu) in labels}
    parts = [value for (name, _), value in of_gpu.items() if name == part]
    (device,) = (value for (name, _), value in of_gpu.items() if name == whole)
    return bool(parts) and sum(parts) == device


@pytest.mark.parametrize("program", STARTED)
def test_the_page_says_which_pods_hold_a_gpu_and_what_they_used(tmp_path: Path, program: str) -> None:
    socket = tmp_path / "kubelet.sock"
    pods = (holding("a", "nvidia0"), holding("b", "nvidia1/vgpu0"), holding("c", "nvidia1/vgpu1"))
    options = ("--simulate", "--interval", "300ms", "-k", f"--pod-resources-kubelet-socket={socket}")
    started: Sequence[str] = STARTED[program]
    with FakeKubelet(socket, fake.lists(*pods)), exporter(tmp_path, *options, program=started) as found:
        until(lambda: CLIENT.get(f"{found.url}/-/ready").status_code == 200)
        until(lambda: owners_of(found, "0") == [("a", "")], what="the owner of GPU 0")
        assert (owners_of(found, "1"), owners_of(found, "2")) == ([("", "")], [("", "")])
        until(lambda: found.value("emberline_gpu_owners", gpu="1") == 2)
        energy = {"gpu": "0", "pod": "a", "namespace": "team", "container": "main", "method": "exclusive"}
        until(lambda: (found.value("emberline_pod_gpu_energy_joules_total", **energy) or 0) > 0)
        page = found.page()
        assert [
            (part, gpu) for part, whole in PARTS.items() for gpu in "012" if not add_up(page, part, whole, gpu)
        ] == []
        assert found.value("emberline_pod_gpu_memory_bytes", gpu="1", method="unattributed", simulated="true")
        assert "cygrpc" in Path(f"/proc/{found.process.pid}/maps").read_text()


def test_virtual_gpus_are_a_copy_for_each_owner(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    socket = tmp_path / "kubelet.sock"
    monkeypatch.setenv("DCGM_EXPORTER_KUBERNETES", "true")
    monkeypatch.setenv("KUBERNETES_VIRTUAL_GPUS", "true")
    monkeypatch.setenv("DCGM_POD_RESOURCES_KUBELET_SOCKET", str(socket))
    pods = (holding("b", "nvidia1/vgpu0"), holding("c", "nvidia1/vgpu1"))
    with FakeKubelet(socket, fake.lists(*pods)), exporter(tmp_path, "--simulate") as found:
        until(lambda: owners_of(found, "1") == [("b", "0"), ("c", "1")], what="two copies")
        assert sum(name == "emberline_gpu_utilization_ratio" for name, _ in found.page()) == 8


def test_readiness_waits_for_the_kubelet_and_without_one_the_gpus_are_shown(tmp_path: Path) -> None:
    with exporter(tmp_path, "--simulate", "-k", "--pod-resources-kubelet-socket", str(tmp_path / "none")) as found:
        until(lambda: CLIENT.get(f"{found.url}/-/ready").status_code == 200)
        assert found.value("emberline_kubelet_requests_total", outcome="no_socket") == 1
        assert owners_of(found, "0") == [("", "")]


GPU = Seen(
    0,
    Identity("GPU-1", "00000000:17:00.0", "H100", 4),
    "ok",
    "",
    1.0,
    0.0,
    instances=Instances((Instance("MIG-7", 7, 0, "1g.10gb"), Instance("MIG-8", 8, 0, "1g.10gb")), 1.0),
)
WHOLE = Device(0, 4, "GPU-1", "00000000:17:00.0", "H100", values={"energy_millijoules": 7000.0})
SLICES = [
    Device(
        *(0, 4, "GPU-1", "00000000:17:00.0", "H100"),
        values={"memory_used_bytes": 5.0 * gi},
        instance=("1g.10gb", gi),
        mig_uuid=f"MIG-{gi}",
    )
    for gi in (7, 8)
]


def labelled(device: Device) -> tuple[Device, Labels]:
    return device, gpu_metrics.labels(Node("n"), device, Style())


def taken(folder: Path, *pods: Pod) -> Owners:
    """Owners that took a reading of one divided GPU at 100 s."""
    owners = Owners(settled(folder, *pods), interval=1.0)
    owners.take([(GPU, [labelled(device) for device in (WHOLE, *SLICES)])], 100.0)
    return owners


@pytest.mark.parametrize("name", ["MIG-7", "nvidia4/gi7", "MIG-GPU-1/7/0"])
def test_a_mig_instance_has_its_own_owner_however_it_is_named(tmp_path: Path, name: str) -> None:
    owners = taken(tmp_path, holding("a", name))
    pods = [[dict(copy).get("pod", "") for copy in owners.copies(device)] for device in (WHOLE, *SLICES)]
    assert pods == [[""], ["a"], [""]]
    held = {point.labels: point.value for point in owners.points(100.0) if point.metric.name == "emberline_gpu_owners"}
    assert [held[labels] for _, labels in map(labelled, (WHOLE, *SLICES))] == [0, 1, 0]


@pytest.mark.parametrize(("later", "there"), [(3.0, True), (3.1, False)])
def test_shares_are_shown_as_long_as_readings_come(tmp_path: Path, later: float, *, there: bool) -> None:
    owners = taken(tmp_path, holding("a", "MIG-7"))
    names = {point.metric.name for point in owners.points(100.0 + later)}
    assert ("emberline_pod_gpu_memory_bytes" in names) is there
    assert "emberline_kubelet_requests_total" in names
