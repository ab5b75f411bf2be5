"""The state machine of alerting rules, evaluation by evaluation."""

import pytest

from slo.alerts import INACTIVE, State, replay, step
from slo.duration import Duration
from slo.vector import Grid
from tests.slo.flags import flags

LETTERS = {"inactive": ".", "pending": "p", "firing": "F"}


@pytest.mark.parametrize(
    ("hold", "holding", "states"),
    [
        ("0s", "..1..", "..F.."),  # without `for` it fires in the evaluation that finds it
        ("1m", ".11111.", ".pFFFF."),
        ("2m", ".1111.1", ".ppFF.p"),
        ("3m", "111.111", "ppp.ppp"),  # one miss, and the waiting starts again
        ("90s", "11111", "ppFFF"),  # between two evaluations: the next one counts
        ("5m", "11111", "ppppp"),
        ("1m", ".....", "....."),
    ],
)
def test_states_follow_the_condition(hold: str, holding: str, states: str) -> None:
    state, seen = INACTIVE, ""
    for minute, flag in enumerate(holding):
        state = step(state, Duration.parse(hold), minute * 60_000, holding=flag == "1")
        seen += LETTERS[state.status]
    assert seen == states


def test_active_since_the_evaluation_that_found_it() -> None:
    state = step(INACTIVE, Duration.parse("1m"), 60_000, holding=True)
    assert state == State("pending", 60_000)
    assert step(state, Duration.parse("1m"), 120_000, holding=True) == State("firing", 60_000)
    assert step(state, Duration.parse("1m"), 120_000, holding=False) == INACTIVE


def test_replay_keeps_instances_apart() -> None:
    history = replay(flags("..111", "1.111", "11111", "1111."), Grid(240_000, 60_000, 5), Duration.parse("2m"))
    assert [history.last(row) for row in range(4)] == [
        State("firing", 120_000),
        State("firing", 120_000),
        State("firing", 0),
        INACTIVE,
    ]
