"""Rows of time slices, evaluated over samples in memory: what is measured, and what alerts compare with."""

import numpy as np
import pytest

from emberline.evaluation import Result, evaluate_all
from slo.plan import Plan, plan
from slo.samples import Track
from slo.selector import labels_of
from slo.table.load import load
from slo.vector import Floats
from tests.integration.telemetry import Held
from tests.slo.rows import SLICE, changed, table

MINUTE = 60_000
AT = 1_700_000_040_000
CLOCK = AT - MINUTE * np.arange(31 * 1440 - 1, -1, -1, dtype=np.int64)
AGO = (AT - CLOCK) // MINUTE
"""How many minutes ago each sample is."""


def planned(text: str) -> Plan:
    (found,) = load({"t.yaml": table(text)})
    return plan(found)


STAFF = planned(changed(SLICE, ("    namespace: shop", "    by: [shop]\n    namespace: shop")))


def gauge(metric: str, values: Floats | float, **labels: str) -> Track:
    return Track(metric, labels_of(labels), CLOCK, np.broadcast_to(np.asarray(values, np.float64), CLOCK.shape))


def evaluated(*tracks: Track, row: Plan = STAFF) -> tuple[Result, ...]:
    return evaluate_all([row], Held(tracks), AT)


def windows(result: Result) -> dict[str, float | None]:
    return {str(burn.window.length): burn.error_ratio for burn in result.windows}


def states(result: Result) -> dict[str, str]:
    return {state.alert.kind: state.status for state in result.alerts}


def test_bad_slices_spend_the_budget() -> None:
    (found,) = evaluated(gauge("staff", np.where(AGO < 432, 3.0, 4.0), shop="oslo"), gauge("customers", 1, shop="oslo"))
    assert (found.verdict, found.labels, found.coverage) == ("met", (("shop", "oslo"),), 1.0)
    assert found.error_budget_remaining == pytest.approx(1 - 432 / 43_200 / 0.05)
    assert windows(found) == {
        "5m": 1.0, "30m": 1.0, "1h": 1.0, "2h": 1.0, "6h": 1.0, "1d": 0.3, "3d": 0.1, "30d": 0.01
    }  # fmt: skip
    assert found.windows[0].burn_rate == pytest.approx(20)
    assert states(found) == {
        "page": "firing", "ticket": "firing", "static": "inactive", "exhausted": "inactive", "no-data": "inactive"
    }  # fmt: skip


def test_after_an_idle_night_alerts_compare_with_all_slices_and_the_period_with_measured_ones() -> None:
    """One bad slice is one of sixty in the last hour; of the period it is one of one."""
    (found,) = evaluated(gauge("staff", 1, shop="oslo"), gauge("customers", np.where(AGO == 0, 1.0, 0.0), shop="oslo"))
    assert windows(found) | {"30d": None} == {
        "5m": 1 / 5, "30m": 1 / 30, "1h": 1 / 60, "2h": 1 / 120, "6h": 1 / 360, "1d": 1 / 1440, "3d": 1 / 4320,
        "30d": None,
    }  # fmt: skip
    assert (windows(found)["30d"], found.verdict, found.coverage) == (1.0, "not met", 1 / 43_200)
    assert (states(found)["page"], states(found)["exhausted"]) == ("inactive", "firing")


def test_each_instance_is_judged_by_its_own_gate() -> None:
    busy, idle = gauge("customers", 5, shop="oslo"), gauge("customers", 0, shop="rome")
    staff = [gauge("staff", 4, shop=shop) for shop in ("oslo", "rome")]
    (found,) = evaluated(*staff, busy, idle)
    assert (dict(found.labels), found.verdict) == ({"shop": "oslo"}, "met")


def test_an_alert_that_is_not_gated_speaks_of_an_instance_that_is_never_measured() -> None:
    """An idle GPU is what its alert looks for."""
    (found,) = evaluated(gauge("staff", 1, shop="oslo"), gauge("customers", 0, shop="oslo"))
    assert (found.verdict, found.note) == ("no data", "no slice could be measured in 30d")
    assert (found.labels, states(found)["static"]) == ((("shop", "oslo"),), "firing")
    assert (set(windows(found).values()), found.coverage) == ({None}, 0.0)


def test_a_row_that_exists_but_is_never_measured_need_not_be_switched_on() -> None:
    (found,) = evaluated(gauge("staff", 4, shop="oslo"), gauge("customers", 0, shop="oslo"))
    assert (found.labels, found.verdict, found.note) == ((), "no data", "no slice could be measured in 30d")
    assert set(states(found).values()) == {"inactive"}


@pytest.mark.parametrize("present", ["staff", "customers"])
def test_either_series_that_is_missing_is_missing_data(present: str) -> None:
    (found,) = evaluated(gauge(present, 4, shop="oslo"))
    assert (found.verdict, found.note) == ("no data", "switch on nothing")
    assert states(found)["no-data"] == "firing"


def test_a_gap_in_both_series_is_no_slice() -> None:
    """A sample stands for five minutes: of ten evaluations without one, six measure nothing."""
    kept = (AGO < 100) | (AGO >= 110)
    tracks = [gauge("staff", 4, shop="oslo"), gauge("customers", 1, shop="oslo")]
    cut = [Track(t.metric, t.labels, t.timestamps[kept], t.values[kept]) for t in tracks]
    (found,) = evaluated(*cut)
    assert found.coverage == pytest.approx((43_200 - 6) / 43_200, abs=1e-12)
