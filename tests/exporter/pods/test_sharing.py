"""Who used what: rows for each method, and the law that the parts add up to the device, to the last bit."""

import random
from math import fsum

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.pods.energy import QUANTUM, Energy
from exporter.pods.owners import Owner, PodName
from exporter.pods.sharing import OUTSIDE, REMAINDER, Party, Process, Use, split

A: PodName = ("team", "a")
B: PodName = ("team", "b")
OWN_A, OWN_B = Owner(*A, "main"), Owner(*B, "main")
WHOLE = Use(0.5, 1000.0, 100.0)


def process(pod: PodName | None, utilization: float | None, memory: float | None) -> Process:
    return Process(pod, Use(utilization, memory))


def found(owners: list[Owner], processes: list[Process] | None, whole: Use = WHOLE) -> list[dict[str, float]]:
    parts = split(whole, owners, processes)
    return [
        {f"{party.pod or '-'} {party.method}": value for party, value in quantity.items()}
        for quantity in (parts.utilization, parts.memory, parts.energy)
    ]


def test_a_device_of_one_pod_is_wholly_its() -> None:
    whole = [{"a exclusive": total, "- unattributed": 0.0} for total in (0.5, 1000.0, 100.0)]
    assert found([OWN_A], None) == whole
    assert found([OWN_A], []) == whole
    assert found([OWN_A], [process(A, 0.1, 10)]) == whole
    assert found([OWN_A], [process(A, 0.1, 10), process(None, 0.3, 10)]) == whole


@pytest.mark.parametrize(("other", "name"), [(B, "b processes"), (OUTSIDE, None)])
def test_somebody_else_on_it_ends_that(other: PodName, name: str | None) -> None:
    (utilization, memory, energy) = found([OWN_A], [process(A, 0.25, 600), process(other, 0.125, 100)])
    assert utilization.pop("- unattributed") == (0.125 if name else 0.25)
    assert memory.pop("- unattributed") == (300.0 if name else 400.0)
    assert energy.pop("- unattributed") == (62.5 if name else 75.0)
    assert utilization == {"a processes": 0.25} | ({name: 0.125} if name else {})
    assert memory == {"a processes": 600.0} | ({name: 100.0} if name else {})
    assert energy == {"a processes": 25.0} | ({name: 12.5} if name else {})


def test_a_shared_device_whose_processes_are_hidden_is_of_nobody_known() -> None:
    assert found([OWN_A, OWN_B], None) == [{"- unattributed": total} for total in (0.5, 1000.0, 100.0)]


def test_a_device_that_nobody_holds_is_of_nobody_known() -> None:
    assert found([], None) == [{"- unattributed": total} for total in (0.5, 1000.0, 100.0)]


def test_pods_without_a_process_used_nothing_when_every_process_has_its_pod() -> None:
    (utilization, _, _) = found([OWN_A, OWN_B], [process(A, 0.25, 600)])
    assert utilization == {"a processes": 0.25, "b processes": 0.0, "- unattributed": 0.25}
    (utilization, memory, _) = found([OWN_A, OWN_B], [])
    assert utilization == {"a processes": 0.0, "b processes": 0.0, "- unattributed": 0.5}
    assert memory["- unattributed"] == 1000.0


def test_and_are_not_known_when_one_has_not() -> None:
    (utilization, _, _) = found([OWN_A, OWN_B], [process(A, 0.25, 600), process(None, 0.125, 1)])
    assert utilization == {"a processes": 0.25, "- unattributed": 0.25}


def test_a_pod_of_whose_processes_one_is_silent_has_no_part() -> None:
    (utilization, memory, _) = found(
        [OWN_A, OWN_B], [process(A, 0.25, None), process(A, 0.125, 5), process(B, 0.125, 7)]
    )
    assert utilization == {"a processes": 0.375, "b processes": 0.125, "- unattributed": 0.0}
    assert memory == {"b processes": 7.0, "- unattributed": 993.0}


