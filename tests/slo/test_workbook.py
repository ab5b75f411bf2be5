"""The numbers that the SRE Workbook's chapter 5 prints for its methods, found by the engine on flat traffic."""

from decimal import Decimal

import numpy as np
import pytest

from slo.budget import remaining
from slo.duration import Duration
from slo.policy import Pair
from slo.readings import Readings
from slo.selector import Selector
from slo.sli import Counted, Events
from slo.vector import Grid
from slo.window import Direct
from tests.integration.telemetry import Held
from tests.slo.flat import Incident, track

PERIOD = Duration.parse("30d")
THREE_NINES = Decimal("0.999")
SECOND, MINUTE, HOUR = 1_000, 60_000, 3_600_000


def factor(window: str, share: str) -> Decimal:
    """The burn rate that spends a share of the budget within a window."""
    length = Duration.parse(window)
    return Pair("page", length, length, Decimal(share)).factor(PERIOD)


def changes(incident: Incident, faster_than: Decimal, window: str, after: str) -> list[tuple[int, str]]:
    length = Duration.parse(window)
    return incident.changes(incident.burning(faster_than, length), length, Duration.parse(after))


def test_method_1_notices_an_outage_in_six_tenths_of_a_second() -> None:
    """An error rate over ten minutes that is above the objective's, let go of ten minutes after the end."""
    outage = Incident(THREE_NINES, Decimal(1), 11 * MINUTE, step=100)
    (fired, _), (resolved, _) = changes(outage, Decimal(1), "10m", "11m")
    assert 600 <= fired <= 800
    assert resolved - outage.length == pytest.approx(10 * MINUTE, rel=0.002)


def test_method_2_notices_in_two_minutes_and_lets_go_in_a_day_and_a_half() -> None:
    """5 % of the budget over 36 hours: 2m10s, and then it fires for 36 hours."""
    assert factor("36h", "0.05") == 1
    outage = Incident(THREE_NINES, Decimal(1), 3 * MINUTE, step=SECOND)
    (fired, _), (resolved, _) = changes(outage, Decimal(1), "36h", "37h")
    assert 129.6 * SECOND <= fired <= 132 * SECOND
    assert resolved == pytest.approx(36 * HOUR + outage.length - fired, abs=5 * SECOND)


def test_method_4_lets_go_after_58_minutes() -> None:
    """5 % of the budget over an hour: a factor of 36."""
    assert factor("1h", "0.05") == 36
    outage = Incident(THREE_NINES, Decimal(1), 2 * HOUR, step=SECOND)
    (fired, _), (resolved, _) = changes(outage, Decimal(36), "1h", "1h")
    assert 129.6 * SECOND <= fired <= 132 * SECOND
    assert (resolved - outage.length) / MINUTE == pytest.approx(57.84, abs=0.05)


def test_method_4_never_hears_of_a_burn_of_35_and_everything_is_spent_in_20_5_hours() -> None:
    burn = Incident(THREE_NINES, Decimal("0.035"), 25 * HOUR, step=10 * SECOND)
    assert changes(burn, Decimal(36), "1h", "1h") == []
    (fired, status), *_ = changes(burn, Decimal(1), "30d", "0s")
    assert status == "firing"
    assert 20.5 * HOUR <= fired <= 20.6 * HOUR


def test_a_burn_of_36_is_heard_of() -> None:
    burn = Incident(THREE_NINES, Decimal("0.0361"), 25 * HOUR, step=10 * SECOND)
    assert [status for _, status in changes(burn, Decimal(36), "1h", "1h")] == ["firing", "inactive"]


def test_five_nines_are_spent_in_26_seconds() -> None:
    outage = Incident(Decimal("0.99999"), Decimal(1), MINUTE, step=SECOND)
    (fired, status), *_ = changes(outage, Decimal(1), "30d", "0s")
    assert (fired, status) == (26 * SECOND, "firing")


def test_an_outage_of_one_nine_burns_1_4_percent_an_hour_and_2_percent_are_never_reached() -> None:
    outage = Incident(Decimal("0.9"), Decimal(1), 2 * HOUR, step=10 * SECOND)
    assert changes(outage, factor("1h", "0.02"), "1h", "2h") == []
    assert [status for _, status in changes(outage, factor("1h", "0.0138"), "1h", "2h")] == ["firing", "inactive"]
    assert 1 / (Decimal("0.1") * 720) == pytest.approx(Decimal("0.014"), abs=Decimal("0.0002"))


def test_one_failure_in_ten_requests_an_hour() -> None:
    """10 % of the hour's requests: a burn rate of 100 (where the Workbook prints 1,000), and 13.9 % of the budget."""
    clock = np.arange(-31 * 24 * 10, 1, dtype=np.int64) * 6 * MINUTE
    requests = track("requests_total", clock, np.arange(len(clock), dtype=np.float64))
    failures = track("failures_total", clock, (clock > -20 * MINUTE).astype(np.float64))
    sli = Events((Selector("requests_total"),), Counted((Selector("failures_total"),)), (), THREE_NINES)
    readings = Readings(Held((requests, failures)), Duration(MINUTE))
    hour, month = (readings.burn(sli, Direct(Duration.parse(length)), Grid(0, MINUTE)) for length in ("1h", "30d"))
    assert hour.rate(sli.budget).latest(((),)) == pytest.approx([100.0], rel=0.01)
    assert remaining(month.error_ratio, sli.budget).latest(((),)) == pytest.approx([1 - 0.139], abs=0.001)
