"""From a kubelet that lists pods to a page that promtool accepts."""

import subprocess
import time
from pathlib import Path

from exporter.metric import gather
from exporter.pods.devices import Device, Entity
from exporter.pods.labels import PodDetails, Shown
from exporter.pods.shares import DeviceSample, PidUse, Shares
from native.exposition import Family, Sample, encode
from tests.exporter.pods.kubelet import holding
from tests.exporter.pods.settled import settled

GPUS = (Device("GPU-1", 0, 0), Device("GPU-2", 1, 1))


def checked(page: bytes, promtool: Path) -> None:
    said = subprocess.run([promtool, "check", "metrics"], input=page, capture_output=True, check=False)
    assert (said.returncode, said.stdout + said.stderr) == (0, b""), page.decode()


def test_a_shared_and_an_exclusive_gpu_on_one_page(tmp_path: Path, promtool: Path) -> None:
    source = settled(tmp_path, holding("a", "GPU-1::0"), holding("b", "GPU-1::1"), holding("c", "nvidia1"))
    owners = source.owners(GPUS)
    shares = Shares()
    names = {1: ("team", "a"), 2: ("team", "b")}
    for at in range(2):
        samples = [
            DeviceSample(
                Entity(gpu.uuid),
                (("gpu", str(gpu.index)), ("UUID", gpu.uuid)),
                utilization=0.75,
                memory=2e10,
                joules=300.0 * at,
                processes=(PidUse(1, 0.5, 1e10), PidUse(2, 0.125, 5e9)) if gpu.index == 0 else (),
            )
            for gpu in GPUS
        ]
        shares.take(samples, owners, lambda pids: {pid: names[pid] for pid in pids}, at)
    page = encode(gather([*shares.points(), *source.points(time.monotonic())]))
    checked(page, promtool)
    lines = set(page.decode().splitlines())
    first, second = 'gpu="0",UUID="GPU-1"', 'gpu="1",UUID="GPU-2"'
    of_a = 'container="main",namespace="team",pod="a",method="processes"'
    of_c = 'container="main",namespace="team",pod="c",method="exclusive"'
    assert {
        f"emberline_gpu_owners{{{first}}} 2",
        f"emberline_gpu_owners{{{second}}} 1",
        f"emberline_pod_gpu_energy_joules_total{{{first},{of_a}}} 150",
        f'emberline_pod_gpu_energy_joules_total{{{first},method="unattributed"}} 112.5',
        f"emberline_pod_gpu_energy_joules_total{{{second},{of_c}}} 300",
        f'emberline_pod_gpu_memory_bytes{{{first},method="unattributed"}} 5e+09',
        'emberline_kubelet_requests_total{outcome="ok"} 1',
        "emberline_pods_unknown_devices 0",
    } <= lines


def test_labels_that_would_break_a_page_do_not(tmp_path: Path, promtool: Path) -> None:
    (owner,) = settled(tmp_path, holding('q"\\\n', "GPU-1")).owners(GPUS).of(Entity("GPU-1"))
    hostile = {
        "gpu": "x",
        "device": "y",
        "Hostname": "z",
        "a.b": "1",
        "a_b": "2",
        "0": "3",
        "": "4",
        "é": '"\\\n\ud800',
    }
    labels = Shown(pod_labels=True).labels(owner, PodDetails("u", hostile))
    sample = Sample("DCGM_FI_DEV_GPU_TEMP", (("gpu", "0"), ("device", "nvidia0"), ("Hostname", "h"), *labels), 40.0)
    checked(encode([Family(sample.name, "gauge", "GPU temperature (in C).", (sample,))]), promtool)
