"""Laws of the range functions: the vectorised twin is the slow transcription, and time and series do not mix."""

from dataclasses import dataclass, replace

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from native.ranges import PROM_2_42, PROM_3_5, Profile, Series, aggregate, increase, sum_over_time, twin
from tests.native.ranges import transcription

PROFILES = st.sampled_from([PROM_2_42, PROM_3_5])


@dataclass(frozen=True)
class Scraped:
    """Series on one clock, evaluation times around it, and a window that holds some of it."""

    clock: NDArray[np.int64]
    rows: list[NDArray[np.float64]]
    times: NDArray[np.int64]
    window: int

    def increase(
        self, profile: Profile = PROM_3_5, *, compiled: bool = True
    ) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """(series, time) values and presence."""
        function = increase if compiled else twin.increase
        series = Series.of((self.clock, row) for row in self.rows)
        found, present = function(series, self.times, np.array([self.window]), profile)
        return found[0], present[0]


@st.composite
def scraped(draw: st.DrawFn) -> Scraped:
    """Even and odd intervals, whole and fractional counters that are reset, times on the samples and between."""
    steps = draw(st.lists(st.sampled_from([1, 10, 15_000, 15_001, 30_000, 77_777]), min_size=1, max_size=25))
    clock = np.cumsum(np.array(steps, np.int64))
    rises = st.sampled_from([0.0, 0.1, 1.0, 3.0, 1e6, -1.0]) | st.floats(0, 1e9)
    size = len(clock)
    rows = [
        np.array(draw(st.lists(rises, min_size=size, max_size=size))).cumsum() for _ in range(draw(st.integers(1, 3)))
    ]
    for row in rows:
        for reset in draw(st.lists(st.integers(0, size - 1), max_size=3)):
            row[reset:] -= row[reset]
    times = draw(
        st.lists(st.sampled_from(clock.tolist()) | st.integers(0, int(clock[-1]) + 90_000), min_size=1, max_size=9)
    )
    return Scraped(
        clock, rows, np.unique(np.array(times, np.int64)), draw(st.sampled_from([1, 15_000, 60_000, 300_000]))
    )


@given(scraped(), PROFILES)
def test_twin_is_the_transcription(case: Scraped, profile: Profile) -> None:
    older = profile == PROM_2_42
    found, present = case.increase(profile, compiled=False)
    for row, here, values in zip(found, present, case.rows, strict=True):
        samples = list(zip(case.clock.tolist(), values.tolist(), strict=True))
        slow = [
            transcription.increase(samples, at, case.window, closed=older, zero_first=older)
            for at in case.times.tolist()
        ]
        assert [value if here else None for value, here in zip(row.tolist(), here.tolist(), strict=True)] == slow


@given(scraped(), PROFILES)
def test_kernel_is_the_twin(case: Scraped, profile: Profile) -> None:
    found, present = case.increase(profile)
    wanted, there = case.increase(profile, compiled=False)
    assert np.array_equal(present, there)
    assert np.array_equal(found.view(np.uint64), wanted.view(np.uint64))


@given(scraped(), st.integers(-20, 20))
def test_increase_scales_with_the_counter(case: Scraped, power: int) -> None:
    found, _ = case.increase()
    scaled, _ = replace(case, rows=[np.ldexp(row, power) for row in case.rows]).increase()
    assert np.array_equal(scaled, np.ldexp(found, power))


@given(scraped(), st.integers(0, 8), st.integers(0, 2))
def test_series_and_times_can_be_computed_apart(case: Scraped, time: int, series: int) -> None:
    together, present = case.increase()
    time, series = time % len(case.times), series % len(case.rows)
    alone, there = replace(case, rows=[case.rows[series]], times=case.times[time : time + 1]).increase()
    assert (alone[0, 0], there[0, 0]) == (together[series, time], present[series, time])


@given(scraped(), st.integers(0, 10**9))
def test_increase_depends_on_time_differences_alone(case: Scraped, later: int) -> None:
    found, _ = case.increase()
    moved, _ = replace(case, clock=case.clock + later, times=case.times + later).increase()
    assert np.array_equal(moved, found)


points = st.none() | st.sampled_from([0.1, 1.0, 1e16, -1e16, 1e-300]) | st.floats(-1e300, 1e300)


@given(st.lists(points, min_size=1, max_size=40))
def test_sums_are_compensated_as_prometheus_does(given_points: list[float | None]) -> None:
    slow = transcription.summed([value for value in given_points if value is not None])
    values = np.array([[value or 0.0] for value in given_points])
    present = np.array([[value is not None] for value in given_points])
    (across,), (there,) = aggregate("sum", values, present, np.array([0, len(values)]))
    along, then = sum_over_time(values.T.copy(), present.T.copy(), len(given_points))
    assert (across[0], along[0, 0]) == (slow, slow)
    assert there[0] == then[0, 0] == any(value is not None for value in given_points)
