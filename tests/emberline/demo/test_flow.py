"""Traffic and its incidents."""

from dataclasses import replace

import numpy as np

from emberline.demo.fleet import Fleet
from emberline.demo.flow import DAY_MS, Flow, Span, Traffic
from emberline.demo.metrics import Spread

ORIGIN = 1_790_000_000_000
MINUTE = 60_000


def increase(counts: "np.ndarray[tuple[int], np.dtype[np.float64]]") -> float:
    return float(counts[-1] - counts[0])


def test_nothing_happened_before_the_origin() -> None:
    flow = Flow.drawn("any", 1, ORIGIN, 10)
    assert flow.events(np.array([ORIGIN - DAY_MS, ORIGIN])).tolist() == [0, 0]
    assert flow.events(np.array([ORIGIN + 1000]))[0] > 0


def test_the_mean_rate_is_the_one_asked_for() -> None:
    flow = Flow.drawn("any", 1, ORIGIN, 10)
    weeks = flow.events(np.array([ORIGIN + 28 * DAY_MS]))[0] / (28 * 86_400)
    assert abs(weeks - 10) < 0.01


def busiest(days: int, step: int) -> int:
    """The moment since an epoch that was a Thursday at midnight, in ms, at which a quiet flow runs fastest."""
    flow = Flow.drawn("any", 1, ORIGIN, 10, restless=0.0)
    start = ORIGIN // (7 * DAY_MS) * 7 * DAY_MS
    times = np.arange(start, start + days * DAY_MS, step)
    rates = flow.rate_at(times)
    assert rates.max() > 1.5 * rates.min()
    return int(times[rates.argmax()] - start)


def test_traffic_peaks_in_the_afternoon_and_in_the_middle_of_the_week() -> None:
    assert abs(busiest(1, 60_000) / 3_600_000 - 13.5) < 0.5
    assert busiest(7, 60_000) // DAY_MS == 6  # Wednesday


def test_a_span_turns_its_share_bad_and_only_while_it_lasts() -> None:
    span = Span(ORIGIN + 10 * DAY_MS, ORIGIN + 10 * DAY_MS + 40 * MINUTE, 0.5)
    traffic = Traffic.drawn("any", 1, ORIGIN, 100, 0.01, (span,))
    for start, end, share in (
        (span.start_ms - DAY_MS, span.start_ms, 0.01),
        (span.start_ms, span.end_ms, 0.505),
        (span.end_ms, span.end_ms + DAY_MS, 0.01),
    ):
        times = np.array([start, end])
        good, bad = increase(traffic.good(times)), increase(traffic.bad(times))
        assert abs(bad / (good + bad) - share) < 0.15 * share


def test_a_seed_is_a_fleet_and_another_seed_another() -> None:
    now = np.array([1_795_400_000_000])
    pages = [[c.values(now).tolist() for c in Fleet.at(int(now[0]), seed).components] for seed in (3, 3, 4)]
    assert pages[0] == pages[1] != pages[2]


def test_names_and_not_only_seeds_tell_flows_apart() -> None:
    one, other = (Flow.drawn(name, 1, ORIGIN, 1) for name in ("a", "b"))
    assert one != other
    assert replace(one, waves=other.waves) == other


def test_the_mean_of_a_spread_is_what_sampling_it_gives() -> None:
    spread = Spread(2.0, 0.6)
    drawn = np.random.default_rng(1).lognormal(np.log(2.0), 0.6, 200_000)
    assert abs(drawn.mean() / spread.mean - 1) < 0.01
    assert abs((drawn <= 3).mean() - spread.below(3)) < 0.01
