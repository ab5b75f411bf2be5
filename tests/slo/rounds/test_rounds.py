"""Live evaluation says, round after round, what a single evaluation of the same samples says."""

from dataclasses import replace

import pytest

from slo.alerts import Status, replay
from slo.program import Key
from slo.readings import Readings
from slo.rounds.rounds import Rounds
from slo.vector import Grid
from slo.verdict import holding
from tests.slo.rounds.held import Kept
from tests.slo.rounds.scene import BEGIN, POLICY, TRACKS, clipped, compare, plans


@pytest.mark.parametrize("skipped", [1, 3])
def test_every_round_is_a_single_evaluation(skipped: int) -> None:
    kept = Kept(clipped(BEGIN))
    rounds = Rounds(plans(), kept, BEGIN)
    compared, active = compare(rounds, kept)
    for at in range(BEGIN + skipped * 10_000, BEGIN + 100 * 10_000, skipped * 10_000):
        kept.tracks = clipped(at)
        rounds.advance(at)
        more, lit = compare(rounds, kept)
        compared, active = compared + more, active + lit
    assert compared > 1000 // skipped
    assert active > 100 // skipped


def test_alerts_are_those_of_a_replay() -> None:
    kept = Kept(clipped(BEGIN))
    rounds = Rounds(plans(), kept, BEGIN)
    times = range(BEGIN + 10_000, BEGIN + 1_000_000, 10_000)
    live: dict[Key, list[Status]] = {watch.key: [] for watch in rounds.latest.compiled.watches}
    for at in times:
        kept.tracks = clipped(at)
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
    kept = Kept(clipped(BEGIN)[:2])
    rounds = Rounds(plans(), kept, BEGIN)
    assert {ratio.labels for ratio in rounds.latest.compiled.ratios} == {(("shop", "oslo"),)}
    for at in range(BEGIN + 10_000, BEGIN + 300_000, 10_000):
        kept.tracks = clipped(at) if at > BEGIN + 100_000 else clipped(at)[:2]
        kept.version = len(kept.tracks)
        rounds.advance(at)
        compare(rounds, kept)
    assert len(rounds.latest.compiled.ratios) == 4


def test_what_comes_costs_no_other_instance_its_memory() -> None:
    kept = Kept(clipped(BEGIN)[:2])
    rounds = Rounds(plans(), kept, BEGIN)
    for at in range(BEGIN + 10_000, BEGIN + 600_000, 10_000):
        kept.tracks = clipped(at)[:2]
        rounds.advance(at)
    oslo = {watch.key: rounds.latest.states[place] for place, watch in enumerate(rounds.latest.compiled.watches)}
    # Rome comes when the samples no longer tell since when oslo burns.
    at = BEGIN + 600_000
    kept.tracks = [replace(one, timestamps=one.timestamps[-30:], values=one.values[-30:]) for one in clipped(at)[:4]]
    kept.version = 1
    found = rounds.advance(at)
    assert len(found.compiled.watches) > len(oslo)
    since = {watch.key: found.states[place].active_at for place, watch in enumerate(found.compiled.watches)}
    assert {key: since[key] for key in oslo} == {key: state.active_at for key, state in oslo.items()}
    assert sum(state.active_at is not None for state in oslo.values()) > 1


def test_a_round_at_another_time_is_refused() -> None:
    rounds = Rounds(plans(), Kept(clipped(BEGIN)), BEGIN)
    for wrong in (BEGIN, BEGIN - 10_000, BEGIN + 9_999):
        with pytest.raises(ValueError, match="10000 ms apart"):
            rounds.advance(wrong)
