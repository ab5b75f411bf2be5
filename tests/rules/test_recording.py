"""Recording rules: bad and total events over every window, in the arithmetic of the core."""

import pytest

from rules.promql import text
from rules.recording import recordings
from slo.plan import Plan
from slo.selector import labels_of
from tests.rules.plans import event_plans, events, planned, shipped_plan
from tests.slo.rows import LATENCY, RATIO, changed


def recorded(plan: Plan) -> dict[str, str]:
    return {each.record: text(each.expr) for each in recordings(plan, events(plan))}


def test_every_window_has_a_total_before_its_bad_events() -> None:
    (plan,) = planned(RATIO)
    assert [each.record for each in recordings(plan, events(plan))] == [
        f"slo:{side}_events:increase{window}"
        for window in ("5m", "30m", "1h", "2h", "6h", "1d", "3d", "30d")
        for side in ("total", "bad")
    ]


def test_bad_events_that_are_counted_are_zero_where_only_the_total_exists() -> None:
    (plan,) = planned(RATIO)
    assert recorded(plan)["slo:total_events:increase1h"] == "sum(increase(orders_total[1h]))"
    assert recorded(plan)["slo:bad_events:increase1h"] == (
        'sum(increase(orders_total{code="500"}[1h])) or 0 * sum(slo:total_events:increase1h{slo="S1"})'
    )


def test_bad_events_are_what_good_ones_leave_of_the_total() -> None:
    row = changed(
        RATIO,
        ('bad: orders_total{code="500"}', 'good: orders_total{code!="500"}'),
        ("    namespace", "    by: [shop]\n    namespace"),
    )
    (plan,) = planned(row)
    assert recorded(plan)["slo:bad_events:increase6h"] == (
        'sum by (shop) (slo:total_events:increase6h{slo="S1"})'
        ' - (sum by (shop) (increase(orders_total{code!="500"}[6h]))'
        ' or 0 * sum by (shop) (slo:total_events:increase6h{slo="S1"}))'
    )


def test_counters_of_one_side_are_added_and_an_absent_one_is_zero() -> None:
    (plan,) = planned(changed(RATIO, ("total: orders_total", "total: [taken, refused]")))
    assert recorded(plan)["slo:total_events:increase5m"] == (
        "(sum(increase(taken[5m])) or 0 * sum(increase(refused[5m])))"
        " + (sum(increase(refused[5m])) or 0 * sum(increase(taken[5m])))"
    )


def test_three_counters_are_added_from_left_to_right() -> None:
    (plan,) = planned(changed(RATIO, ("total: orders_total", "total: [a, b, c]")))
    a, b, c = (f"sum(increase({name}[5m]))" for name in "abc")
    assert recorded(plan)["slo:total_events:increase5m"] == (
        f"({a} or 0 * {b} or 0 * {c}) + ({b} or 0 * {a} or 0 * {c}) + ({c} or 0 * {a} or 0 * {b})"
    )


def test_slow_events_are_those_above_a_bucket_under_every_spelling() -> None:
    (plan,) = planned(
        changed(
            LATENCY,
            ("threshold: 500ms", "threshold: 1s"),
            ("slower_than: 1s", "slower_than: 2500ms"),
            ("2.5]", "2.5, 5]"),
        )
    )
    total = 'sum by (shop) (slo:total_events:increase5m{slo="S2"})'
    assert recorded(plan)["slo:total_events:increase5m"] == "sum by (shop) (increase(order_seconds_count[5m]))"
    assert recorded(plan)["slo:bad_events:increase5m"] == (
        f'{total} - sum by (shop) (increase(order_seconds_bucket{{le=~"1(\\\\.0)?"}}[5m]))'
    )
    assert recorded(plan)["slo:static_bad_events:increase5m"] == (
        f'{total} - sum by (shop) (increase(order_seconds_bucket{{le="2.5"}}[5m]))'
    )


def test_a_threshold_inside_a_bucket_weighs_the_bounds_around_it() -> None:
    row = changed(
        LATENCY, ("500ms", "200ms"), ("[0.1, 0.5", "[0.1, 0.3, 0.5"), ("unit: s\n", "unit: s\n      at: between\n")
    )
    (plan,) = planned(row)
    lower, upper = (f'sum by (shop) (increase(order_seconds_bucket{{le="{le}"}}[2h]))' for le in ("0.1", "0.3"))
    assert recorded(plan)["slo:bad_events:increase2h"] == (
        f'sum by (shop) (slo:total_events:increase2h{{slo="S2"}}) - ({lower} + ({upper} - {lower}) * 0.5)'
    )


def test_the_period_is_composed_of_what_is_recorded() -> None:
    (plan,) = planned(LATENCY)
    assert recorded(plan)["slo:bad_events:increase30d"] == (
        'sum by (shop) (sum_over_time(slo:bad_events:increase5m{slo="S2"}[30d]))'
    )


def test_the_static_sibling_is_recorded_over_the_window_of_its_alert() -> None:
    (plan,) = planned(changed(LATENCY, ("slower_than: 1s", "slower_than: 1s\n      window: 30m")))
    assert [name for name in recorded(plan) if "static" in name] == ["slo:static_bad_events:increase30m"]


def test_labels_name_row_area_and_namespace() -> None:
    (plan,) = planned(RATIO)
    assert {each.labels for each in recordings(plan, events(plan))} == {
        labels_of({"slo": "S1", "area": "shop", "namespace": "shop"})
    }


def test_a_namespace_of_instances_is_not_overwritten() -> None:
    plan = shipped_plan("F3")
    assert {each.labels for each in recordings(plan, events(plan))} == {labels_of({"slo": "F3", "area": "fabric"})}


@pytest.mark.parametrize("plan", event_plans(), ids=lambda plan: plan.slo.id)
def test_no_ratio_is_recorded(plan: Plan) -> None:
    assert not [each for each in recordings(plan, events(plan)) if " / " in text(each.expr)]
