"""Eight simulated GPUs: believable, changing, reproducible, and physically consistent."""

from itertools import pairwise
from math import isfinite

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.nvml.quantities import QUANTITIES
from exporter.nvml.reading import Gpu
from exporter.nvml.simulation import GPUS, HOT, THROTTLED, gpu, read

NOON = 1_700_000_000.0
FIVE_MINUTES = [NOON + 5 * step for step in range(61)]

STEADY = {
    "encoder_percent",
    "memory_reserved_bytes",
    "pcie_replays",
    "remapped_uncorrectable_rows",
    "remapped_correctable_rows",
    "remap_failed",
    "enforced_limit_milliwatts",
    "memory_total_bytes",
    "recovery_action",
    "ecc_dbe_volatile",
    "ecc_dbe_aggregate",
}
"""What does not change on a healthy GPU either."""

G1_TO_G5 = ("gpu_percent", "memory_used_bytes", "gpu_celsius", "power_milliwatts", "sm_clock_mhz")
NAMES = [name for family in gpu(0, NOON).groups.values() for name in family]


def _all(one: Gpu) -> dict[str, float]:
    return {name: value for family in one.groups.values() for name, value in family.items()}


def values(index: int, at: float, seed: int = 0) -> dict[str, float]:
    return _all(gpu(index, at, seed))


moments = st.floats(0, 4e9)
indices = st.integers(0, GPUS - 1)


@pytest.mark.parametrize("name", NAMES)
def test_every_quantity_changes_within_five_minutes_on_some_gpu_unless_it_is_steady(name: str) -> None:
    changing = [index for index in range(GPUS) if len({values(index, at)[name] for at in FIVE_MINUTES}) > 1]
    assert bool(changing) == (name not in STEADY)


@pytest.mark.parametrize(
    "name", ["gpu_percent", "memory_used_bytes", "gpu_celsius", "power_milliwatts", "sm_clock_mhz"]
)
def test_g1_to_g5_change_within_any_five_minutes_on_every_gpu(name: str) -> None:
    for start in (NOON, NOON + 6 * 3600, NOON + 86_400):
        for index in range(GPUS):
            found = {values(index, start + 10 * step)[name] for step in range(31)}
            assert len(found) > 5, (index, start)


@given(moments, indices, st.integers(0, 9))
def test_values_are_finite_believable_and_a_function_of_their_arguments(at: float, index: int, seed: int) -> None:
    found = values(index, at, seed)
    assert list(found) == list(values(index, at, seed)) == NAMES
    assert found == values(index, at, seed)
    for name, value in found.items():
        assert isfinite(value)
        assert QUANTITIES[name].holds(value)
    assert found["power_milliwatts"] <= found["enforced_limit_milliwatts"]


@given(moments, indices)
def test_energy_is_the_integral_of_power(at: float, index: int) -> None:
    steps = [values(index, at + second) for second in range(61)]
    watts = [step["power_milliwatts"] / 1000 for step in steps]
    joules = [step["energy_millijoules"] / 1000 for step in steps]
    assert all(later > earlier for earlier, later in pairwise(joules))
    trapezoids = sum((a + b) / 2 for a, b in pairwise(watts))
    assert joules[-1] - joules[0] == pytest.approx(trapezoids, rel=1e-3)


def test_load_is_smooth() -> None:
    for index in range(GPUS):
        loads = [values(index, NOON + second)["gpu_percent"] for second in range(600)]
        assert max(abs(a - b) for a, b in pairwise(loads)) <= 3


@given(moments, st.integers(0, 9))
def test_all_together_keep_the_objective_of_row_a5(at: float, seed: int) -> None:
    used = [values(index, at, seed)["gpu_percent"] for index in range(GPUS)]
    assert sum(used) / GPUS > 60


def test_one_gpu_is_hot_and_one_is_throttled() -> None:
    def highest(name: str) -> int:
        return max(range(GPUS), key=lambda index: max(values(index, at)[name] for at in FIVE_MINUTES))

    assert highest("gpu_celsius") == HOT
    capped = {
        index: {bool(int(values(index, at)["clocks_event_reasons"]) & 4) for at in FIVE_MINUTES}
        for index in range(GPUS)
    }
    assert capped == {index: {True, False} if index == THROTTLED else {False} for index in range(GPUS)}
    clocks = [values(THROTTLED, at) for at in FIVE_MINUTES]
    slow = min(clocks, key=lambda found: found["sm_clock_mhz"])
    assert slow["sm_clock_mhz"] < 1400
    assert int(slow["clocks_event_reasons"]) == 4


def test_gpus_differ_and_so_do_seeds() -> None:
    node = read(NOON)
    assert len({gpu.identity.uuid for gpu in node.gpus if gpu.identity}) == GPUS
    assert len({_all(gpu)["power_milliwatts"] for gpu in node.gpus}) == GPUS
    assert values(0, NOON, seed=1) != values(0, NOON, seed=2)
    assert gpu(0, NOON, seed=1).identity != gpu(0, NOON, seed=2).identity


def test_what_is_counted_between_two_readings_is_the_integral_of_the_load() -> None:
    halves = [
        read(NOON + end, before=NOON + begin).gpus[0].counts["busy_seconds"] for begin, end in ((0, 30), (30, 60))
    ]
    assert sum(halves) == pytest.approx(read(NOON + 60, before=NOON).gpus[0].counts["busy_seconds"])
    assert 0.35 * 60 < sum(halves) < 60
    assert read(NOON).gpus[0].counts == {}, "nobody knows what was counted before the first"


@given(moments, indices)
def test_a_peak_is_no_less_than_the_average(at: float, index: int) -> None:
    found = values(index, at)
    assert found["gpu_average_percent"] <= found["gpu_max_percent"] + 0.5
    assert found["gpu_p95_percent"] <= found["gpu_max_percent"]
