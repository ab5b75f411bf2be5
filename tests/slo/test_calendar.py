"""Calendar periods: by the clocks of a place, through days of 23 and 25 hours, leap years and skipped midnights."""

import sys
import zoneinfo
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import get_args
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from slo.calendar import Calendar, Unit
from slo.moment import EPOCH, moment
from slo.table.fault import Invalid
from slo.table.load import load
from tests.slo.rows import PROMQL, RATIO, changed, table

ZONES = (
    "UTC",
    "Europe/Berlin",
    "America/New_York",
    "America/Sao_Paulo",
    "Asia/Beirut",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "America/Havana",
    "Africa/Cairo",
    "Antarctica/Troll",
)
UNITS: tuple[Unit, ...] = get_args(Unit)
HOUR = 3_600_000
DAY = 24 * HOUR


def calendar(unit: str, zone: str = "UTC") -> Calendar:
    return Calendar.model_validate({"unit": unit, "time_zone": zone})


calendars = st.builds(calendar, st.sampled_from(UNITS), st.sampled_from(ZONES))
moments = st.integers(0, moment("2090-01-01T00:00:00Z"))


@pytest.mark.parametrize(
    ("unit", "zone", "at", "begin", "end"),
    [
        ("week", "UTC", "2026-01-01T12:00:00Z", "2025-12-29T00:00:00Z", "2026-01-05T00:00:00Z"),
        ("week", "UTC", "2026-01-05T00:00:00Z", "2026-01-05T00:00:00Z", "2026-01-12T00:00:00Z"),
        ("week", "UTC", "2026-01-04T23:59:59.999Z", "2025-12-29T00:00:00Z", "2026-01-05T00:00:00Z"),
        ("week", "Europe/Berlin", "2026-03-29T12:00:00Z", "2026-03-22T23:00:00Z", "2026-03-29T22:00:00Z"),
        ("month", "UTC", "2024-02-29T12:00:00Z", "2024-02-01T00:00:00Z", "2024-03-01T00:00:00Z"),
        ("month", "UTC", "2100-02-28T12:00:00Z", "2100-02-01T00:00:00Z", "2100-03-01T00:00:00Z"),
        ("month", "UTC", "2025-12-31T23:59:59Z", "2025-12-01T00:00:00Z", "2026-01-01T00:00:00Z"),
        ("month", "Europe/Berlin", "2025-12-31T23:00:00Z", "2025-12-31T23:00:00Z", "2026-01-31T23:00:00Z"),
        ("month", "Europe/Berlin", "2026-03-31T12:00:00Z", "2026-02-28T23:00:00Z", "2026-03-31T22:00:00Z"),
        ("month", "Europe/Berlin", "2026-10-31T12:00:00Z", "2026-09-30T22:00:00Z", "2026-10-31T23:00:00Z"),
        ("month", "Asia/Kathmandu", "2026-01-31T18:15:00Z", "2026-01-31T18:15:00Z", "2026-02-28T18:15:00Z"),
        ("quarter", "UTC", "2026-05-15T00:00:00Z", "2026-04-01T00:00:00Z", "2026-07-01T00:00:00Z"),
        ("quarter", "UTC", "2026-12-31T00:00:00Z", "2026-10-01T00:00:00Z", "2027-01-01T00:00:00Z"),
        ("quarter", "America/New_York", "2026-01-01T04:59:59Z", "2025-10-01T04:00:00Z", "2026-01-01T05:00:00Z"),
        ("year", "UTC", "2024-12-31T23:59:59Z", "2024-01-01T00:00:00Z", "2025-01-01T00:00:00Z"),
        ("year", "America/New_York", "2026-01-01T04:00:00Z", "2025-01-01T05:00:00Z", "2026-01-01T05:00:00Z"),
        # Clocks skip from midnight to one as the month begins, and as the week does.
        ("month", "Asia/Amman", "2022-04-15T00:00:00Z", "2022-03-31T21:00:00Z", "2022-04-30T21:00:00Z"),
        ("week", "America/Asuncion", "2017-10-03T00:00:00Z", "2017-10-02T03:00:00Z", "2017-10-09T03:00:00Z"),
        ("month", "America/Asuncion", "2017-10-15T00:00:00Z", "2017-10-01T04:00:00Z", "2017-11-01T03:00:00Z"),
        # Midnight comes twice as the month begins: the first one counts.
        ("month", "America/Havana", "2020-11-15T00:00:00Z", "2020-11-01T04:00:00Z", "2020-12-01T05:00:00Z"),
        # A day is left out altogether: 30 December 2011.
        ("month", "Pacific/Apia", "2011-12-31T09:00:00Z", "2011-12-01T10:00:00Z", "2011-12-31T10:00:00Z"),
    ],
)  # fmt: skip
def test_a_period_begins_and_ends_at_midnights(unit: str, zone: str, at: str, begin: str, end: str) -> None:
    found = calendar(unit, zone)
    assert (found.begin(moment(at)), found.end(moment(at))) == (moment(begin), moment(end))


@given(calendars, moments)
def test_periods_follow_one_another(found: Calendar, at: int) -> None:
    begin, end = found.begin(at), found.end(at)
    assert begin <= at < end
    assert (found.begin(begin), found.end(begin)) == (begin, end)
    assert (found.begin(end - 1), found.end(end - 1)) == (begin, end)
    assert found.begin(end) == end


