"""Verdicts, notes and horizons of one evaluation over samples in memory."""

import json
import math
from dataclasses import replace

import numpy as np
import pytest

from emberline.evaluation import Result, document, evaluate_all, reach, rfc3339
from slo.duration import Duration
from slo.plan import Plan, plan
from slo.samples import Track
from slo.selector import labels_of
from slo.table.load import load
from slo.window import Direct
from tests.integration.telemetry import Held
from tests.slo.rows import LATENCY, RATIO, changed, table

MINUTE = 60_000
AT = 1_700_000_040_000
DAYS = 31
CLOCK = AT - MINUTE * np.arange(DAYS * 1440 - 1, -1, -1, dtype=np.int64)


def row(text: str) -> Plan:
    (found,) = load({"t.yaml": table(text)})
    return plan(found)


BY_SHOP = row(changed(RATIO, ("    namespace: shop", "    by: [shop]\n    namespace: shop")))
ORDERS, SLOW = row(RATIO), row(LATENCY)


def counter(metric: str, rate: float, **labels: str) -> Track:
    return Track(metric, labels_of(labels), CLOCK, 100.0 + rate * np.arange(len(CLOCK), dtype=np.float64))


def orders(failed: float, taken: float = 1000.0) -> Held:
    return Held((counter("orders_total", taken, code="200"), counter("orders_total", failed, code="500")))


def both_shops() -> Held:
    return Held(tuple(counter("orders_total", 10.0, code="200", shop=shop) for shop in ("oslo", "rome")))


def only(plan: Plan, samples: Held, at: int = AT) -> Result:
    (found,) = evaluate_all([plan], samples, at)
    return found


@pytest.mark.parametrize(
    ("failed", "verdict", "left"),
    [(0.0, "met", 1.0), (0.5, "met", 0.5), (2.0, "not met", -0.996), (100.0, "not met", -89.909)],
)
def test_the_period_decides(failed: float, verdict: str, left: float) -> None:
    found = only(ORDERS, orders(failed))
    assert (found.verdict, found.note, found.coverage) == (verdict, "", 1.0)
    assert found.error_budget_remaining == pytest.approx(left, abs=1e-2)
    burn = found.windows[-1]
    assert found.error_budget_remaining == 1 - (burn.error_ratio or 0.0) / 0.001


def test_a_budget_spent_to_the_last_event_is_met() -> None:
    found = only(ORDERS, orders(1.0, taken=999.0))
    assert (found.error_budget_remaining, found.verdict) == (0.0, "met")


def test_an_alert_that_held_longer_than_the_replay_is_told_from_its_beginning() -> None:
    found = only(ORDERS, orders(failed=100.0))
    since = dict.fromkeys(("page", "ticket", "static"), "6h5m") | {"exhausted": "30m"}
    begun = {state.alert.kind: state.active_at for state in found.alerts if state.status == "firing"}
    assert begun == {kind: AT - Duration.parse(length).ms for kind, length in since.items()}


def test_an_alert_is_told_from_the_evaluation_that_found_it() -> None:
    began = len(CLOCK) - 31
    values = 100.0 + np.where(np.arange(len(CLOCK)) > began, 100.0 * (np.arange(len(CLOCK)) - began), 0.0)
    failing = Track("orders_total", (("code", "500"),), CLOCK, values)
    found = only(ORDERS, Held((counter("orders_total", 1000.0, code="200"), failing)))
    states = {state.alert.kind: state for state in found.alerts}
    assert (states["static"].status, states["static"].active_at) == ("firing", AT - 29 * MINUTE)
    assert states["page"].status == "firing"
    assert states["page"].active_at is not None
    assert AT - 30 * MINUTE < states["page"].active_at < AT


def test_no_events_are_no_verdict() -> None:
    found = only(ORDERS, orders(0.0, taken=0.0))
    assert (found.verdict, found.note) == ("no data", "no events in 30d")
    assert math.isnan(found.error_budget_remaining or 0.0)
    assert {state.status for state in found.alerts} == {"inactive"}


