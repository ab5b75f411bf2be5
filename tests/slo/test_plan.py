"""What follows from a row: windows, burn-rate alerts, labels."""

from decimal import Decimal

import pytest

from slo.condition import All, Any, Burning, Level, Unmeasured
from slo.duration import Duration
from slo.plan import Plan, generated_alert_names, plan
from slo.policy import Pair, Policy
from slo.selector import Selector
from slo.sli import Counted, Events, Expression, Remainder, Slices
from slo.table.load import load
from slo.window import Composed, Direct
from tests.slo.rows import LATENCY, PROMQL, RATIO, SLICE, changed, table


def planned(row: str) -> Plan:
    (slo,) = load({"t.yaml": table(row)})
    return plan(slo)


def test_windows_ascend_and_only_the_period_is_composed() -> None:
    found = planned(RATIO).windows
    alerting = ("5m", "30m", "1h", "2h", "6h", "1d", "3d")
    period = Composed(Duration.parse("30d"), of=Duration.parse("5m"))
    assert found == (*(Direct(Duration.parse(length)) for length in alerting), period)


def test_the_window_of_the_static_alert_is_one_of_them() -> None:
    row = changed(RATIO, ("      for: 5m\n", "      for: 5m\n      window: 15m\n"))
    assert [str(window.length) for window in planned(row).windows][:3] == ["5m", "15m", "30m"]


@pytest.mark.parametrize(
    ("index", "expected"),
    [
        (0, [("14.4", "1h", "5m"), ("6", "6h", "30m")]),
        (1, [("3", "1d", "2h"), ("1", "3d", "6h")]),
    ],
    ids=["page", "ticket"],
)
def test_burn_rate_alerts_are_the_workbooks(index: int, expected: list[tuple[str, str, str]]) -> None:
    found = planned(RATIO)
    condition = found.alerts[index].condition
    assert condition == Any(
        tuple(
            All(tuple(Burning(found.sli, Direct(Duration.parse(length)), Decimal(factor)) for length in (short, long)))
            for factor, long, short in expected
        )
    )
    assert found.alerts[index].hold == Duration(0)


@pytest.mark.parametrize("period", ["7d", "28d", "90d"])
def test_factors_follow_the_period(period: str) -> None:
    row = changed(RATIO, ("    objective", f"    window: {period}\n    objective"))
    condition = planned(row).alerts[0].condition
    assert isinstance(condition, Any)
    first = condition.parts[0]
    assert isinstance(first, All)
    assert isinstance(first.parts[0], Burning)
    assert first.parts[0].factor == Decimal("0.02") * int(period[:-1]) * 24


def test_labels_follow_urgency_and_priority() -> None:
    page, ticket, static = planned(changed(SLICE, ("    priority: P2", "    priority: P1"))).alerts
    common = {"area": "shop", "namespace": "shop", "slo": "S3"}
    assert dict(page.labels) == common | {"severity": "critical", "priority": "P1"}
    assert dict(ticket.labels) == common | {"severity": "warning", "priority": "P3"}
    assert dict(static.labels) == common | {"severity": "warning", "priority": "P3"}


@pytest.mark.parametrize(
    ("priority", "severity"), [("P1", "critical"), ("P2", "critical"), ("P3", "warning"), ("P4", "info")]
)
def test_a_static_alert_is_as_severe_as_its_priority(priority: str, severity: str) -> None:
    static = planned(changed(SLICE, ("      priority: P3", f"      priority: {priority}"))).alerts[2]
    assert dict(static.labels)["severity"] == severity


def test_a_namespace_that_tells_instances_apart_is_no_static_label() -> None:
    alerts = planned(changed(LATENCY, ("by: [shop]", "by: [namespace]"))).alerts
    assert ["namespace" in dict(alert.labels) for alert in alerts] == [False] * 3


def test_errors_without_a_total_are_counted() -> None:
    sli = planned(RATIO).sli
    assert isinstance(sli, Events)
    assert isinstance(sli.bad, Counted)
    assert planned(RATIO).static is None


def test_a_good_side_leaves_the_remainder() -> None:
    sli = planned(changed(RATIO, ('bad: orders_total{code="500"}', "good: [taken_total, returned_total]"))).sli
    assert isinstance(sli, Events)
    assert sli.bad == Remainder((Selector("taken_total"), Selector("returned_total")))


def test_a_latency_alert_burns_a_sibling_at_its_own_threshold() -> None:
    found = planned(LATENCY)
    assert found.static is not None
    assert found.static.bad == Remainder((Selector("order_seconds_bucket", le=Decimal(1)),))
    assert found.static.total == (Selector("order_seconds_count"),)
    assert found.static.by == ("shop",)
    assert found.alerts[2].condition == Burning(found.static, Direct(Duration.parse("5m")), Decimal(1))


def test_a_slice_is_compared_as_it_stands() -> None:
    found = planned(SLICE)
    assert isinstance(found.sli, Slices)
    assert found.sli.gate is not None
    assert isinstance(found.alerts[2].condition, Level)
    assert found.alerts[2].hold == Duration.parse("15m")


