"""Budgets of one evaluation over samples in memory: by the calendar, how long they last, and what they need."""

import json

import numpy as np
import pytest

from emberline.evaluation import demand, document, reach
from slo.duration import Duration
from slo.moment import moment
from slo.samples import Track
from tests.emberline.evaluation.budgeted import (
    AT,
    BERLIN,
    CLOCK,
    DRILL,
    MINUTE,
    OUTAGE,
    counter,
    only,
    orders,
    row,
)
from tests.integration.telemetry import Held
from tests.slo.rows import PROMQL, RATIO, SLICE, changed


def test_a_calendar_counts_from_the_beginning_of_the_month() -> None:
    """February burnt, in Berlin it ended at 23:00 UTC, and a month with summer time has 743 hours."""
    february = moment("2026-02-28T23:00:00Z")
    samples = orders(np.where(february >= CLOCK, 500.0, 0.5))
    rolling, monthly = only(row(), samples), only(row(BERLIN), samples)
    assert rolling.verdict == "not met"
    assert monthly.verdict == "met"
    assert monthly.error_budget_remaining == pytest.approx(0.5, abs=0.02)
    assert monthly.coverage == 1.0
    assert (monthly.period.start, monthly.period.end) == (february, moment("2026-03-31T22:00:00Z"))
    assert str(monthly.period.length) == "743h"
    assert [burn.window for burn in monthly.windows] == [burn.window for burn in rolling.windows]
    assert monthly.windows == rolling.windows


def test_the_last_evaluation_of_a_month_judges_all_of_it_and_the_next_one_the_next() -> None:
    end = moment("2026-02-28T23:00:00Z")
    samples = orders(np.where(end >= CLOCK, 500.0, 0.0))
    before, after = (only(row(BERLIN), samples, at) for at in (end, end + 6 * MINUTE))
    assert before.verdict == "not met"
    assert before.period.end == after.period.start == end
    # Of six evaluations four still look back into February.
    assert after.verdict == "not met"
    assert only(row(BERLIN), samples, end + 7 * 1440 * MINUTE).verdict == "met"


def test_a_calendar_month_with_a_correction() -> None:
    found = only(row(BERLIN + DRILL), OUTAGE)
    assert (found.error_budget_remaining, len(found.corrections)) == (1.0, 1)
    events = (28 * 24 + 13) * 60 * 1000 + 30_000
    assert only(row(BERLIN), OUTAGE).error_budget_remaining == pytest.approx(1 - 30_000 / events / 0.001)


def test_what_is_left_of_a_calendar_month_lasts_until_its_whole_budget_is_gone() -> None:
    found = only(row(BERLIN), orders(3.0))
    ratio = 3 / 1003
    whole, elapsed, rate = 743 * 3600, (28 * 24 + 13) * 3600, ratio / 0.001
    assert found.error_budget_remaining == pytest.approx(1 - rate, rel=1e-3)
    assert found.time_to_exhaustion is None
    lighter = only(row(BERLIN), orders(1.02))
    rate = 1.02 / 1001.02 / 0.001
    assert lighter.error_budget_remaining == pytest.approx(1 - rate, abs=1e-3)
    assert lighter.time_to_exhaustion == pytest.approx((whole - rate * elapsed) / rate, rel=1e-2)


@pytest.mark.parametrize(
    ("failed", "seconds"),
    [(0.0, None), (0.5, 30 * 86_400 * 0.5 / 0.5), (2.0, None), (0.8, 30 * 86_400 * 0.2008 / 0.7992)],
)
def test_a_rolling_budget_lasts_at_the_pace_of_the_last_hour(failed: float, seconds: float | None) -> None:
    lasting = only(row(), orders(failed)).time_to_exhaustion
    assert lasting == (seconds if seconds is None else pytest.approx(seconds, rel=1e-2))


def test_an_evaluation_reads_as_far_as_its_calendar() -> None:
    month = row(BERLIN)
    at = moment("2026-03-31T22:00:00Z")
    (start,) = {begin for _, begin in demand([month], at).ranges.items()}
    assert start == moment("2026-02-28T23:00:00Z") - 4 * MINUTE
    assert demand([month], at - 1440 * MINUTE).start < at - 1440 * MINUTE - Duration.parse("30d").ms
    assert reach([month]) == Duration(31 * 86_400_000 + 2 * 3_600_000 + 4 * MINUTE)
    assert reach([row()]) == Duration(30 * 86_400_000 + 34 * MINUTE)


def test_minimum_traffic_stands_beside_what_was_seen() -> None:
    fast, slow = only(row(), orders(0.0)).minimum_traffic
    assert [list(map(str, pair.windows)) for pair in (fast, slow)] == [["5m", "1h"], ["30m", "6h"]]
    assert (fast.needed, slow.needed) == pytest.approx((69.444, 166.667), abs=1e-3)
    assert (fast.seen, slow.seen) == pytest.approx((60_000, 360_000))
    staff = only(row(text=SLICE), Held((Track("staff", (), CLOCK, np.ones(len(CLOCK))),)))
    assert [pair.seen for pair in staff.minimum_traffic] == [60.0, 360.0], (
        "all slices that fit, however few have a verdict"
    )


@pytest.mark.parametrize(("side", "counted", "beyond"), [
    ("bad", 5.0, False), ("bad", 5.04, False), ("bad", 5.1, True),
    ("good", 5.0, False), ("good", 5.04, False), ("good", 5.1, True),
])  # fmt: skip
def test_more_events_on_one_side_than_there_are_are_told(side: str, counted: float, beyond: bool) -> None:  # noqa: FBT001
    written = changed(RATIO, ('bad: orders_total{code="500"}', f"{side}: orders_counted"))
    samples = Held((counter("orders_total", 5.0), counter("orders_counted", counted)))
    assert only(row(text=written), samples).overcounted is beyond


def test_the_document_tells_all_of_it() -> None:
    found = document(only(row(BERLIN + DRILL), OUTAGE))
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert found["period"] == {
        "kind": "month",
        "time_zone": "Europe/Berlin",
        "start": "2026-02-28T23:00:00Z",
        "end": "2026-03-31T22:00:00Z",
    }
    (drill,) = found["corrections"]
    assert {key: drill[key] for key in ("from", "to", "reason")} == {
        "from": "2026-03-20T10:00:00Z",
        "to": "2026-03-20T11:00:00Z",
        "reason": "drill",
    }
    assert found["time_to_exhaustion_seconds"] is None
    assert [pair["windows"] for pair in found["minimum_traffic"]] == [["5m", "1h"], ["30m", "6h"]]
    assert found["overcounted"] is False
    rolling = document(only(row(), OUTAGE))
    assert rolling["period"] == {"kind": "rolling", "start": "2026-02-27T12:00:00Z", "end": "2026-03-29T12:00:00Z"}


def test_an_expression_has_a_period_all_the_same() -> None:
    found = only(row(text=PROMQL), Held(()))
    assert (found.verdict, found.period.end, found.minimum_traffic) == ("needs a Prometheus", AT, ())
