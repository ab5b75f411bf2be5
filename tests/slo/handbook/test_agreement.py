"""The handbook's alerts against the rows that they refer to."""

import pytest

from slo.handbook.agreement import misnamed
from slo.handbook.load import load_alerts
from slo.table.load import load
from tests.slo.handbook.documents import ALERTS, changed
from tests.slo.rows import RATIO, table
from tests.slo.rows import changed as changed_row

ROW = changed_row(RATIO, ("for: 5m\n", "for: 5m\n      action: PA2\n"))


def disagreements(*changes: tuple[str, str]) -> list[str]:
    rows = load({"rows.yaml": table(ROW)})
    return list(misnamed(load_alerts("h.yaml", changed(ALERTS, *changes)), rows))


def test_an_alert_that_is_its_rows_own_agrees() -> None:
    assert disagreements() == []
    assert disagreements(("[QueueFull,", "[ShopAvailabilityNoData,")) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("row: S1", "row: S9", ["PA2: there is no row S9"]),
        ("    alert: OrdersFailing", "    alert: OrdersLate", [
            "PA2: the static alert of row S1 is OrdersFailing, not OrdersLate",
        ]),
        ("id: PA2", "id: PA3", ["PA3: the action of row S1 is PA2, not PA3"]),
        ("id: PA2\n    area: shop", "id: PA2\n    area: bank", ["PA2: the area of row S1 is shop, not bank"]),
        ("alerts: [QueueFull, ", "alerts: [QueueEmpty, ", ["I1: no alert is called QueueEmpty"]),
    ],
)  # fmt: skip
def test_what_does_not_agree_is_told(old: str, new: str, expected: list[str]) -> None:
    assert disagreements((old, new)) == expected


def test_an_alert_of_its_own_cannot_bear_the_name_of_a_rows_alert() -> None:
    both = (("alert: OrdersFailing", "alert: Other"), ("alert: QueueFull", "alert: OrdersFailing"))
    assert "PA1: OrdersFailing is the static alert of a row" in disagreements(*both)
