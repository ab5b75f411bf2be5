"""Live evaluation says, round after round, what a single evaluation of the same samples says."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from slo.alerts import Status, replay
from slo.duration import Duration
from slo.plan import Plan, plan
from slo.policy import Pair, Policy
from slo.program import Key
from slo.readings import Readings
from slo.rounds.rounds import Rounds
from slo.samples import Track
from slo.selector import labels_of
from slo.table.load import load
from slo.vector import Grid
from slo.verdict import holding
from tests.slo.rounds.held import Kept
from tests.slo.rows import LATENCY, RATIO, changed, table

SECOND = 1000
POLICY = Policy(
    (
        Pair("page", Duration.parse("2m"), Duration.parse("30s"), Decimal("0.1")),
        Pair("ticket", Duration.parse("6m"), Duration.parse("1m"), Decimal("0.2")),
    ),
    Duration.parse("10s"),
)
BY_SHOP = changed(RATIO, ("    namespace: shop", "    by: [shop]\n    namespace: shop"))
COUNT, STEP = 400, 5 * SECOND


def _plans() -> tuple[Plan, ...]:
    rows = load({"t.yaml": table(BY_SHOP, LATENCY)})
    short = (slo.model_copy(update={"window": Duration.parse("20m")}) for slo in rows)
    return tuple(plan(slo, POLICY) for slo in short)


def _track(seed: int, metric: str, rate: float, incident: float, **labels: str) -> Track:
    noise = np.random.default_rng(seed)
    rates = np.full(COUNT, rate)
    rates[250:290] = incident
    values = np.cumsum(noise.poisson(rates)).astype(np.float64)
    values[100 + 20 * seed :] -= values[100 + 20 * seed]
    kept = noise.random(COUNT) > 0.03
    clock = STEP * np.arange(COUNT, dtype=np.int64) + 1_700_000_000_000
    return Track(metric, labels_of(labels), clock[kept], values[kept])


TRACKS = [
    _track(1, "orders_total", 90, 90, shop="oslo", code="200"),
    _track(2, "orders_total", 0.01, 9, shop="oslo", code="500"),
    _track(3, "orders_total", 50, 50, shop="rome", code="200"),
    _track(4, "orders_total", 5, 5, shop="rome", code="204"),
    *(_track(5 + i, "order_seconds_bucket", rate, 1, le=le) for i, (le, rate) in enumerate([("0.5", 8), ("1", 9.9)])),
    _track(8, "order_seconds_count", 10, 10),
]
BEGIN = 1_700_000_000_000 + 900 * SECOND + 7


def _clipped(at: int) -> list[Track]:
    held = (int(np.searchsorted(track.timestamps, at, side="right")) for track in TRACKS)
    cut = zip(TRACKS, held, strict=True)
    return [replace(track, timestamps=track.timestamps[:n], values=track.values[:n]) for track, n in cut]


def _compare(rounds: Rounds, kept: Kept) -> tuple[int, int]:
    """How many error ratios and how many active alerts were compared."""
    found = rounds.latest
    ratios, present = found.error_ratio
    readings = Readings(kept, POLICY.interval)
    for place, ratio in enumerate(found.compiled.ratios):
        for row, window in enumerate(found.compiled.windows):
            burn = readings.burn(ratio.sli, window, Grid(found.at, POLICY.interval.ms))
            (wanted,) = burn.error_ratio.latest((ratio.labels,))
            here = ratios[row, place] if present[row, place] else None
            if wanted is None or np.isnan(wanted):
                assert (here is None) == (wanted is None)
            elif window == ratio.plan.period:
                assert here == pytest.approx(wanted, rel=1e-12, abs=0)
            else:
                assert here == wanted
    return int(present.sum()), int((found.states.status > 0).sum())


@pytest.mark.parametrize("skipped", [1, 3])
def test_every_round_is_a_single_evaluation(skipped: int) -> None:
    kept = Kept(_clipped(BEGIN))
    rounds = Rounds(_plans(), kept, BEGIN)
    compared, active = _compare(rounds, kept)
    for at in range(BEGIN + skipped * 10_000, BEGIN + 100 * 10_000, skipped * 10_000):
        kept.tracks = _clipped(at)
        rounds.advance(at)
        more, lit = _compare(rounds, kept)
        compared, active = compared + more, active + lit
    assert compared > 1000 // skipped
    assert active > 100 // skipped


def test_alerts_are_those_of_a_replay() -> None:
    kept = Kept(_clipped(BEGIN))
    rounds = Rounds(_plans(), kept, BEGIN)
    times = range(BEGIN + 10_000, BEGIN + 1_000_000, 10_000)
    live: dict[Key, list[Status]] = {watch.key: [] for watch in rounds.latest.compiled.watches}
    for at in times:
        kept.tracks = _clipped(at)
        found = rounds.advance(at)
        for place, watch in enumerate(found.compiled.watches):
            live[watch.key].append(found.states[place].status)
    grid = Grid(times[-1], 10_000, 60 + len(times))
    readings = Readings(Kept(TRACKS), POLICY.interval)
    fired = 0
    for watch in rounds.latest.compiled.watches:
        if watch.alert.kind == "exhausted":
            continue
        burns = holding(watch.alert.condition, readings, grid)
        assert burns is not None
        one = burns.over((watch.labels,))
        status = replay(one.present, grid.times, watch.alert.hold.ms).status[0, 60:]
        names = ["inactive", "pending", "firing"]
        assert live[watch.key] == [names[each] for each in status]
        fired += int((status == 2).sum())
    assert fired > 50


def test_a_series_that_comes_joins_the_next_round() -> None:
    kept = Kept(_clipped(BEGIN)[:2])
    rounds = Rounds(_plans(), kept, BEGIN)
    assert {ratio.labels for ratio in rounds.latest.compiled.ratios} == {(("shop", "oslo"),)}
    for at in range(BEGIN + 10_000, BEGIN + 300_000, 10_000):
        kept.tracks = _clipped(at) if at > BEGIN + 100_000 else _clipped(at)[:2]
        kept.version = len(kept.tracks)
        rounds.advance(at)
        _compare(rounds, kept)
    assert len(rounds.latest.compiled.ratios) == 4


def test_a_round_at_another_time_is_refused() -> None:
    rounds = Rounds(_plans(), Kept(_clipped(BEGIN)), BEGIN)
    for wrong in (BEGIN, BEGIN - 10_000, BEGIN + 9_999):
        with pytest.raises(ValueError, match="10000 ms apart"):
            rounds.advance(wrong)