def test_samples_that_exceed_the_device_are_scaled_down_alike() -> None:
    (utilization, _, energy) = found([OWN_A, OWN_B], [process(A, 0.75, 0), process(B, 0.25, 0)])
    assert utilization == {"a processes": 0.375, "b processes": 0.125, "- unattributed": 0.0}
    assert energy == {"a processes": 37.5, "b processes": 12.5, "- unattributed": 50.0}


def test_energy_follows_the_time_in_which_kernels_ran_and_idle_energy_is_nobodys() -> None:
    (_, _, energy) = found([OWN_A, OWN_B], [process(A, 0.25, 0)], Use(0.25, 0.0, 80.0))
    assert energy == {"a processes": 20.0, "b processes": 0.0, "- unattributed": 60.0}


def test_what_the_device_does_not_tell_has_no_parts() -> None:
    assert found([OWN_A], None, Use(None, 10.0, None)) == [{}, {"a exclusive": 10.0, "- unattributed": 0.0}, {}]
    assert found([OWN_A], None, Use(float("nan"), -1.0, float("inf"))) == [{}, {}, {}]


def test_a_container_is_named_when_it_is_the_only_one() -> None:
    two = [Owner(*A, "main"), Owner(*A, "sidecar")]
    (party, _) = split(WHOLE, two, None).memory
    assert party == Party("team", "a", "", "exclusive")
    (party, _) = split(WHOLE, two[:1], None).memory
    assert party == Party("team", "a", "main", "exclusive")


pods = st.sampled_from([A, B, ("other", "c"), OUTSIDE, None])
amounts = st.none() | st.floats(-1, 1e15) | st.floats(0, 1)
totals = st.none() | st.floats(0, 1e15) | st.floats(0, 1) | st.integers(0, 2**40).map(float)
processes = st.none() | st.lists(st.builds(Process, pods, st.builds(Use, amounts, amounts)), max_size=6)
owners = st.lists(st.sampled_from([OWN_A, OWN_B, Owner(*A, "sidecar"), Owner(*B, "main", "1")]), max_size=4)
uses = st.builds(Use, totals, totals, totals)


@given(uses, owners, processes, st.randoms(use_true_random=False))
def test_the_parts_are_the_device_to_the_last_bit_in_any_order(
    whole: Use, held: list[Owner], seen: list[Process] | None, order: random.Random
) -> None:
    parts = split(whole, held, seen)
    for total, quantity in zip(
        (whole.utilization, whole.memory, whole.energy), (parts.utilization, parts.memory, parts.energy), strict=True
    ):
        values = list(quantity.values())
        order.shuffle(values)
        assert (total is None) == (quantity == {})
        assert min(values, default=0.0) >= 0
        assert sum(values) == (total or 0.0)
        assert total is None or list(quantity)[-1] == REMAINDER


@settings(max_examples=50)
@given(st.lists(st.tuples(uses, owners, processes), max_size=5))
def test_energy_counters_are_exact_and_lose_less_than_a_quantum(
    rounds: list[tuple[Use, list[Owner], list[Process] | None]],
) -> None:
    energy = Energy[str]()
    fed: list[float] = []
    before: dict[Party, float] = {}
    for whole, held, seen in rounds:
        total = min(whole.energy, 1e6) if whole.energy is not None else None
        energy.add("gpu", split(Use(whole.utilization, whole.memory, total), held, seen).energy)
        fed += [total or 0.0]
        after = energy.totals("gpu")
        assert all(after[party] >= value for party, value in before.items()), "counters only rise"
        assert sum(after.values()) == fsum(after.values()), "no addition rounds"
        assert 0 <= fsum(fed) - sum(after.values()) < QUANTUM
        before = after


def test_a_pod_that_is_no_more_leaves_with_its_joules() -> None:
    energy = Energy[str]()
    assert energy.totals("gpu") == {}
    energy.add("gpu", split(Use(0.5, None, 8.0), [OWN_A], None).energy)
    energy.add("gpu", split(Use(0.5, None, 4.0), [OWN_B], None).energy)
    energy.keep("gpu", {B})
    assert energy.totals("gpu") == {REMAINDER: 0.0, Party(*B, "main", "exclusive"): 4.0}
