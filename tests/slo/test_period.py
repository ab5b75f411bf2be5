"""The time over which a budget is counted, rolling and by the calendar."""

import pytest

from slo.moment import moment
from slo.period import Period
from slo.spec import Slo
from slo.table.load import load
from tests.slo.rows import RATIO, changed, table

MINUTE = 60_000


def row(text: str = "") -> Slo:
    (slo,) = load({"t.yaml": table(changed(RATIO, ("    namespace", f"{text}    namespace")))})
    return slo


MONTHLY = row("    calendar: {unit: month, time_zone: Europe/Berlin}\n")


def test_a_rolling_period_ends_now() -> None:
    at = moment("2026-03-29T12:00:00Z")
    period = Period.of(row("    window: 10d\n"), at)
    assert (period.start, period.end) == (moment("2026-03-19T12:00:00Z"), at)
    assert (str(period.length), str(period.elapsed)) == ("10d", "10d")
    assert period.evaluations(MINUTE).times[[0, -1]].tolist() == [period.start + MINUTE, at]


@pytest.mark.parametrize(
    ("at", "begin", "end", "elapsed"),
    [
        ("2026-03-15T12:00:00Z", "2026-02-28T23:00:00Z", "2026-03-31T22:00:00Z", "349h"),
        ("2026-03-31T21:59:00Z", "2026-02-28T23:00:00Z", "2026-03-31T22:00:00Z", "44579m"),
        # What is evaluated at the end speaks of the month that has just passed, all of it.
        ("2026-03-31T22:00:00Z", "2026-02-28T23:00:00Z", "2026-03-31T22:00:00Z", "743h"),
        ("2026-03-31T22:01:00Z", "2026-03-31T22:00:00Z", "2026-04-30T22:00:00Z", "1m"),
    ],
)
def test_a_month_of_a_place_begins_with_its_first_evaluation(at: str, begin: str, end: str, elapsed: str) -> None:
    period = Period.of(MONTHLY, moment(at))
    assert (period.start, period.end) == (moment(begin), moment(end))
    assert str(period.elapsed) == elapsed
    times = period.evaluations(MINUTE).times
    assert times[[0, -1]].tolist() == [moment(begin) + MINUTE, moment(at)]


def test_evaluations_between_whole_minutes_count_from_the_beginning() -> None:
    at = moment("2026-03-31T22:01:30Z")
    assert Period.of(MONTHLY, at).evaluations(MINUTE).times.tolist() == [at - MINUTE, at]
