"""What is made of a drained ring: tables for the cases, laws for what always holds."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.nvml.ring import Ring

STEP = 150_000  # µs, about what the driver's ring holds
DEPTH = 72


def steady(*values: float, start: int = STEP) -> list[list[float]]:
    return [[start + STEP * index, value] for index, value in enumerate(values)]


def test_the_first_drain_counts_nothing_and_is_summed_up() -> None:
    ring = Ring(window=15)
    drained = ring.drain(steady(10, 20, 90), at=1.0)
    assert (drained.weighted_seconds, drained.lost) == (0, 0)
    summary = ring.summary(1.0)
    assert summary is not None
    assert summary.most == 90


def test_a_spike_between_two_scrapes_is_the_maximum_and_counts_its_seconds() -> None:
    ring = Ring(window=15)
    ring.drain(steady(0, 0), at=1.0)
    drained = ring.drain(steady(0, 0, 0, 100, 0, 0), at=2.0)
    assert drained.weighted_seconds == pytest.approx(100 * 0.15)
    summary = ring.summary(2.0)
    assert summary is not None
    assert (summary.most, summary.p95) == (100, 100)
    assert summary.average == pytest.approx(100 / 5)


def test_the_summary_reaches_back_over_the_window_and_no_further() -> None:
    ring = Ring(window=1)
    ring.drain(steady(100, *[0] * 6), at=1.0)
    assert ring.summary(1.0).most == 100  # type: ignore[union-attr]
    ring.drain(steady(*[7] * 3, start=8 * STEP), at=1.5)
    assert ring.summary(1.5).most == 7  # type: ignore[union-attr]


def test_an_idle_gpu_takes_no_samples_and_has_no_summary_after_the_window() -> None:
    ring = Ring(window=15)
    ring.drain(steady(50, 50), at=1.0)
    assert ring.drain([], at=15.9).lost == 0
    assert ring.summary(15.9) is not None
    assert ring.summary(16.1) is None


def test_samples_that_were_overwritten_are_counted_and_the_gap_is_not_busy_time() -> None:
    ring = Ring(window=60)
    ring.drain(steady(*[100.0] * DEPTH), at=1.0)
    late = steady(*[100.0] * DEPTH, start=STEP * (DEPTH + 21))
    drained = ring.drain(late, at=2.0)
    assert drained.lost == 20
    assert drained.weighted_seconds == pytest.approx(100 * 0.15 * (DEPTH + 1)), "of the gap two steps at most"


def test_a_pause_of_an_idle_gpu_is_no_loss() -> None:
    ring = Ring(window=60)
    ring.drain(steady(*[100.0] * DEPTH), at=1.0)
    assert ring.drain(steady(5, 5, 5, start=STEP * 500), at=2.0).lost == 0


def test_a_clock_that_was_set_back_is_noticed_after_a_silence_and_an_idle_ring_is_not_told_anew() -> None:
    ring = Ring(window=15)
    content = steady(50, 60, 70, start=10**12)
    ring.drain(content, at=0.0)
    assert ring.since(30.0) == ring.cursor == content[-1][0]
    assert ring.since(61.0) == 0
    ring.drain(content, at=61.0)
    assert ring.summary(61.0) is None, "old samples of an idle GPU are no news"
    assert ring.since(62.0) == ring.cursor, "everything is asked for once a minute"
    assert ring.since(130.0) == 0
    ring.drain(steady(20, 30), at=130.0)
    assert ring.cursor == 2 * STEP
    assert ring.drain(steady(20, 30, 40), at=131.0).weighted_seconds == pytest.approx(40 * 0.15)


rings = st.lists(st.tuples(st.integers(1, 400_000), st.floats(0, 100)), min_size=1, max_size=60)


@given(rings, st.lists(st.integers(1, 20), min_size=1))
def test_however_it_is_drained_nothing_is_counted_twice(steps: list[tuple[int, float]], cuts: list[int]) -> None:
    """Every drain sees the whole ring again, as the driver gives it; seconds never exceed the time that passed."""
    times = [sum(step for step, _ in steps[: index + 1]) for index in range(len(steps))]
    content = [[float(time), value] for time, (_, value) in zip(times, steps, strict=True)]
    ring, counted, cursors = Ring(window=1000), 0.0, []
    seen = 0
    for at, cut in enumerate(cuts):
        seen = min(len(content), seen + cut)
        counted += ring.drain(content[:seen], float(at)).weighted_seconds
        cursors.append(ring.cursor)
    assert all(earlier <= later for earlier, later in pairwise(cursors)), "the cursor never goes back"
    assert counted <= 100 * (times[seen - 1] - times[0]) / 1e6 + 1e-9
    assert ring.drain(content[:seen], 1e3).weighted_seconds == 0


@given(rings)
def test_the_summary_lies_within_the_values(steps: list[tuple[int, float]]) -> None:
    ring = Ring(window=1000)
    time = 0
    content = []
    for step, value in steps:
        time += step
        content.append([float(time), value])
    ring.drain(content[:1], 0.0)
    ring.drain(content, 1.0)
    summary = ring.summary(1.0)
    if summary is not None:
        values = [value for _, value in content]
        assert min(values) - 1e-9 <= summary.average <= summary.most + 1e-9
        assert summary.p95 <= summary.most == max(values)
