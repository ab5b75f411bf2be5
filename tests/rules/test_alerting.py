"""Alert rules: conditions as PromQL, and what they say."""

from rules.alerting import alerting
from rules.promql import text
from rules.rule import Alerting
from slo.plan import Plan
from tests.rules.plans import planned, shipped_plan
from tests.slo.rows import LATENCY, RATIO, changed


def rules(plan: Plan) -> dict[str, Alerting]:
    return {alert.kind: alerting(plan, alert) for alert in plan.alerts}


def burns(window: str, threshold: str, side: str = "bad") -> str:
    return (
        f'slo:{side}_events:increase{window}{{slo="S1"}} / slo:total_events:increase{window}{{slo="S1"}} > {threshold}'
    )


def test_a_page_needs_both_windows_of_a_pair_and_either_pair() -> None:
    (plan,) = planned(RATIO)
    assert text(rules(plan)["page"].expr) == (
        f"{burns('1h', '0.0144')} and {burns('5m', '0.0144')} or {burns('6h', '0.006')} and {burns('30m', '0.006')}"
    )


def test_a_ticket_watches_days() -> None:
    (plan,) = planned(RATIO)
    assert text(rules(plan)["ticket"].expr) == (
        f"{burns('1d', '0.003')} and {burns('2h', '0.003')} or {burns('3d', '0.001')} and {burns('6h', '0.001')}"
    )


def test_thresholds_are_exact_decimals() -> None:
    (plan,) = planned(changed(RATIO, ("99.9%", "99.97%"), ("99.5%", "99.7%")))
    assert "> 0.00432 and" in text(rules(plan)["page"].expr)
    assert text(rules(plan)["static"].expr) == burns("5m", "0.003")


def test_a_latency_alert_reads_its_own_bad_events_and_the_shared_total() -> None:
    (plan,) = planned(LATENCY)
    assert text(rules(plan)["static"].expr) == burns("5m", "0.05", side="static_bad").replace("S1", "S2")


def test_holds_and_labels_are_those_of_the_plan() -> None:
    plan = shipped_plan("P2")
    for alert in plan.alerts:
        rule = alerting(plan, alert)
        assert (rule.alert, rule.hold, rule.labels) == (alert.name, alert.hold, alert.labels)


def test_annotations_say_what_burns_how_fast_and_where_to_read_on() -> None:
    (plan,) = planned(RATIO)
    annotations = dict(rules(plan)["page"].annotations)
    assert annotations["summary"] == "S1 Availability: the error budget burns too fast"
    assert annotations["runbook_url"] == "runbooks/S1.md"
    assert 'printf "%g / 0.001" $value | query' in annotations["description"]
    assert "14.4 over 1h and 5m or 6 over 6h and 30m" in annotations["description"]
    assert "99.9% over 30d" in annotations["description"]


def test_an_error_ratio_comes_with_the_windows_that_it_may_be_of() -> None:
    (plan,) = planned(RATIO)
    for kind, windows in (("page", "1h or 6h"), ("ticket", "1d or 3d"), ("static", "5m")):
        description = dict(rules(plan)[kind].annotations)["description"]
        assert description.startswith(f"{{{{ $value | humanizePercentage }}}} of events over {windows} are bad")


def test_a_latency_row_says_what_is_slow() -> None:
    (plan,) = planned(LATENCY)
    annotations = dict(rules(plan)["static"].annotations)
    assert annotations["summary"] == "S2 Latency, shop {{ $labels.shop }}: more than 5% of events take longer than 1s"
    assert " of events over 5m take longer than 1s; " in annotations["description"]
    assert " of events over 1h or 6h take longer than 500ms, " in dict(rules(plan)["page"].annotations)["description"]


def test_an_automatic_action_is_named() -> None:
    assert dict(rules(shipped_plan("P3"))["static"].annotations)["action"] == "PA3"
    assert "action" not in dict(rules(shipped_plan("P3"))["page"].annotations)


def test_factors_of_odd_periods_are_rounded_in_words_only() -> None:
    (plan,) = planned(changed(RATIO, ("    namespace", "    window: 28d\n    namespace")))
    rule = rules(plan)["ticket"]
    assert "> 0.0009333333333333333333333333333" in text(rule.expr)
    assert "or 0.9333 over 3d and 6h" in dict(rule.annotations)["description"]