def test_a_missing_bucket_is_no_verdict() -> None:
    found = only(SLOW, Held((counter("order_seconds_count", 5.0, shop="oslo"),)))
    assert (found.verdict, found.note) == ("no data", "bad events cannot be told")
    assert found.error_budget_remaining is None


def test_samples_too_far_apart_for_the_period_are_no_verdict() -> None:
    sparse = Held(tuple(replace(t, timestamps=t.timestamps[::6], values=t.values[::6]) for t in orders(0.5).tracks))
    found = only(ORDERS, sparse)
    assert (found.verdict, found.note) == ("no data", "no series has two samples within 5m")
    assert (found.error_budget_remaining, found.coverage) == (None, 0.0)
    hour = next(burn for burn in found.windows if str(burn.window.length) == "1h")
    assert hour.error_ratio == pytest.approx(0.5 / 1000.5)


def test_rows_without_series_say_what_to_switch_on() -> None:
    found = only(ORDERS, Held(()))
    assert (found.verdict, found.note, found.windows, found.coverage) == ("no data", "switch on nothing", (), None)
    active = {state.alert.kind: state.status for state in found.alerts if state.status != "inactive"}
    assert active == {"no-data": "firing"}


def test_missing_data_is_told_with_each_instance_that_is_still_measured() -> None:
    gone = slice(0, len(CLOCK) - 8)  # two samples in five minutes, until four minutes ago
    ended = [replace(t, timestamps=t.timestamps[gone], values=t.values[gone]) for t in both_shops().tracks]
    for tracks, status in ((ended, "firing"), (both_shops().tracks, "inactive")):
        found = evaluate_all([BY_SHOP], Held(tuple(tracks)), AT)
        assert [dict(result.labels)["shop"] for result in found] == ["oslo", "rome"]
        assert [{s.alert.kind: s.status for s in result.alerts}["no-data"] for result in found] == [status, status]


def test_coverage_is_the_share_of_evaluations_that_found_something() -> None:
    kept = slice(len(CLOCK) - 10 * 1440 - 3, None)
    late = Held(tuple(replace(t, timestamps=t.timestamps[kept], values=t.values[kept]) for t in orders(0.5).tracks))
    found = only(ORDERS, late)
    assert found.coverage == pytest.approx((10 * 1440 + 2) / 43_200, abs=1e-9)
    assert found.verdict == "met"


def test_a_direct_period_is_covered_as_well() -> None:
    windows = (*ORDERS.windows[:-1], Direct(Duration.parse("4d")))
    found = only(replace(ORDERS, windows=windows), orders(0.5))
    assert (found.coverage, found.verdict) == (1.0, "met")


def test_what_lies_before_the_reach_is_not_needed() -> None:
    whole = orders(failed=2.0)
    back = reach([ORDERS, SLOW])
    inside = np.greater(CLOCK, AT - back.ms)
    assert back.ms < AT - CLOCK[0]
    cut = Held(tuple(replace(t, timestamps=t.timestamps[inside], values=t.values[inside]) for t in whole.tracks))
    assert only(ORDERS, cut) == only(ORDERS, whole)


def test_a_short_period_does_not_shorten_what_alerts_read() -> None:
    short = row(changed(RATIO, ("    namespace", "    window: 73h\n    namespace")))
    assert reach([short]) == Duration.parse("78h5m")


def test_each_call_reads_the_samples_anew() -> None:
    assert only(ORDERS, orders(0.5)).verdict == "met"
    assert only(ORDERS, orders(5.0)).verdict == "not met"


def test_documents_are_valid_json_without_nan() -> None:
    found = document(only(ORDERS, orders(0.0, taken=0.0)))
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert found["windows"]["5m"] == {"error_ratio": None, "burn_rate": None}
    assert found["error_budget_remaining"] is None
    assert list(found["windows"]) == ["5m", "30m", "1h", "2h", "6h", "1d", "3d", "30d"]


@pytest.mark.parametrize(
    ("at", "text"),
    [(0, "1970-01-01T00:00:00Z"), (1_700_000_040_000, "2023-11-14T22:14:00Z"), (7, "1970-01-01T00:00:00.007Z")],
)
def test_times_are_rfc_3339(at: int, text: str) -> None:
    assert rfc3339(at) == text
