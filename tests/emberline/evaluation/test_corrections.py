"""What corrections take out of budgets, over samples in memory, and what they leave alone."""

import math
from dataclasses import replace

import numpy as np
import pytest

from emberline.evaluation.live import Live
from native.ranges import PROM_2_42, PROM_3_5, Profile
from slo.moment import moment
from slo.samples import Track
from tests.emberline.evaluation.budgeted import (
    AGO,
    BERLIN,
    CLOCK,
    DRILL,
    DRILLED,
    MINUTE,
    OUTAGE,
    counter,
    only,
    orders,
    row,
)
from tests.integration.telemetry import Held
from tests.slo.rounds.held import Kept
from tests.slo.rows import LATENCY, RATIO, SLICE, changed

STAFF, CUSTOMERS = np.where(DRILLED, 1.0, 5.0), np.ones(len(CLOCK))
FEW = Held((Track("staff", (), CLOCK, STAFF), Track("customers", (), CLOCK, CUSTOMERS)))
"""Too few staff during the drill."""


def test_what_a_correction_excludes_is_not_charged_and_can_be_audited() -> None:
    plain, corrected = only(row(), OUTAGE), only(row(DRILL), OUTAGE)
    assert (plain.verdict, corrected.verdict) == ("met", "met")
    assert plain.error_budget_remaining == pytest.approx(1 - 30_000 / 43_230_000 / 0.001)
    assert corrected.error_budget_remaining == 1.0
    (drill,) = corrected.corrections
    assert (drill.correction.reason, plain.corrections) == ("drill", ())
    # 64 evaluations look at the hour, and the five minutes around it with it.
    assert (drill.bad, drill.total) == pytest.approx((30_000, 64_000 + 30_000))
    assert corrected.coverage == 1.0, "what is excluded is not unmeasured"


def test_a_correction_changes_no_window_and_no_alert() -> None:
    at = moment("2026-03-20T11:00:00Z")
    plain, corrected = only(row(), OUTAGE, at), only(row(DRILL), OUTAGE, at)
    assert corrected.windows == plain.windows
    statuses = [
        {state.alert.kind: (state.status, state.active_at) for state in each.alerts} for each in (plain, corrected)
    ]
    assert statuses[0] == statuses[1]
    assert statuses[0]["page"][0] == "firing"
    assert corrected.error_budget_remaining == 1.0


def test_nothing_lasts_shorter_for_what_a_correction_excludes() -> None:
    during, after = moment("2026-03-20T10:30:00Z"), moment("2026-03-20T11:05:00Z")
    plain = [only(row(), OUTAGE, at).time_to_exhaustion for at in (during, after)]
    assert all(plain)
    assert only(row(DRILL), OUTAGE, during).time_to_exhaustion is None
    last = only(row(DRILL), OUTAGE, after)
    rate = next(burn.burn_rate for burn in last.windows if str(burn.window.length) == "1h")
    assert last.time_to_exhaustion == pytest.approx(30 * 86_400 / (rate or math.nan))


@pytest.mark.parametrize(
    "correction",
    [
        "{from: 2026-02-20T10:00:00Z, to: 2026-02-27T11:00:00Z, reason: long ago}",
        "{from: 2026-02-20T10:00:00Z, to: 2026-02-27T11:55:00Z, reason: just ago}",
        "{from: 2026-03-29T12:00:00Z, to: 2026-03-30T12:00:00Z, reason: to come}",
    ],
)
def test_corrections_outside_the_period_change_no_bit(correction: str) -> None:
    samples = orders(np.where(AGO % 7 == 3, 0.3, 0.1))
    plain, corrected = only(row(), samples), only(row(f"    corrections: [{correction}]\n"), samples)
    assert replace(corrected, plan=plain.plan, alerts=plain.alerts) == plain


def test_a_correction_that_begins_before_the_period_reaches_into_it() -> None:
    reaching = "{from: 2026-02-20T10:00:00Z, to: 2026-02-27T12:01:00Z, reason: freeze}"
    (freeze,) = only(row(f"    corrections: [{reaching}]\n"), orders(0.0)).corrections
    assert freeze.total == pytest.approx(5000)


