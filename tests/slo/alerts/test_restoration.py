"""What is left of an alert's waiting after a downtime: the cases of TestForStateRestore, and each bound on its own."""

import pytest

from slo.alerts import INACTIVE, ForState, State, restored
from slo.duration import Duration
from tests.slo.alerts.course import course, shown, terms

SECOND = 1000
MINUTE = 60 * SECOND


def begun(before: ForState | None, at: float, hold: str = "25m", tolerance: str = "1h") -> float:
    """`active_at`, in minutes, of an alert that is active again at a restoration `at` minutes."""
    now = round(at * MINUTE)
    bound = Duration.parse(tolerance)
    after = restored(State("pending", now), before, now, terms(hold), tolerance=bound)
    assert after.status == "pending"
    assert after.active_at is not None
    return after.active_at / MINUTE


def recorded(written_at: float, active_at: float) -> ForState:
    return ForState(round(written_at * MINUTE), active_at * 60)


@pytest.mark.parametrize(
    ("hold", "written_at", "at", "active_at"),
    [
        ("25m", 5, 15, 10),  # ten minutes of downtime count as none: 20 are left, as before
        ("25m", 20, 25, 10),  # five were left: it is given ten
        ("25m", 15, 25, 10),  # ten were left: it has ten
        ("25m", 14, 25, 11),  # eleven were left
        ("25m", 25, 30, 0),  # it had waited long enough: it fires at the next evaluation
        ("25m", 24, 30, 15),  # it was about to
        ("25m", 50, 55, 0),  # it fired
    ],
)
def test_the_downtime_does_not_count(hold: str, written_at: float, at: float, active_at: float) -> None:
    assert begun(recorded(written_at, 0), at, hold) == active_at


@pytest.mark.parametrize(("hold", "active_at"), [("10m", -30), ("599s", 3)])
def test_ten_minutes_of_waiting_are_restored_and_a_second_less_is_not(hold: str, active_at: float) -> None:
    assert begun(recorded(0, -30), 3, hold) == active_at


@pytest.mark.parametrize(("at", "active_at"), [(60, 55), (60 + 1 / 60_000, 60 + 1 / 60_000), (61, 61)])
def test_an_outage_is_tolerated_for_an_hour(at: float, active_at: float) -> None:
    assert begun(recorded(0, -5), at) == pytest.approx(active_at)
    assert begun(recorded(10, -5), 40, tolerance="30m") == 25
    assert begun(recorded(10, -5), 41, tolerance="30m") == 41


def test_what_was_not_active_is_not_restored() -> None:
    assert begun(None, 15) == 15
    assert begun(ForState(10 * MINUTE, None), 15) == 15
    assert restored(INACTIVE, recorded(5, 0), 15 * MINUTE, terms("25m")) == INACTIVE


def test_a_sample_of_the_future_is_none() -> None:
    assert begun(recorded(16, 0), 15) == 15
    assert begun(recorded(15, 0), 15) == 0


def test_seconds_are_whole() -> None:
    """`active_at` is recorded in whole seconds, and the end of the recording is read in whole seconds."""
    before = ForState(5 * MINUTE + 999, 59.0)
    after = restored(State("pending", 0), before, 15 * MINUTE, terms("25m"))
    assert after.active_at == 59 * SECOND + 10 * MINUTE


def test_a_restored_alert_goes_on_waiting() -> None:
    """Twenty minutes of 25 had passed; it would have fired at 25, was down from 20 to 30, and is given ten more."""
    rule = terms("25m")
    before = list(course([True] * 21, range(0, 21 * MINUTE, MINUTE), rule))
    assert shown(before) == "p" * 21
    assert before[-1].active_since == 0
    *_, second = course([True, True], [29 * MINUTE, 30 * MINUTE], rule)
    state = restored(second, ForState(20 * MINUTE, 0.0), 30 * MINUTE, rule)
    assert state == State("pending", 15 * MINUTE)
