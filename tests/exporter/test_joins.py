"""What GPUs and servers tell together: a table of situations, and laws that hold in all of them."""

from dataclasses import replace
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.joins import BUSY, Gpu, Look, Server, increase, joined

POD = ("ai-hub", "llm-0")
GPU = Gpu(("GPU-1",), frozenset({POD}), joules=0.0, load=0.5, memory=0.8)
SERVER = Server("llm", POD, prompt=0.0, generation=0.0, finished=0.0, running=1.0, waiting=0.0, cache=0.4)
QUIET: dict[str, Any] = {"running": 0.0, "tokens": 0.0, "requests": 0.0}
Shown = dict[str, float]


def looks(
    *,
    turns: int = 13,
    gpu: Gpu = GPU,
    server: Server = SERVER,
    watts: float | None = 100.0,
    tokens: float = 50.0,
    requests: float = 0.5,
    **queue: Any,  # noqa: ANN401 - fields of a Server
) -> list[Look]:
    """One server on one GPU, looked at every 5 s; watts, tokens and requests are per second."""
    made = []
    for turn in range(turns):
        at = 5.0 * turn
        then = replace(server, generation=tokens * at, prompt=2 * tokens * at, finished=requests * at, **queue)
        made.append(Look(at, (replace(gpu, joules=None if watts is None else watts * at),), (then,)))
    return made


def shown(situation: list[Look]) -> Shown:
    """The points by what is behind `emberline_`, type and mark."""
    points = ((point, dict(point.labels)) for point in joined(situation))
    return {
        " ".join(
            (point.metric.name.removeprefix("emberline_"), *(labels[it] for it in ("type", "shared") if it in labels))
        ): point.value
        for point, labels in points
    }


WORKING = {
    "tokens_per_joule prompt": 1.0,
    "tokens_per_joule generation": 0.5,
    "energy_joules_per_request": 200.0,
    "gpu_busy_without_requests": 0.0,
    "gpu_idle_with_queue": 0.0,
    "kv_cache_memory_ratio": 0.5,
}


def without(*names: str) -> Shown:
    return {name: value for name, value in WORKING.items() if not name.startswith(names)}


def test_a_server_that_works_on_a_gpu_of_its_own() -> None:
    assert shown(looks()) == WORKING


@pytest.mark.parametrize(
    ("situation", "busy", "idle"),
    [
        (looks(**QUIET), 1, 0),
        (looks(**QUIET, gpu=replace(GPU, load=BUSY)), 1, 0),
        (looks(**QUIET, gpu=replace(GPU, load=0.99 * BUSY)), 0, 0),
        (looks(**QUIET | {"running": 1.0}), 0, 0),
        (looks(**QUIET | {"tokens": 1.0}), 0, 0),
        (looks(waiting=3.0, gpu=replace(GPU, load=0.0)), 0, 1),
        (looks(**QUIET, waiting=3.0, gpu=replace(GPU, load=0.0)), 0, 1),
        (looks(waiting=3.0, gpu=replace(GPU, load=BUSY)), 0, 0),
        (looks(waiting=0.0, gpu=replace(GPU, load=0.0)), 0, 0),
        ([*looks(), *(replace(it, at=it.at + 65) for it in looks(**QUIET))], 1, 0),
        ([*looks(turns=8), *(replace(it, at=it.at + 40) for it in looks(**QUIET, turns=5))], None, None),
    ],
)
def test_work_for_nobody_and_queues_before_idle_gpus(situation: list[Look], busy: int | None, idle: int | None) -> None:
    found = shown(situation)
    assert (found.get("gpu_busy_without_requests"), found.get("gpu_idle_with_queue")) == (busy, idle)


@pytest.mark.parametrize(
    ("situation", "expected"),
    [
        ([], {}),
        (looks(gpu=replace(GPU, owners=frozenset())), {}),
        (looks(server=replace(SERVER, pod=None)), {}),
        (looks(turns=4), {"kv_cache_memory_ratio": 0.5}),
        (looks(watts=None), without("tokens", "energy")),
        (looks(watts=0.0), without("tokens", "energy")),
        (looks(requests=0.0), without("energy")),
        (looks(running=None), without("gpu")),
        (looks(gpu=replace(GPU, load=None)), without("gpu")),
        (looks(cache=None), without("kv")),
        (looks(gpu=replace(GPU, memory=None)), without("kv")),
    ],
)
def test_what_would_be_a_guess_is_absent(situation: list[Look], expected: Shown) -> None:
    assert shown(situation) == expected


def test_a_server_that_moved_to_another_gpu_begins_anew() -> None:
    moved = [replace(it, at=it.at + 40) for it in looks(turns=4, gpu=replace(GPU, uuids=("GPU-2",)))]
    assert shown([*looks(turns=8), *moved]) == {"kv_cache_memory_ratio": 0.5}


def marked(situation: list[Look]) -> bool:
    (mark,) = {"shared" in dict(point.labels) for point in joined(situation)}
    return mark


def test_gpus_of_several_pods_or_servers_are_marked() -> None:
    other = replace(SERVER, target="other")
    assert not marked(looks())
    assert marked(looks(gpu=replace(GPU, owners=frozenset({POD, ("x", "y")}))))
    assert marked([replace(it, servers=(*it.servers, other)) for it in looks()])
    assert not marked([replace(it, servers=(*it.servers, replace(other, pod=None))) for it in looks()])


def test_gpus_that_were_written_down_outdo_the_pod() -> None:
    written = replace(SERVER, gpus=("GPU-1",))
    assert shown(looks(server=replace(written, pod=None), gpu=replace(GPU, owners=frozenset()))) == WORKING
    assert shown(looks(server=replace(written, gpus=("GPU-2",)))) == {}


COUNTS = st.lists(st.none() | st.integers(0, 9).map(float), max_size=5)


@given(COUNTS)
def test_an_increase_is_the_sum_of_steps_and_never_negative(counts: list[float | None]) -> None:
    found = increase(counts)
    known = [count for count in counts if count is not None]
    steps = [after - before for before, after in pairwise(known)]
    good = bool(counts) and len(known) == len(counts) and all(step >= 0 for step in steps)
    assert found == (sum(steps) if good else None)


@given(st.integers(1, 8), st.floats(1, 1000), st.floats(0.125, 100), st.floats(0.125, 8))
def test_tokens_per_joule_depend_on_rates_alone(gpus: int, watts: float, tokens: float, requests: float) -> None:
    one = looks(watts=watts, tokens=tokens, requests=requests)
    several = [
        replace(it, gpus=tuple(replace(gpu, uuids=(f"GPU-{n}",)) for gpu in it.gpus for n in range(gpus))) for it in one
    ]
    found = shown(several)
    assert found["tokens_per_joule generation"] == pytest.approx(tokens / watts / gpus)
    assert found["energy_joules_per_request"] == pytest.approx(watts * gpus / requests)
    assert found["kv_cache_memory_ratio"] == pytest.approx(0.5)
