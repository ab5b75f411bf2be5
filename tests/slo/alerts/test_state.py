"""The state machine of alerting rules, evaluation by evaluation; the tables of Prometheus' own tests among them."""

from itertools import count

import numpy as np
import pytest

from slo.alerts import INACTIVE, Batch, State, Terms, advance, replay, step
from tests.slo.alerts.course import VERDICTS, course, shown, terms
from tests.slo.flags import flags

MINUTE = 60_000


def minutes(verdicts: str, hold: str, keep_firing_for: str = "0s", interval: int = MINUTE) -> list[State]:
    return list(course(map(VERDICTS.__getitem__, verdicts), count(0, interval), terms(hold, keep_firing_for)))


@pytest.mark.parametrize(
    ("hold", "verdicts", "states"),
    [
        ("0s", "..1..", "..F.."),  # without `for` it fires in the evaluation that finds it
        ("1m", ".11111.", ".pFFFF."),
        ("2m", ".1111.1", ".ppFF.p"),
        ("3m", "111.111", "ppp.ppp"),  # one miss, and the waiting starts again
        ("90s", "11111", "ppFFF"),  # between two evaluations: the next one counts
        ("15s", "1.11", "p.pF"),  # shorter than the interval: never before the second evaluation
        ("5m", "11111", "ppppp"),
        ("1m", ".....", "....."),
    ],
)
def test_states_follow_the_condition(hold: str, verdicts: str, states: str) -> None:
    assert shown(minutes(verdicts, hold)) == states


@pytest.mark.parametrize(
    ("hold", "keep_firing_for", "verdicts", "states"),
    [
        ("1m", "1m", "1111.....", "pFFFF...."),  # TestKeepFiringFor: one evaluation more
        ("1m", "1m", "1....", "p...."),  # TestPendingAndKeepFiringFor: nothing keeps what never fired
        ("1m", "90s", "11.....", "pFFF..."),  # between two evaluations: the next one ends it
        ("1m", "30s", "11...", "pFF.."),  # shorter than the interval: one evaluation all the same
        ("1m", "2m", "11..1..1.", "pFFFFFFFF"),  # it comes back in time, and the waiting starts again
        ("1m", "2m", "11...1", "pFFF.p"),  # or it does not
        ("1m", "2m", "11.1.1.1...", "pFFFFFFFFF."),
    ],
)
def test_it_keeps_firing(hold: str, keep_firing_for: str, verdicts: str, states: str) -> None:
    assert shown(minutes(verdicts, hold, keep_firing_for)) == states


@pytest.mark.parametrize(
    ("hold", "keep_firing_for", "verdicts", "states"),
    [
        ("2m", "0s", "1xx1", "pppF"),  # time goes on: it has held for three minutes
        ("2m", "0s", "1xxx", "pppp"),  # but nothing changes before somebody looks
        ("1m", "0s", "11xx.", "pFFF."),
        ("1m", "2m", "11.xx.", "pFFFF."),
        ("0s", "0s", "xx", ".."),
        ("0s", "0s", "1x.x1", "FF..F"),
    ],
)
def test_an_evaluation_that_fails_changes_nothing(hold: str, keep_firing_for: str, verdicts: str, states: str) -> None:
    assert shown(minutes(verdicts, hold, keep_firing_for)) == states


def test_times_are_those_of_evaluations() -> None:
    rule = terms("1m", "1m")
    pending = step(INACTIVE, verdict=True, at=1 * MINUTE, terms=rule)
    firing = step(pending, verdict=True, at=2 * MINUTE, terms=rule)
    kept = step(firing, verdict=False, at=3 * MINUTE, terms=rule)
    resolved = step(kept, verdict=False, at=4 * MINUTE, terms=rule)
    assert pending == State("pending", 1 * MINUTE)
    assert firing == State("firing", 1 * MINUTE, 2 * MINUTE)
    assert kept == State("firing", 1 * MINUTE, 2 * MINUTE, keep_firing_since=3 * MINUTE)
    assert resolved == State("inactive", 1 * MINUTE, 2 * MINUTE, resolved_at=4 * MINUTE)
    assert step(kept, verdict=True, at=4 * MINUTE, terms=rule) == firing
    assert [state.active_since for state in (firing, resolved)] == [1 * MINUTE, None]


