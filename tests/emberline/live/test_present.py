"""What the status page says of a snapshot."""

from dataclasses import replace

import pytest

from emberline import words
from emberline.evaluation import AlertState
from emberline.live.present import view
from tests.emberline.live.made import AT, PLANS, measured, snapshot


def row(name: str, instance: str = "") -> dict[str, object]:
    rows = [r for area in view(snapshot(), AT).areas for r in area.rows if r.id == name and r.instance == instance]
    return {field: getattr(rows[0], field) for field in rows[0].__slots__}


def test_all_rows_appear_by_area_in_the_handbooks_order() -> None:
    areas = view(snapshot(), AT).areas
    assert [area.title for area in areas] == ["Platform", "AI Hub", "Open banking", "Fabric", "Relay"]
    assert [row.id for area in areas for row in area.rows if row.anchor] == list(PLANS)


def test_an_area_of_several_tables_is_one_section() -> None:
    first, second, third = snapshot().results[0], measured(PLANS["A1"], (), {}, 0.5), measured(PLANS["P2"], (), {}, 0.5)
    areas = view(replace(snapshot(), results=(first, second, third)), AT).areas
    assert [(area.name, [row.id for row in area.rows]) for area in areas] == [
        ("platform", ["P1", "P2"]),
        ("ai-hub", ["A1"]),
    ]


def test_a_burning_row_says_how_fast_and_what_is_left() -> None:
    found = row("P1")
    assert (found["state"], found["tone"], found["objective"]) == ("not met", "bad", "99.9 %")
    assert (found["budget"], found["budget_percent"], found["coverage"]) == ("-31.0 %", "0.0", "99.8 %")
    burns = {burn.window: burn for burn in view(snapshot(), AT).areas[0].rows[0].burns}
    assert (burns["5m"].rate, burns["5m"].hot) == ("20.0", True)
    assert (burns["6h"].rate, burns["6h"].hot) == ("0.50", False)


def test_an_objective_says_what_counts_as_good() -> None:
    assert row("P2")["objective"] == "95 % ≤ 500ms"
    assert row("F2")["objective"] == "95 % < 30000"


def test_a_window_is_hot_only_beyond_the_lowest_factor_that_watches_it() -> None:
    """6h belongs to the slow page (6) and to the slow ticket (1)."""
    for rate, hot in ((1.0, False), (1.01, True)):
        result = measured(PLANS["P1"], (), {"6h": rate}, 0.5)
        page = view(replace(snapshot(), results=(result,)), AT)
        assert [burn.hot for burn in page.areas[0].rows[0].burns if burn.window == "6h"] == [hot]


def test_a_row_without_data_says_what_to_switch_on_and_is_never_met() -> None:
    found = row("F5")
    assert (found["state"], found["budget"], found["burns"]) == ("no data", "", ())
    assert str(found["note"]).startswith("switch on ")


def test_a_window_without_traffic_has_no_rate() -> None:
    burns = row("A1", "<script>alert(1)</script>")["burns"]
    assert isinstance(burns, tuple)
    assert burns[0].rate == "–"


def test_alerts_stand_first_with_their_age() -> None:
    (alert,) = view(snapshot(), AT).alerts
    assert (alert.row, alert.state, alert.severity, alert.since) == ("P1", "firing", "critical", "10 min")


def test_what_is_missing_is_said_once_of_a_row() -> None:
    made = PLANS["A1"]
    missing = AlertState(made.guards[1], "firing", AT - 600_000)
    results = [replace(measured(made, (("model_name", model),), {}, 1.0), alerts=(missing,)) for model in ("a", "b")]
    (alert,) = view(replace(snapshot(), results=tuple(results)), AT).alerts
    assert (alert.name, alert.row, alert.instance) == ("AiHubLLMInferenceLatencyP95NoData", "A1", "")


def test_gpus_say_why_they_are_slow_or_silent() -> None:
    assert [gpu.state for gpu in view(snapshot(), AT).gpus] == [
        "ok",
        "throttled: power cap",
        "does not answer",
        "lost: it has fallen off the bus, or the driver no longer lists it",
    ]
    healthy = view(snapshot(), AT).gpus[0]
    assert (healthy.utilization, healthy.memory, healthy.power) == ("61 %", "40.0 of 79.0 GiB", "412 W")


def test_data_age_counts_from_the_newest_good_scrape() -> None:
    assert (view(snapshot(), AT).age, view(snapshot(), AT).stale) == ("4 s old", False)
    assert view(snapshot(), AT + 300_000).stale
    assert view(replace(snapshot(), targets=()), AT).age == "never came"


@pytest.mark.parametrize(
    ("ratio", "said"), [(1.0, "100.0 %"), (0.99999, "> 99.9 %"), (0.734, "73.4 %"), (0.0, "0.0 %"), (-0.31, "-31.0 %")]
)
def test_a_percentage_never_rounds_up_to_all(ratio: float, said: str) -> None:
    assert words.percent(ratio) == said


@pytest.mark.parametrize(
    ("seconds", "said"), [(-1, "0 s"), (42, "42 s"), (60, "1 min"), (7200, "2.0 h"), (200_000, "2.3 d")]
)
def test_ages_take_their_largest_unit(seconds: float, said: str) -> None:
    assert words.age(seconds) == said
