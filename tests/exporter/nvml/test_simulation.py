"""Eight simulated GPUs: believable, changing, reproducible, and physically consistent."""

from itertools import pairwise
from math import isfinite

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.nvml.metrics import METRICS
from exporter.nvml.simulation import GPUS, HOT, THROTTLED, gpu, read

NOON = 1_700_000_000.0
FIVE_MINUTES = [NOON + 5 * step for step in range(61)]

STEADY = {
    "DCGM_FI_DEV_ENC_UTIL",
    "DCGM_FI_DEV_FB_RESERVED",
    "DCGM_FI_DEV_PCIE_REPLAY_COUNTER",
    "DCGM_FI_DEV_UNCORRECTABLE_REMAPPED_ROWS",
    "DCGM_FI_DEV_CORRECTABLE_REMAPPED_ROWS",
    "DCGM_FI_DEV_ROW_REMAP_FAILURE",
    "emberline_gpu_power_limit_watts",
}
"""What does not change on a healthy GPU either."""

moments = st.floats(0, 4e9)
indices = st.integers(0, GPUS - 1)


@pytest.mark.parametrize("metric", METRICS, ids=lambda metric: metric.name)
def test_every_metric_changes_within_five_minutes_on_some_gpu_unless_it_is_steady(metric: object) -> None:
    name = getattr(metric, "name", "")
    changing = [index for index in range(GPUS) if len({gpu(index, at).values[name] for at in FIVE_MINUTES}) > 1]
    assert bool(changing) == (name not in STEADY)


@pytest.mark.parametrize("name", ["GPU_UTIL", "FB_USED", "GPU_TEMP", "POWER_USAGE", "SM_CLOCK"])
def test_g1_to_g5_change_within_any_five_minutes_on_every_gpu(name: str) -> None:
    for start in (NOON, NOON + 6 * 3600, NOON + 86_400):
        for index in range(GPUS):
            values = {gpu(index, start + 10 * step).values[f"DCGM_FI_DEV_{name}"] for step in range(31)}
            assert len(values) > 5, (index, start)


@given(moments, indices, st.integers(0, 9))
def test_values_are_finite_believable_and_a_function_of_their_arguments(at: float, index: int, seed: int) -> None:
    values = gpu(index, at, seed).values
    assert list(values) == list(gpu(index, at, seed).values)
    assert values == gpu(index, at, seed).values
    for metric in METRICS:
        assert isfinite(values[metric.name])
        assert metric.least <= values[metric.name] <= metric.most
    assert values["DCGM_FI_DEV_POWER_USAGE"] <= values["emberline_gpu_power_limit_watts"]


@given(moments, indices)
def test_energy_is_the_integral_of_power(at: float, index: int) -> None:
    steps = [gpu(index, at + second).values for second in range(61)]
    watts = [values["DCGM_FI_DEV_POWER_USAGE"] for values in steps]
    joules = [values["DCGM_FI_DEV_TOTAL_ENERGY_CONSUMPTION"] / 1000 for values in steps]
    assert all(later > earlier for earlier, later in pairwise(joules))
    trapezoids = sum((a + b) / 2 for a, b in pairwise(watts))
    assert joules[-1] - joules[0] == pytest.approx(trapezoids, rel=1e-3)


def test_load_is_smooth() -> None:
    for index in range(GPUS):
        loads = [gpu(index, NOON + second).values["DCGM_FI_DEV_GPU_UTIL"] for second in range(600)]
        assert max(abs(a - b) for a, b in pairwise(loads)) <= 3


@given(moments, st.integers(0, 9))
def test_all_together_keep_the_objective_of_row_a5(at: float, seed: int) -> None:
    used = [gpu(index, at, seed).values["DCGM_FI_DEV_GPU_UTIL"] for index in range(GPUS)]
    assert sum(used) / GPUS > 60


def test_one_gpu_is_hot_and_one_is_throttled() -> None:
    def highest(name: str) -> int:
        return max(range(GPUS), key=lambda index: max(gpu(index, at).values[name] for at in FIVE_MINUTES))

    assert highest("DCGM_FI_DEV_GPU_TEMP") == HOT
    capped = {
        index: {bool(int(gpu(index, at).values["emberline_gpu_clocks_event_reasons"]) & 4) for at in FIVE_MINUTES}
        for index in range(GPUS)
    }
    assert capped == {index: {True, False} if index == THROTTLED else {False} for index in range(GPUS)}
    clocks = [gpu(THROTTLED, at).values for at in FIVE_MINUTES]
    slow = min(clocks, key=lambda values: values["DCGM_FI_DEV_SM_CLOCK"])
    assert slow["DCGM_FI_DEV_SM_CLOCK"] < 1400
    assert int(slow["emberline_gpu_clocks_event_reasons"]) == 4


def test_gpus_differ_and_so_do_seeds() -> None:
    node = read(NOON)
    assert len({gpu.identity for gpu in node.gpus}) == GPUS
    assert len({gpu.values["DCGM_FI_DEV_POWER_USAGE"] for gpu in node.gpus}) == GPUS
    assert gpu(0, NOON, seed=1).values != gpu(0, NOON, seed=2).values
    assert gpu(0, NOON, seed=1).identity != gpu(0, NOON, seed=2).identity
