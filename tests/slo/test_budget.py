"""What is left of a budget, how long it lasts, and whether its events add up: tables of numbers worked out by hand."""

import math
from decimal import Decimal

import numpy as np
import pytest

from slo.budget import WATCHED, excess, most, overcounted, remaining, time_to_exhaustion
from slo.burn import Burn, burn_rate
from slo.condition import Burning
from slo.duration import Duration
from slo.plan import plan
from slo.selector import Labels
from slo.table.load import load
from slo.vector import Vector
from slo.window import Direct
from slo.wording import fewest
from tests.slo.rows import RATIO, changed, table

MONTH = Duration.parse("30d")
HOURS = 3600.0
DAYS = 24 * HOURS


def vector(*values: float | None) -> Vector:
    """One instance for each value, at one time; None where it is absent."""
    instances: tuple[Labels, ...] = tuple((("i", str(row)),) for row in range(len(values)))
    column = np.array([[0.0 if value is None else value] for value in values])
    return Vector(instances, column, np.array([[value is not None] for value in values]))


def told(found: Vector) -> list[float | None]:
    return found.latest(found.instances)


@pytest.mark.parametrize(
    ("ratio", "gone", "left"),
    [(0.0, 0.0, 1.0), (0.0005, 0.5, 0.5), (0.001, 1.0, 0.0), (0.002, 2.0, -1.0), (1.0, 1000.0, -999.0)],
)
def test_what_is_spent_is_not_left(ratio: float, gone: float, left: float) -> None:
    error_ratio, budget = vector(ratio, None), Decimal("0.001")
    assert told(burn_rate(error_ratio, budget)) == [gone, None]
    assert told(remaining(error_ratio, budget)) == [left, None]


def test_a_period_without_events_has_a_budget_of_nan() -> None:
    (left,) = told(remaining(vector(math.nan), Decimal("0.001")))
    assert left is not None
    assert math.isnan(left)


@pytest.mark.parametrize(
    ("left", "rate", "elapsed", "seconds"),
    [
        (1.0, 1.0, "30d", 30 * DAYS),
        (1.0, 14.4, "30d", 50 * HOURS),
        (0.5, 2.0, "30d", 7.5 * DAYS),
        (0.25, 1000.0, "30d", 648.0),
        (0.5, math.inf, "30d", 0.0),
        (0.5, 0.0, "30d", None),
        (0.5, -0.1, "30d", None),
        (0.5, math.nan, "30d", None),
        (0.0, 2.0, "30d", None),
        (-0.2, 2.0, "30d", None),
        (math.nan, 2.0, "30d", None),
        (None, 2.0, "30d", None),
        (0.5, None, "30d", None),
        # Of a calendar month only what has gone by can have been spent: 5 days of 30 at burn rate 1.5.
        (1.0, 1.0, "10d", 30 * DAYS),
        (-0.5, 1.5, "5d", 15 * DAYS),
        (-5.0, 1.0, "5d", None),
        (-5.0, 1.0, "4d", 6 * DAYS),
    ],
)  # fmt: skip
def test_a_budget_lasts_at_a_pace(left: float | None, rate: float | None, elapsed: str, seconds: float | None) -> None:
    (found,) = told(time_to_exhaustion(vector(left), vector(rate), MONTH, Duration.parse(elapsed)))
    assert found == (seconds if seconds is None else pytest.approx(seconds))


def test_instances_are_told_apart() -> None:
    left, rates = vector(1.0, 0.5, -0.5, 0.5, None), vector(2.0, 0.0, 1.0, 1.0)
    assert told(time_to_exhaustion(left, rates, MONTH, MONTH)) == [15 * DAYS, None, None, 15 * DAYS]


@pytest.mark.parametrize(
    ("bad", "total", "beyond"),
    [
        (0.0, 0.0, 0.0),
        (100.0, 100.0, 0.0),
        (101.0, 100.0, 0.0),
        (102.0, 100.0, 2.0),
        (0.9, 0.0, 0.0),
        (1.1, 0.0, 1.1),
        (1009.0, 1000.0, 0.0),
        (1010.1, 1000.0, 10.1),
        (-1.0, 100.0, 0.0),
        (-1.5, 100.0, 1.5),
        (-9.0, 1000.0, 0.0),
        (-10.5, 1000.0, 10.5),
        (math.nan, 100.0, 0.0),
        (0.0, math.nan, 0.0),
    ],
)
def test_a_side_exceeds_all_events_by_more_than_noise(bad: float, total: float, beyond: float) -> None:
    assert float(excess(bad, total)) == pytest.approx(beyond)
    assert told(overcounted(Burn(vector(bad), vector(total)))) == [pytest.approx(beyond) if beyond else None]


def test_bad_events_without_any_total_are_too_many() -> None:
    burn = Burn(vector(5.0, 0.5, None), vector(None, None, 5.0))
    assert told(overcounted(burn)) == [5.0, None, None]


def test_counts_must_add_up_over_the_windows_that_are_watched() -> None:
    assert list(map(str, WATCHED)) == ["1h", "1d"]


def test_the_busiest_window_decides_whether_one_failure_pages() -> None:
    assert told(most([vector(3.0, 9.0, 5.0, None), vector(70.0, 2.0, None, 8.0)])) == [70.0, 9.0, None, None]


@pytest.mark.parametrize(
    ("objective", "factor", "events"),
    [("99.9%", "14.4", 69.444), ("99.9%", "6", 166.667), ("99%", "14.4", 6.944), ("95%", "14.4", 1.389)],
)
def test_fewer_events_than_this_make_a_page_of_one_failure(objective: str, factor: str, events: float) -> None:
    (slo,) = load({"t.yaml": table(changed(RATIO, ("99.9%", objective), ("below: 99.5%", "below: 90%")))})
    burning = Burning(plan(slo).sli, Direct(Duration.parse("1h")), Decimal(factor))
    assert float(burning.fewest) == pytest.approx(events, abs=1e-3)
    alone = 1 / math.ceil(burning.fewest), 1 / math.floor(burning.fewest)
    assert [ratio > float(burning.threshold) for ratio in alone] == [False, True]
    assert fewest(burning).startswith(f"1 / (f·b) = 1 / ({factor} · ")
