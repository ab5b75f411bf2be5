"""What is remembered of the GPUs from reading to reading, and how old it may be on the page."""

import pytest

from exporter.nvml.latest import Latest
from exporter.nvml.reading import Gpu, Identity, Instance, Reading, State

FIRST, SECOND = (Identity(f"GPU-{name}", f"00000000:{name}:00.0", "A10") for name in ("0A", "0B"))
FAMILY, QUANTITY = "temperature", "gpu_celsius"


def ok(index: int, identity: Identity, celsius: float = 50) -> Gpu:
    return Gpu(index, "ok", identity, {FAMILY: {QUANTITY: celsius}})


def bad(index: int, identity: Identity | None, state: State = "wedged") -> Gpu:
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
        [(0, "GPU-0A", "ok", {QUANTITY: 41}, 1)],
    ),
    "a wedged GPU keeps its last values and their age": (
        fold((ok(0, FIRST),), (bad(0, FIRST),), (bad(0, FIRST),)),
        [(0, "GPU-0A", "wedged", {QUANTITY: 50}, 0)],
    ),
    "a GPU that no longer says who it is, is the last one of its index": (
        fold((ok(0, FIRST), ok(1, SECOND)), (ok(0, FIRST), bad(1, None, "lost"))),
        [(0, "GPU-0A", "ok", {QUANTITY: 50}, 1), (1, "GPU-0B", "lost", {QUANTITY: 50}, 0)],
    ),
    "unless that one is elsewhere": (
        fold((ok(0, FIRST), ok(1, SECOND)), (ok(0, SECOND), bad(1, None, "lost"))),
        [
            (0, "GPU-0A", "lost", {QUANTITY: 50}, 0),
            (0, "GPU-0B", "ok", {QUANTITY: 50}, 1),
            (1, "#1", "lost", {}, None),
        ],
    ),
    "a GPU that the driver no longer lists is lost": (
        fold((ok(0, FIRST), ok(1, SECOND)), (ok(0, SECOND),)),
        [(0, "GPU-0A", "lost", {QUANTITY: 50}, 0), (0, "GPU-0B", "ok", {QUANTITY: 50}, 1)],
    ),
    "a GPU that comes back at another index is itself": (
        fold((ok(0, FIRST), ok(1, SECOND)), (ok(0, FIRST),), (ok(0, FIRST), ok(2, SECOND, 9))),
        [(0, "GPU-0A", "ok", {QUANTITY: 50}, 2), (2, "GPU-0B", "ok", {QUANTITY: 9}, 2)],
    ),
    "one that was never known and is gone is forgotten": (
        fold((bad(0, None), ok(1, SECOND)), (ok(0, SECOND),)),
        [(0, "GPU-0B", "ok", {QUANTITY: 50}, 1)],
    ),
    "an error changes nothing that is known": (
        fold((ok(0, FIRST),), "Driver Not Loaded"),
        [(0, "GPU-0A", "ok", {QUANTITY: 50}, 0)],
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_gpus_are_remembered_by_uuid(case: str) -> None:
    latest, expected = CASES[case]
    found = [
        (seen.index, seen.key, seen.state, seen.values(seen.at or 0, lambda _: 0), seen.at) for seen in latest.gpus
    ]
    assert found == expected


@pytest.mark.parametrize(("at", "present"), [(4.0, True), (7.0, True), (7.001, False), (60.0, False)])
def test_values_are_given_until_they_are_too_old_for_their_family(at: float, *, present: bool) -> None:
    (seen,) = Latest().after(Reading("570", (ok(0, FIRST),)), 4.0).gpus
    assert (QUANTITY in seen.values(at, lambda family: 3.0 if family == FAMILY else 100.0)) == present


def test_a_family_that_was_not_asked_this_time_keeps_its_values_and_their_age() -> None:
    latest = fold((ok(0, FIRST, 40),), (Gpu(0, "slow", FIRST, {"memory": {"memory_used_bytes": 1.0}}),))
    (seen,) = latest.gpus
    assert seen.values(1.0, lambda _: 1.0) == {QUANTITY: 40, "memory_used_bytes": 1}
    assert seen.values(1.5, lambda _: 1.0) == {"memory_used_bytes": 1}
    assert (seen.up, seen.at, seen.since) == (True, 1, 1)


def test_what_is_counted_adds_up_and_survives_a_gpu_that_is_away() -> None:
    counted = Gpu(0, "ok", FIRST, counts={"busy_seconds": 0.5}, spent={"memory": 0.25})
    latest = fold((counted,), (bad(0, FIRST, "lost"),), (counted,))
    assert latest.gpus[0].counts == {"busy_seconds": 1.0}
    assert latest.spent == {"memory": 0.5}


def test_instances_and_gaps_stay_until_they_are_told_anew() -> None:
    instance = Instance("MIG-1", 1, 0, "1g.10gb", {"memory_used_bytes": 5.0})
    first = Gpu(0, "ok", FIRST, instances=(instance,), gaps={"fan_percent": "Not Supported"})
    (seen,) = fold((first,), (ok(0, FIRST),)).gpus
    assert (seen.instances.listed, seen.instances.at, seen.gaps) == ((instance,), 0, {"fan_percent": "Not Supported"})
    (seen,) = fold((first,), (Gpu(0, "ok", FIRST, instances=(), gaps={}),)).gpus
    assert (seen.instances.listed, seen.instances.at, seen.gaps) == ((), 1, {})


def test_a_state_is_as_old_as_its_beginning() -> None:
    latest = fold((ok(0, FIRST),), (bad(0, FIRST),), (bad(0, FIRST),), (ok(0, FIRST),))
    assert latest.gpus[0].since == 3
    assert fold((ok(0, FIRST),), (bad(0, FIRST),), (bad(0, FIRST),)).gpus[0].since == 1
