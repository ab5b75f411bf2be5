from collections.abc import Iterable, Mapping

import pytest

from exporter.pods.devices import Entity
from exporter.pods.owners import Owner, Ownership, PodName
from exporter.pods.shares import GAP_SECONDS, KEEP_SECONDS, DeviceSample, PidUse, Shares

GPU = Entity("GPU-1")
LABELS = (("gpu", "0"), ("UUID", "GPU-1"))
A, B = Owner("team", "a", "main"), Owner("team", "b", "main")


def sample(joules: float | None, *processes: PidUse) -> DeviceSample:
    return DeviceSample(GPU, LABELS, 0.5, 1000.0, joules, processes or None)


def held(*owners: Owner) -> Ownership:
    return Ownership({GPU: owners})


def pods(pids: Iterable[int]) -> Mapping[int, PodName | None]:
    return {pid: {1: ("team", "a"), 2: ("team", "b")}.get(pid) for pid in pids}


def page(shares: Shares) -> dict[str, float]:
    found = {}
    for point in shares.points():
        assert point.labels[:2] == LABELS
        rest = ",".join(value for _, value in point.labels[2:])
        found[f"{point.metric.name.removeprefix('emberline_')} {rest}".strip()] = point.value
    return found


def test_an_exclusive_device() -> None:
    shares = Shares()
    shares.take([sample(100.0)], held(A), None, at=0)
    assert page(shares) == {
        "gpu_owners": 1,
        "pod_gpu_utilization_ratio main,team,a,exclusive": 0.5,
        "pod_gpu_utilization_ratio unattributed": 0.0,
        "pod_gpu_memory_bytes main,team,a,exclusive": 1000.0,
        "pod_gpu_memory_bytes unattributed": 0.0,
    }
    shares.take([sample(103.5)], held(A), None, at=1)
    assert page(shares)["pod_gpu_energy_joules_total main,team,a,exclusive"] == 3.5
    assert page(shares)["pod_gpu_energy_joules_total unattributed"] == 0


def test_a_shared_device_with_processes_and_one_without() -> None:
    shares = Shares()
    shares.take([sample(0.0)], held(A, B), pods, at=0)
    processes = (PidUse(1, 0.25, 600.0), PidUse(2, 0.125, 100.0), PidUse(3, 0.125, 50.0))
    shares.take([sample(8.0, *processes)], held(A, B), pods, at=1)
    found = page(shares)
    assert found["gpu_owners"] == 2
    assert found["pod_gpu_memory_bytes main,team,a,processes"] == 600
    assert found["pod_gpu_memory_bytes unattributed"] == 300
    assert found["pod_gpu_energy_joules_total main,team,a,processes"] == 2
    assert found["pod_gpu_energy_joules_total unattributed"] == 5
    shares.take([sample(9.0, *processes)], held(A, B), None, at=2)
    assert not [name for name in page(shares) if "memory_bytes main" in name], "nobody can tell processes apart"
    assert page(shares)["pod_gpu_memory_bytes unattributed"] == 1000


def test_a_counter_that_fell_began_anew_and_one_that_is_missing_adds_nothing() -> None:
    shares = Shares()
    for at, joules in enumerate((100.0, 104.0, None, 106.0, 1.0)):
        shares.take([sample(joules)], held(A), None, at=at)
    assert page(shares)["pod_gpu_energy_joules_total main,team,a,exclusive"] == 4 + 2 + 1


def test_a_pod_that_let_go_keeps_its_energy_for_a_while_and_nothing_else() -> None:
    shares = Shares()
    shares.take([sample(0.0)], held(A), None, at=0)
    shares.take([sample(4.0)], held(A), None, at=1)
    shares.take([sample(6.0)], held(B), None, at=2)
    found = page(shares)
    assert found["pod_gpu_energy_joules_total main,team,a,exclusive"] == 4
    assert found["pod_gpu_energy_joules_total main,team,b,exclusive"] == 2
    assert "pod_gpu_memory_bytes main,team,a,exclusive" not in found
    for at in range(3, 3 + int(KEEP_SECONDS), 99):
        assert "pod_gpu_energy_joules_total main,team,a,exclusive" in page(shares)
        shares.take([sample(6.0)], held(B), None, at=at)
    shares.take([sample(7.0)], held(B), None, at=2 + KEEP_SECONDS)
    assert "pod_gpu_energy_joules_total main,team,a,exclusive" not in page(shares)
    assert page(shares)["pod_gpu_energy_joules_total main,team,b,exclusive"] == 3


@pytest.mark.parametrize(("gap", "known"), [(GAP_SECONDS, 8.0), (GAP_SECONDS + 1, 0.0)])
def test_energy_of_a_long_silence_is_of_nobody_known(gap: float, known: float) -> None:
    shares = Shares()
    shares.take([sample(0.0)], held(A), None, at=0)
    shares.take([], held(A), None, at=1)
    shares.take([sample(8.0)], held(A), None, at=gap)
    found = page(shares)
    assert found.get("pod_gpu_energy_joules_total main,team,a,exclusive", 0.0) == known
    assert found["pod_gpu_energy_joules_total unattributed"] == 8 - known


def test_a_device_that_is_gone_has_no_points() -> None:
    shares = Shares()
    shares.take([sample(0.0)], held(A), None, at=0)
    shares.take([], held(A), None, at=1)
    assert page(shares) == {}
