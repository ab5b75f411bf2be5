"""What is remembered of the GPUs from reading to reading, and how old it may be on the page."""

import pytest

from exporter.nvml.latest import Latest
from exporter.nvml.page import Child, Node, families
from exporter.nvml.reading import Gpu, Identity, Reading, State

FIRST, SECOND = (Identity(f"GPU-{name}", f"00000000:{name}:00.0", "A10") for name in ("0A", "0B"))
TEMPERATURE = "DCGM_FI_DEV_GPU_TEMP"


def ok(index: int, identity: Identity, celsius: float = 50) -> Gpu:
    return Gpu(index, "ok", identity, {TEMPERATURE: celsius})


def bad(index: int, identity: Identity | None, state: State = "hung") -> Gpu:
    return Gpu(index, state, identity)


def fold(*readings: tuple[Gpu, ...] | str) -> Latest:
    """One reading per second; a text is an error."""
    latest = Latest()
    for at, gpus in enumerate(readings):
        reading = Reading("", (), gpus) if isinstance(gpus, str) else Reading("570", gpus)
        latest = latest.after(reading, float(at))
    return latest


CASES: dict[str, tuple[Latest, list[tuple[int, str, State, dict[str, float], float | None]]]] = {
    "a GPU that is well": (
        fold((ok(0, FIRST, 40),), (ok(0, FIRST, 41),)),
        [(0, "GPU-0A", "ok", {TEMPERATURE: 41}, 1)],
    ),
    "a hung GPU keeps its last values and their age": (
        fold((ok(0, FIRST),), (bad(0, FIRST),), (bad(0, FIRST),)),
        [(0, "GPU-0A", "hung", {TEMPERATURE: 50}, 0)],
    ),
    "a GPU that no longer says who it is, is the last one of its index": (
        fold((ok(0, FIRST), ok(1, SECOND)), (ok(0, FIRST), bad(1, None, "lost"))),
        [(0, "GPU-0A", "ok", {TEMPERATURE: 50}, 1), (1, "GPU-0B", "lost", {TEMPERATURE: 50}, 0)],
    ),
    "unless that one is elsewhere": (
        fold((ok(0, FIRST), ok(1, SECOND)), (ok(0, SECOND), bad(1, None, "lost"))),
        [
            (0, "GPU-0A", "lost", {TEMPERATURE: 50}, 0),
            (0, "GPU-0B", "ok", {TEMPERATURE: 50}, 1),
            (1, "#1", "lost", {}, None),
        ],
    ),
    "a GPU that the driver no longer lists is lost": (
        fold((ok(0, FIRST), ok(1, SECOND)), (ok(0, SECOND),)),
        [(0, "GPU-0A", "lost", {TEMPERATURE: 50}, 0), (0, "GPU-0B", "ok", {TEMPERATURE: 50}, 1)],
    ),
    "a GPU that comes back at another index is itself": (
        fold((ok(0, FIRST), ok(1, SECOND)), (ok(0, FIRST),), (ok(0, FIRST), ok(2, SECOND, 9))),
        [(0, "GPU-0A", "ok", {TEMPERATURE: 50}, 2), (2, "GPU-0B", "ok", {TEMPERATURE: 9}, 2)],
    ),
    "one that was never known and is gone is forgotten": (
        fold((bad(0, None), ok(1, SECOND)), (ok(0, SECOND),)),
        [(0, "GPU-0B", "ok", {TEMPERATURE: 50}, 1)],
    ),
    "an error changes nothing that is known": (
        fold((ok(0, FIRST),), "Driver Not Loaded"),
        [(0, "GPU-0A", "ok", {TEMPERATURE: 50}, 0)],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_gpus_are_remembered_by_uuid(case: str) -> None:
    latest, expected = CASES[case]
    assert [(seen.index, seen.key, seen.state, seen.values, seen.at) for seen in latest.gpus] == expected


@pytest.mark.parametrize(("at", "present"), [(4.0, True), (7.0, True), (7.001, False), (60.0, False)])
def test_values_vanish_when_they_are_older_than_three_intervals(at: float, *, present: bool) -> None:
    latest = Latest().after(Reading("570", (ok(0, FIRST),)), 4.0)
    page = families(Node("node-1", simulated=False), Child(up=True, restarts=0, abandoned=0), latest, at, keep=3.0)
    found = {family.name: family.samples[0].value for family in page}
    assert (TEMPERATURE in found) == present
    assert found["emberline_gpu_reading_age_seconds"] == found["emberline_nvml_reading_age_seconds"] == at - 4


def test_what_the_driver_never_told_is_no_label() -> None:
    latest = fold((bad(3, None, "failed"),))
    page = families(Node("node-1", simulated=True), Child(up=True, restarts=2, abandoned=1), latest, 1.0, keep=3.0)
    assert {family.name: [(sample.labels, sample.value) for sample in family.samples] for family in page} == {
        "emberline_gpu_up": [
            (
                (
                    ("gpu", "3"),
                    ("device", "nvidia3"),
                    ("Hostname", "node-1"),
                    ("DCGM_FI_DRIVER_VERSION", "570"),
                    ("simulated", "true"),
                ),
                0,
            )
        ],
        "emberline_nvml_up": [((("simulated", "true"),), 1)],
        "emberline_nvml_reading_age_seconds": [((("simulated", "true"),), 1)],
        "emberline_nvml_child_restarts_total": [((("simulated", "true"),), 2)],
        "emberline_nvml_children_abandoned": [((("simulated", "true"),), 1)],
    }


def test_before_the_first_reading_the_page_says_that_nvml_is_down() -> None:
    page = families(Node("node-1", simulated=False), Child(up=False, restarts=0, abandoned=0), Latest(), 9.0, keep=3.0)
    assert {family.name: family.samples[0].value for family in page} == {
        "emberline_nvml_up": 0,
        "emberline_nvml_child_restarts_total": 0,
        "emberline_nvml_children_abandoned": 0,
    }