@pytest.mark.parametrize("profile", [PROM_2_42, PROM_3_5], ids=["2.42", "3.5"])
def test_the_same_sums_without_and_with_the_mask(profile: Profile) -> None:
    """Excluding where nothing was counted leaves all that was: the difference is in the last bits."""
    kept = (AGO >= 8 * 1440) | (AGO < 6 * 1440)
    burst = orders(np.where(AGO > 30 * 1440 - 5, 50.0, 0.3))
    samples = Held(tuple(replace(t, timestamps=t.timestamps[kept], values=t.values[kept]) for t in burst.tracks))
    silent = "{from: 2026-03-22T00:00:00Z, to: 2026-03-23T00:00:00Z, reason: nothing}"
    rows = (row(), row(f"    corrections: [{silent}]\n"))
    plain, corrected = (only(each, samples, profile=profile) for each in rows)
    assert corrected.error_budget_remaining == pytest.approx(plain.error_budget_remaining, rel=1e-12)
    (nothing,) = corrected.corrections
    assert (nothing.bad, nothing.total) == (None, None)
    assert plain.coverage is not None
    assert corrected.coverage is not None
    assert corrected.coverage > plain.coverage


def test_a_period_that_is_excluded_altogether_has_no_verdict() -> None:
    whole = "{from: 2026-02-01T00:00:00Z, to: 2026-04-01T00:00:00Z, reason: pilot}"
    found = only(row(f"    corrections: [{whole}]\n"), orders(100.0))
    assert (found.verdict, found.note) == ("no data", "corrections exclude all of its period")
    assert (found.error_budget_remaining, found.coverage, found.time_to_exhaustion) == (None, None, None)
    assert {state.status for state in found.alerts if state.alert.kind == "page"} == {"firing"}


def test_slices_within_a_correction_are_excluded() -> None:
    plain, corrected = only(row(text=SLICE), FEW), only(row(DRILL, SLICE), FEW)
    assert plain.error_budget_remaining == pytest.approx(1 - 60 / 43_200 / 0.05)
    assert (corrected.error_budget_remaining, corrected.coverage) == (1.0, 1.0)
    (drill,) = corrected.corrections
    assert (drill.bad, drill.total) == (60.0, 60.0)


def test_slices_of_a_rate_are_excluded_as_long_as_it_looks_back() -> None:
    rated = changed(SLICE, ("reduce: min", "reduce: sum\n      rate: 5m"))
    staff = counter("staff", np.where(DRILLED, 60.0, 600.0))
    samples = Held((staff, Track("customers", (), CLOCK, np.ones(len(CLOCK)))))
    (drill,) = only(row(DRILL, rated), samples).corrections
    assert (drill.total, only(row(DRILL, rated), samples).error_budget_remaining) == (64.0, 1.0)


@pytest.mark.parametrize("lines", [DRILL, BERLIN, BERLIN + DRILL])
@pytest.mark.parametrize(("kind", "samples"), [(RATIO, OUTAGE), (SLICE, FEW)], ids=["ratio", "slice"])
def test_live_evaluation_has_the_same_budget(kind: str, samples: Held, lines: str) -> None:
    end = moment("2026-03-20T11:04:00Z")
    planned = row(lines, kind)
    live = Live([row(text=LATENCY), planned], Kept(list(samples.tracks)), end - 2 * MINUTE)
    for at in (end - 2 * MINUTE, end - MINUTE, end, end + MINUTE):
        _, found = live.latest if at == live.at else live.advance(at)
        alone = only(planned, samples, at)
        lasting = alone.time_to_exhaustion
        assert found.time_to_exhaustion == (lasting and pytest.approx(lasting, rel=1e-12))
        assert replace(found, alerts=(), windows=(), time_to_exhaustion=None) == replace(
            alone, alerts=(), windows=(), time_to_exhaustion=None
        )
