"""The curve of a budget: it begins at all of it, never rises, and ends at what an evaluation says is left."""

import numpy as np
import pytest

from emberline.evaluation import evaluate_all
from emberline.live.burndown import burn_down
from emberline.live.chart import chart
from native.ranges import PROM_2_42, PROM_3_5, Profile
from slo.plan import Plan
from slo.readings import Readings
from slo.samples import Track
from slo.sli import Events
from slo.vector import Grid
from tests.emberline.evaluation.budgeted import (
    AGO,
    AT,
    BERLIN,
    CLOCK,
    DRILL,
    DRILLED,
    OUTAGE,
    counter,
    only,
    orders,
    row,
)
from tests.emberline.live.pages import curve
from tests.integration.telemetry import Held
from tests.slo.rows import LATENCY, SLICE

BURSTS = orders(np.where(AGO % 7 == 3, 3.0, 0.5))
STAFF = Track("staff", (), CLOCK, np.where(DRILLED, 1.0, 5.0))
FEW = Held((STAFF, Track("customers", (), CLOCK, np.ones(len(CLOCK)))))
NOBODY = Held((counter("something_else", 1.0),))


def only_curve(planned: Plan, samples: Held, profile: Profile = PROM_3_5, points: int = 180) -> tuple[float, ...]:
    drawn = burn_down(planned, (), samples, AT, profile, points)
    assert drawn is not None
    assert drawn.times[-1] == AT
    assert (np.diff(drawn.times) > 0).all()
    return tuple(drawn.left.tolist())


@pytest.mark.parametrize("profile", [PROM_2_42, PROM_3_5], ids=["2.42", "3.5"])
@pytest.mark.parametrize("lines", ["", DRILL, BERLIN], ids=["rolling", "corrected", "calendar"])
@pytest.mark.parametrize("samples", [BURSTS, OUTAGE], ids=["bursts", "outage"])
def test_it_begins_full_never_rises_and_ends_at_what_is_left(lines: str, samples: Held, profile: Profile) -> None:
    left = only_curve(row(lines), samples, profile)
    assert left[0] == pytest.approx(1, abs=0.01)
    assert (np.diff(left) <= 0).all()
    assert left[-1] == pytest.approx(only(row(lines), samples, profile=profile).error_budget_remaining, rel=1e-9)


def test_an_outage_shows_unless_a_correction_excludes_it() -> None:
    assert max(-np.diff(only_curve(row(), OUTAGE))) > 0.5
    assert set(only_curve(row(DRILL), OUTAGE)) == {1.0}


def test_slices_burn_down_too() -> None:
    planned = row(text=SLICE)
    left = only_curve(planned, FEW)
    assert left[-1] == pytest.approx(1 - 60 / 43_200 / 0.05)
    assert left[-1] == pytest.approx(only(planned, FEW).error_budget_remaining, rel=1e-9)


def test_every_point_is_what_was_spent_by_then() -> None:
    """The twin sums all evaluations up to each point anew."""
    planned = row()
    assert isinstance(planned.sli, Events)
    grid = Grid(AT, planned.interval.ms, planned.slo.window.ms // planned.interval.ms)
    recorded = Readings(BURSTS, planned.interval).recorded(planned.sli, planned.windows[0].length, grid)
    bad, total = recorded.bad.values[0], recorded.total.values[0].sum()
    drawn = burn_down(planned, (), BURSTS, AT, points=9)
    assert drawn is not None
    assert len(drawn.times) == 9
    for at, left in zip(drawn.times, drawn.left, strict=True):
        spent = bad[grid.times <= at].sum() / (float(planned.sli.budget) * total)
        assert left == pytest.approx(1 - spent, rel=1e-9)


def test_what_nobody_exports_has_no_curve() -> None:
    assert burn_down(row(), (), NOBODY, AT) is None
    assert burn_down(row(), (), BURSTS, AT) is not None
    assert burn_down(row(text=LATENCY), (("shop", "a"),), NOBODY, AT) is None


def test_an_instance_has_the_curve_of_its_own_series() -> None:
    """The row is cut by code, of all things: each code is an instance, and only one of them ever fails."""
    planned = row("    by: [code]\n")
    good, bad = (burn_down(planned, (("code", code),), BURSTS, AT) for code in ("200", "500"))
    assert good is not None
    assert bad is not None
    found = {dict(result.labels)["code"]: result for result in evaluate_all([planned], BURSTS, AT)}
    assert good.left[-1] == found["200"].error_budget_remaining == 1
    assert bad.left[-1] == pytest.approx(found["500"].error_budget_remaining, rel=1e-9)
    assert bad.left[-1] < -100
    assert burn_down(planned, (("code", "404"),), BURSTS, AT) is None


def test_the_chart_keeps_to_its_box_and_says_each_day() -> None:
    drawn = chart(curve(0.25))
    assert drawn.line.startswith("M0.0 0.0 L")
    assert drawn.line.endswith("L100.0 75.0")
    assert (drawn.zero, drawn.bottom) == ("100.0", "0 %")
    assert len(drawn.days) == 31
    assert drawn.days[0][1] == "25.0 %"


def test_an_overspent_budget_reaches_below_zero() -> None:
    drawn = chart(curve(-1.0))
    assert drawn.line.endswith("L100.0 100.0")
    assert (drawn.zero, drawn.bottom) == ("50.0", "-100 %")
    assert drawn.days[0][1] == "-100.0 %"
