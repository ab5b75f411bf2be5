"""Whom to tell of what, evaluation by evaluation."""

from collections.abc import Iterable, Iterator

import pytest

from slo.alerts import INACTIVE, Notification, State, Terms, notify, step
from slo.duration import Duration
from tests.slo.alerts.course import VERDICTS, terms

SECOND = 1000


def messages(verdicts: Iterable[str], rule: Terms, interval: int) -> Iterator[tuple[int, Notification | None]]:
    """The message after each evaluation with its time in seconds; an evaluation that fails sends none."""
    state = INACTIVE
    for at, verdict in enumerate(map(VERDICTS.__getitem__, verdicts)):
        state = step(state, verdict, at * interval * SECOND, rule)
        if verdict is not None:
            state, message = notify(state, at * interval * SECOND, Duration(interval * SECOND))
            yield at * interval, message


def sent(verdicts: str, hold: str = "0s", keep_firing_for: str = "0s", interval: int = 30) -> list[int]:
    """The times in seconds at which something is sent."""
    rule = terms(hold, keep_firing_for)
    return [at for at, message in messages(verdicts, rule, interval) if message is not None]


@pytest.mark.parametrize(
    ("interval", "times"),
    [
        (15, [0, 75, 150, 225]),  # more than a minute must have passed: the fifth evaluation, not the fourth
        (30, [0, 90, 180, 270]),
        (60, [0, 120, 240]),
        (61, [0, 61, 122, 183, 244]),
        (120, [0, 120, 240]),
    ],
)
def test_a_firing_alert_is_sent_again(interval: int, times: list[int]) -> None:
    assert sent("1" * (280 // interval + 1), interval=interval) == times


def test_a_pending_alert_is_not_sent() -> None:
    assert sent("1111", hold="5m") == []
    assert sent("1111", hold="1m") == [60]


def test_a_resolved_alert_is_sent_at_once_and_for_a_quarter_of_an_hour() -> None:
    quiet = sent("11" + "." * 40)
    assert quiet == [0, *range(60, 60 + 900 + 1, 90)]
    assert quiet[-1] == 60 + 900


def test_what_kept_firing_is_not_yet_resolved() -> None:
    found = dict(messages("1...", terms("0s", "1m"), 30))
    assert [at for at, message in found.items() if message] == [0, 90]
    assert found[90] == Notification(0, 90 * SECOND)
    assert found[0] == Notification(0, 240 * SECOND)


def test_a_new_alert_ends_the_news_of_the_old_one() -> None:
    assert sent("1" + "." * 10, interval=61)[:4] == [0, 61, 122, 183]
    assert sent("1.1111", hold="61s", interval=61) == [183, 244, 305]  # pending again: nothing is said of the old one
    assert sent("1.....", hold="61s", interval=61) == []


def test_the_new_one_has_its_own_times() -> None:
    found = dict(messages("1..1", terms("0s"), 61))
    assert found[61] == found[122] == Notification(0, 61 * SECOND)
    assert found[183] == Notification(183 * SECOND, (183 + 4 * 61) * SECOND)


@pytest.mark.parametrize(("interval", "believed"), [(15, 240), (60, 240), (61, 244), (300, 1200)])
def test_a_message_is_believed_until_four_have_failed(interval: int, believed: int) -> None:
    ((_, message),) = messages("1", terms("0s"), interval)
    assert message == Notification(0, believed * SECOND)


def test_fired_at_not_active_at_is_the_start() -> None:
    *_, (_, message) = messages("111", terms("1m"), 30)
    assert message == Notification(60 * SECOND, (60 + 240) * SECOND)


def test_a_failed_evaluation_sends_nothing_and_the_next_one_does() -> None:
    assert sent("1xxx1", interval=61) == [0, 244]
    assert sent("11111", interval=61) == [0, 61, 122, 183, 244]


def test_an_unknown_alert_is_not_sent() -> None:
    assert notify(State("pending", 0), 10**9, Duration(SECOND)) == (State("pending", 0), None)
    assert notify(INACTIVE, 10**9, Duration(SECOND)) == (INACTIVE, None)