def test_a_resolved_alert_is_remembered_for_a_quarter_of_an_hour() -> None:
    states = minutes("1" + "." * 17, "0s")
    resolved = State("inactive", 0, 0, resolved_at=MINUTE)
    assert states[1:17] == [resolved] * 16  # the last of them exactly fifteen minutes later
    assert states[17] == INACTIVE


def test_one_that_comes_back_is_a_new_alert() -> None:
    assert minutes("1.1", "0s")[-1] == State("firing", 2 * MINUTE, 2 * MINUTE)
    assert minutes("11.1.", "1m")[-2:] == [State("pending", 3 * MINUTE), INACTIVE]


@pytest.mark.parametrize(
    ("instance", "values", "states"),
    [("0", [75, 85, 95, 105, 105, 95, 85], "pFF..pF"), ("1", [80, 90, 100, 110, 120, 130, 140], "pF.....")],
)
def test_alerting_rule(instance: str, values: list[int], states: str) -> None:
    """TestAlertingRule and TestForStateAddSamples: `http_requests < 100` for a minute, asked every five."""
    found = list(course((value < 100 for value in values), count(0, 5 * MINUTE), terms("1m")))
    assert shown(found) == states, instance
    begun = [state.active_since for state in found]
    assert begun == ([0, 0, 0, None, None, 25 * MINUTE, 25 * MINUTE] if instance == "0" else [0, 0] + [None] * 5)


def test_a_longer_hold_does_not_silence_what_fires() -> None:
    """As until 3.10; since then it would be pending again (TestFiringAlertResetToPendingOnHoldDurationIncrease)."""
    firing = step(INACTIVE, verdict=True, at=0, terms=terms("0s"))
    assert step(firing, verdict=True, at=30_000, terms=terms("1h")) == firing


@pytest.mark.parametrize("late", [0, 1])
def test_many_remember_a_resolved_alert_as_long_as_one_does(late: int) -> None:
    at = [0, MINUTE, 16 * MINUTE + late]
    *_, one = course([True, False, False], at, terms("0s"))
    assert (one == INACTIVE) == bool(late)
    assert replay(flags("1.."), np.array(at), 0).final[0] == one
    batch = Batch.inactive(1)
    for time, holding in zip(at, flags("1..")[0], strict=True):
        batch = advance(batch, np.array([holding]), time, 0)
    assert batch[0] == one


def test_nothing_keeps_firing_that_was_not_told_to() -> None:
    assert Terms() == terms("0s", "0s")
    assert shown(course([True, False], [0, 0], Terms())) == "F."
    assert replay(flags("1."), np.array([0, 0]), 0).final[0].status == "inactive"


def test_replay_keeps_instances_apart() -> None:
    at = flags("11111").astype(int).cumsum() * MINUTE
    final = replay(flags("..111", "1.111", "11111", "1111."), at, 2 * MINUTE).final
    assert [final[row] for row in range(4)] == [
        State("firing", 3 * MINUTE, 5 * MINUTE),
        State("firing", 3 * MINUTE, 5 * MINUTE),
        State("firing", 1 * MINUTE, 3 * MINUTE),
        State("inactive", 1 * MINUTE, 3 * MINUTE, resolved_at=5 * MINUTE),
    ]


def test_replay_of_nothing_is_nothing() -> None:
    history = replay(flags("", ""), flags("").astype(int)[0], 0)
    assert history.status.shape == (2, 0)
    assert [history.final[row] for row in range(2)] == [INACTIVE] * 2