@given(calendars, moments)
def test_no_period_is_longer_than_the_longest(found: Calendar, at: int) -> None:
    assert found.end(at) - found.begin(at) <= found.longest.ms


@given(calendars, moments)
def test_a_period_begins_on_its_first_day_as_soon_as_there_is_one(found: Calendar, at: int) -> None:
    local = (EPOCH + timedelta(milliseconds=found.begin(at))).astimezone(found.time_zone)
    assert local.day == 1 or found.unit == "week"
    assert local.weekday() == 0 or found.unit != "week"
    before = (EPOCH + timedelta(milliseconds=found.begin(at) - 1)).astimezone(found.time_zone)
    assert before.date() < local.date()


def test_weeks_of_clock_changes_are_an_hour_shorter_and_longer() -> None:
    week = calendar("week", "Europe/Berlin")
    spring, autumn, summer = map(moment, ("2026-03-29T12:00:00Z", "2026-10-25T12:00:00Z", "2026-07-01T12:00:00Z"))
    lengths = [week.end(at) - week.begin(at) for at in (spring, autumn, summer)]
    assert lengths == [7 * DAY - HOUR, 7 * DAY + HOUR, 7 * DAY]


def test_midnight_is_that_of_the_place() -> None:
    midnight = datetime(2026, 6, 1, tzinfo=ZoneInfo("America/New_York"))
    assert calendar("month", "America/New_York").begin(moment("2026-06-15T00:00:00Z")) == midnight.timestamp() * 1000


@pytest.fixture
def no_database(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A machine on which no time zone but UTC can be had."""
    monkeypatch.setitem(sys.modules, "tzdata", None)
    for name in [name for name in sys.modules if name.startswith("tzdata.")]:
        monkeypatch.delitem(sys.modules, name)
    zoneinfo.reset_tzpath(())
    ZoneInfo.clear_cache()
    yield
    zoneinfo.reset_tzpath()


@pytest.mark.usefixtures("no_database")
def test_without_a_database_the_message_says_what_to_install() -> None:
    with pytest.raises(ValueError, match="no time zone database: install tzdata, or write UTC"):
        calendar("month", "Europe/Berlin")
    assert calendar("month").begin(moment("2026-01-15T00:00:00Z")) == moment("2026-01-01T00:00:00Z")


CALENDAR = "t.yaml:7: slos[0].calendar"
ZONE = "is not a time zone such as UTC or Europe/Berlin"


@pytest.mark.parametrize(
    ("calendar", "expected"),
    [
        ("{unit: week}", f"{CALENDAR}: a week is 7d long, and `window` 30d"),
        ("{unit: quarter}", f"{CALENDAR}: a quarter is 90d to 92d long, and `window` 30d"),
        ("{unit: year}", f"{CALENDAR}: a year is 365d to 366d long, and `window` 30d"),
        ("{unit: day}", f"{CALENDAR}.unit: is none of 'week', 'month', 'quarter' or 'year'"),
        ("{unit: month, zone: UTC}", f"{CALENDAR}.zone: unknown key"),
        ("{unit: month, time_zone: Mars/Olympus}", f"{CALENDAR}.time_zone: 'Mars/Olympus' {ZONE}"),
        ("{unit: month, time_zone: Europe}", f"{CALENDAR}.time_zone: 'Europe' {ZONE}"),
        ("{unit: month, time_zone: ../localtime}", f"{CALENDAR}.time_zone: '../localtime' {ZONE}"),
        ("{unit: month, time_zone: zone.tab}", f"{CALENDAR}.time_zone: 'zone.tab' {ZONE}"),
        ("{unit: month, time_zone: [UTC]}", f"{CALENDAR}.time_zone: must be text, not a list or mapping"),
        ("month", f"{CALENDAR}: must be a mapping"),
    ],
)
def test_a_calendar_that_is_none_is_named_at_its_place(calendar: str, expected: str) -> None:
    with pytest.raises(Invalid) as invalid:
        load({"t.yaml": table(changed(RATIO, ("    namespace", f"    calendar: {calendar}\n    namespace")))})
    assert [str(fault) for fault in invalid.value.faults] == [expected]


@pytest.mark.parametrize(
    ("window", "unit"), [("7d", "week"), ("28d", "month"), ("31d", "month"), ("91d", "quarter"), ("365d", "year")]
)
def test_a_window_may_be_any_length_that_a_period_can_have(window: str, unit: str) -> None:
    lines = f"    window: {window}\n    calendar: {{unit: {unit}, time_zone: Europe/Berlin}}\n    namespace"
    (slo,) = load({"t.yaml": table(changed(RATIO, ("    namespace", lines)))})
    assert slo.calendar is not None
    assert (slo.calendar.unit, str(slo.calendar.time_zone)) == (unit, "Europe/Berlin")


def test_an_expression_can_have_neither() -> None:
    correction = "{from: 2026-01-03T22:00:00Z, to: 2026-01-04T02:00:00Z, reason: migration}"
    lines = f"    corrections: [{correction}]\n    calendar: {{unit: month}}\n    namespace"
    with pytest.raises(Invalid) as invalid:
        load({"t.yaml": table(changed(PROMQL, ("    namespace", lines)))})
    why = "does not belong to a promql row: a server evaluates its expression over the whole window"
    assert [str(fault) for fault in invalid.value.faults] == [
        f"t.yaml:7: slos[0].corrections: {why}",
        f"t.yaml:8: slos[0].calendar: {why}",
    ]
