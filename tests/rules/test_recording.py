"""Recording rules: bad and total events over every window, in the arithmetic of the core; verdicts of slices."""

import pytest

from rules.promql import text
from rules.recording import recordings
from slo.duration import Duration
from slo.plan import Plan
from slo.plan import plan as plan_of
from slo.selector import labels_of
from slo.table.load import load
from tests.rules.plans import planned, shipped_plan, shipped_plans
from tests.slo.rows import LATENCY, PROMQL, RATIO, SLICE, changed, table


def recorded(plan: Plan) -> dict[str, str]:
    return {each.record: text(each.expr) for each in recordings(plan)}


def test_every_window_has_a_total_before_its_bad_events() -> None:
    (plan,) = planned(RATIO)
    assert [each.record for each in recordings(plan)] == [
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
    assert {each.labels for each in recordings(plan)} == {labels_of({"slo": "S1", "area": "shop", "namespace": "shop"})}


def test_a_namespace_of_instances_is_not_overwritten() -> None:
    plan = shipped_plan("F3")
    assert {each.labels for each in recordings(plan)} == {labels_of({"slo": "F3", "area": "fabric"})}


@pytest.mark.parametrize("plan", shipped_plans(), ids=lambda plan: plan.slo.id)
def test_no_ratio_is_recorded(plan: Plan) -> None:
    assert not [each for each in recordings(plan) if " / " in text(each.expr)]


def test_a_slice_is_good_bad_or_not_measured() -> None:
    (plan,) = planned(SLICE)
    assert recorded(plan)["slo:slice_good:bool"] == "min(staff >= 0) > bool 3 and sum(customers) > 0"


def test_a_rate_is_compared_and_its_invalid_samples_are_left_out() -> None:
    row = changed(
        SLICE,
        ("      metric: staff\n", "      metric: staff\n      rate: 5m\n"),
        ("    namespace", "    by: [shop]\n    namespace"),
    )
    (plan,) = planned(row)
    assert recorded(plan)["slo:slice_good:bool"] == (
        "min by (shop) (rate(staff[5m]) >= 0) > bool 3 and sum by (shop) (customers) > 0"
    )


def test_a_slice_without_gate_or_validity_is_measured_wherever_its_series_is() -> None:
    row = changed(
        SLICE, ('      valid: ">= 0"\n', ""), ('      gate: {metric: customers, reduce: sum, when: "> 0"}\n', "")
    )
    (plan,) = planned(row)
    assert recorded(plan)["slo:slice_good:bool"] == "min(staff) > bool 3"


def test_measured_slices_are_the_events_of_a_slice_row() -> None:
    (plan,) = planned(SLICE)
    for window in ("5m", "3d", "30d"):
        assert recorded(plan)[f"slo:total_events:increase{window}"] == (
            f'sum(count_over_time(slo:slice_good:bool{{slo="S3"}}[{window}]))'
        )
        assert recorded(plan)[f"slo:bad_events:increase{window}"] == (
            f'sum(slo:total_events:increase{window}{{slo="S3"}})'
            f' - sum(sum_over_time(slo:slice_good:bool{{slo="S3"}}[{window}]))'
        )


def test_an_expression_is_recorded_over_every_window_as_it_is_written() -> None:
    (plan,) = planned(PROMQL)
    assert recorded(plan) == {
        f"slo:error_ratio:window{window}": f"sum(rate(stale[{window}])) / sum(rate(prices[{window}]))"
        for window in ("5m", "30m", "1h", "2h", "6h", "1d", "3d", "30d")
    }


def test_composed_alert_windows_sum_what_is_recorded() -> None:
    (slo,) = load({"t.yaml": table(RATIO)})
    found = recorded(plan_of(slo, compose_from=Duration.parse("1d")))
    assert found["slo:bad_events:increase3d"] == 'sum(sum_over_time(slo:bad_events:increase5m{slo="S1"}[3d]))'
    assert found["slo:total_events:increase6h"] == "sum(increase(orders_total[6h]))"
