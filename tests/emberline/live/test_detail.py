"""What the page of one instance says."""

import math
from dataclasses import replace

import pytest

from emberline.live.detail import found, instance_view
from emberline.live.page import render_instance
from emberline.live.present import href, runbook
from emberline.live.view import InstanceView
from tests.emberline.live.made import AT, PLANS, measured, snapshot
from tests.emberline.live.pages import curve

LLAMA = {"model_name": "llama"}


def page(row: str, labels: dict[str, str] | None = None) -> InstanceView:
    result = found(snapshot(), row, labels or {})
    assert result is not None
    return instance_view(snapshot(), result, curve(0.5), AT)


def test_an_instance_is_found_by_all_its_labels_and_no_others() -> None:
    assert found(snapshot(), "A1", LLAMA) is not None
    assert found(snapshot(), "A1", {}) is None
    assert found(snapshot(), "A1", LLAMA | {"more": "x"}) is None
    assert found(snapshot(), "P1", LLAMA) is None


def test_each_window_stands_against_the_factor_of_its_pair() -> None:
    pairs = [(pair.alert, pair.pair, pair.window, pair.factor) for pair in page("P1").pairs]
    assert pairs == [
        ("page", "5m and 1h", "5m", "14.4"),
        ("page", "5m and 1h", "1h", "14.4"),
        ("page", "30m and 6h", "30m", "6.00"),
        ("page", "30m and 6h", "6h", "6.00"),
        ("ticket", "2h and 1d", "2h", "3.00"),
        ("ticket", "2h and 1d", "1d", "3.00"),
        ("ticket", "6h and 3d", "6h", "1.00"),
        ("ticket", "6h and 3d", "3d", "1.00"),
    ]
    assert [pair.window for pair in page("P1").pairs if pair.hot] == ["5m", "1h"]


@pytest.mark.parametrize(
    ("rate", "length", "hot"), [(0.0, "0.0", False), (7.2, "25.0", False), (14.5, "50.3", True), (99.0, "100.0", True)]
)
def test_a_bar_reaches_its_middle_at_the_factor(rate: float, length: str, hot: bool) -> None:  # noqa: FBT001
    made = measured(PLANS["P1"], (), {"5m": rate}, 0.5)
    first = instance_view(replace(snapshot(), results=(made,)), made, None, AT).pairs[0]
    assert (first.length, first.mark, first.hot) == (length, "50", hot)


def test_a_window_without_traffic_has_no_bar() -> None:
    made = measured(PLANS["P1"], (), {"5m": math.nan}, 0.5)
    first = instance_view(replace(snapshot(), results=(made,)), made, None, AT).pairs[0]
    assert (first.rate, first.length, first.hot) == ("–", "0.0", False)


def test_every_alert_is_there_with_its_runbook() -> None:
    alerts = page("P1").alerts
    assert [alert.name for alert in alerts] == [alert.name for alert in PLANS["P1"].alerts]
    assert {alert.runbook for alert in alerts} == {"/runbooks/P1.md"}
    assert [alert.since for alert in alerts] == ["10 min", "", ""]


def test_instances_of_a_row_link_to_each_other() -> None:
    ((name, address),) = page("A1", LLAMA).others
    assert name == "<script>alert(1)</script>"
    assert address == "/slo/A1?model_name=%3Cscript%3Ealert%281%29%3C%2Fscript%3E"
    assert page("P1").others == ()


def test_a_row_without_data_has_a_page_that_says_what_to_switch_on() -> None:
    view = page("F5")
    text = render_instance(replace(view, chart=None))
    assert "switch on " in view.row.note
    assert view.row.note.split(" ", 2)[0] in text
    assert "there is no curve to draw" in text


def test_links_lead_where_runbooks_are_published() -> None:
    assert runbook("runbooks/P1.md") == "/runbooks/P1.md"
    assert runbook("https://wiki.example/runbooks/P1.md") == "https://wiki.example/runbooks/P1.md"
    assert runbook("javascript:alert(1)") == "/javascript%3Aalert%281%29"
    assert href("P3", (("cluster", "a/b&c"),)) == "/slo/P3?cluster=a%2Fb%26c"