def test_a_gated_alert_waits_for_the_gate() -> None:
    found = planned(changed(SLICE, ('value: "< 2"', 'value: "< 2"\n      gated: true')))
    assert isinstance(found.sli, Slices)
    assert found.sli.gate is not None
    condition = found.alerts[2].condition
    assert isinstance(condition, All)
    assert condition.parts[1] == Level(found.sli.gate.series, found.sli.gate.bound)


def test_an_expression_burns_too() -> None:
    found = planned(PROMQL)
    assert isinstance(found.sli, Expression)
    assert found.alerts[2].condition == Burning(found.sli, Direct(Duration.parse("5m")), Decimal(10))


def test_names_of_generated_alerts_are_camel_case() -> None:
    assert generated_alert_names("ai-hub", "LLM latency (p95)") == (
        "AiHubLLMLatencyP95ErrorBudgetBurnPage",
        "AiHubLLMLatencyP95ErrorBudgetBurnTicket",
        "AiHubLLMLatencyP95ErrorBudgetExhausted",
        "AiHubLLMLatencyP95NoData",
    )


@pytest.mark.parametrize("row", [SLICE, PROMQL])
def test_verdicts_and_expressions_are_never_composed(row: str) -> None:
    assert {type(window) for window in planned(row).windows} == {Direct}


def test_long_windows_can_be_composed_for_a_server_that_is_short_of_time() -> None:
    (slo,) = load({"t.yaml": table(RATIO)})
    found = plan(slo, compose_from=Duration.parse("1d"))
    kinds = {str(window.length): type(window) for window in found.windows}
    assert [length for length, kind in kinds.items() if kind is Composed] == ["1d", "3d", "30d"]
    ticket = found.alerts[1].condition
    assert isinstance(ticket, Any)
    assert isinstance(ticket.parts[0], All)
    assert [type(each.window) for each in ticket.parts[0].parts if isinstance(each, Burning)] == [Direct, Composed]


def test_a_window_that_a_sibling_reads_is_never_composed() -> None:
    """Its bad events are counted over raw samples, and so must be the total that they are divided by."""
    (slo,) = load({"t.yaml": table(changed(LATENCY, ("slower_than: 1s", "slower_than: 1s\n      window: 1h")))})
    found = plan(slo, compose_from=Duration.parse("1h"))
    kinds = {str(window.length): type(window) for window in found.windows}
    assert (kinds["1h"], kinds["2h"]) == (Direct, Composed)
    assert isinstance(found.alerts[2].condition, Burning)
    assert found.alerts[2].condition.window in found.windows


def test_a_budget_is_exhausted_once_the_period_has_more_bad_events_than_it_allows() -> None:
    exhausted, _ = planned(RATIO).guards
    assert exhausted.condition == Burning(planned(RATIO).sli, planned(RATIO).period, Decimal(1))
    assert (exhausted.kind, exhausted.hold, exhausted.priority) == ("exhausted", Duration(0), "P3")


@pytest.mark.parametrize(
    ("objective", "hold"), [("99.9%", "3m"), ("99.5%", "7m"), ("95%", "46m"), ("99.999%", "3m"), ("99%", "11m")]
)
def test_missing_data_is_told_when_a_total_failure_would_have_paged(objective: str, hold: str) -> None:
    """14.4 times the budget within an hour, and two minutes: 52 s + 2 min for 99.9 %, in whole evaluations."""
    found = planned(changed(RATIO, ("99.9%", objective), ("below: 99.5%", "below: 20%")))
    _, missing = found.guards
    assert missing.condition == Unmeasured(found.sli, Direct(Duration.parse("5m")))
    assert (missing.kind, str(missing.hold)) == ("no-data", hold)


def test_missing_data_has_no_instances_so_its_namespace_is_that_of_the_row() -> None:
    found = planned(changed(LATENCY, ("by: [shop]", "by: [namespace]")))
    assert dict(found.guards[1].labels)["namespace"] == "shop"
    assert "namespace" not in dict(found.guards[0].labels)
    assert found.static is not None
    window = Direct(Duration.parse("5m"))
    assert found.guards[1].condition == Any((Unmeasured(found.sli, window), Unmeasured(found.static, window)))


def test_an_action_is_a_label_of_the_static_alert_alone() -> None:
    found = planned(changed(RATIO, ("      for: 5m\n", "      for: 5m\n      action: XA1\n")))
    labels = [dict(alert.labels).get("action") for alert in (*found.alerts, *found.guards)]
    assert labels == [None, None, "XA1", None, None]


def test_a_policy_that_cannot_fire_on_the_row_is_an_error() -> None:
    (slo,) = load({"t.yaml": table(LATENCY)})
    eager = Policy((Pair("page", Duration.parse("5m"), Duration.parse("1m"), Decimal("0.5")),), Duration.parse("1m"))
    with pytest.raises(ValueError, match=r"over 5m and 1m could never fire: f·b = 4320 · 0\.05 = 216 >= 1"):
        plan(slo, eager)
