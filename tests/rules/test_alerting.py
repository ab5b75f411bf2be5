"""Alert rules: conditions as PromQL, and what they say."""

from rules.alerting import alerting
from rules.promql import text
from rules.rule import Alerting
from slo.plan import Plan
from tests.rules.plans import planned, shipped_plan
from tests.slo.rows import LATENCY, PROMQL, RATIO, SLICE, changed


def rules(plan: Plan) -> dict[str, Alerting]:
    return {alert.kind: alerting(plan, alert) for alert in plan.all}


def burns(window: str, threshold: str, side: str = "bad") -> str:
    return (
        f'slo:{side}_events:increase{window}{{slo="S1"}} / slo:total_events:increase{window}{{slo="S1"}} > {threshold}'
    )


def test_a_page_needs_both_windows_of_a_pair_and_either_pair() -> None:
    (plan,) = planned(RATIO)
    assert text(rules(plan)["page"].expr) == (
        f"{burns('5m', '0.0144')} and {burns('1h', '0.0144')} or {burns('30m', '0.006')} and {burns('6h', '0.006')}"
    )


def test_a_ticket_watches_days() -> None:
    (plan,) = planned(RATIO)
    assert text(rules(plan)["ticket"].expr) == (
        f"{burns('2h', '0.003')} and {burns('1d', '0.003')} or {burns('6h', '0.001')} and {burns('3d', '0.001')}"
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
    assert "14.4 over 5m and 1h or 6 over 30m and 6h" in annotations["description"]
    assert "99.9% over 30d" in annotations["description"]


def test_an_error_ratio_comes_with_the_windows_that_it_may_be_of() -> None:
    (plan,) = planned(RATIO)
    for kind, windows in (("page", "5m or 30m"), ("ticket", "2h or 6h"), ("static", "5m")):
        description = dict(rules(plan)[kind].annotations)["description"]
        assert description.startswith(f"{{{{ $value | humanizePercentage }}}} of events over {windows} are bad")


def test_a_latency_row_says_what_is_slow() -> None:
    (plan,) = planned(LATENCY)
    annotations = dict(rules(plan)["static"].annotations)
    assert annotations["summary"] == "S2 Latency, shop {{ $labels.shop }}: more than 5% of events take longer than 1s"
    assert " of events over 5m take longer than 1s; " in annotations["description"]
    assert " of events over 5m or 30m take longer than 500ms, " in dict(rules(plan)["page"].annotations)["description"]


def test_an_automatic_action_is_a_label_to_route_by() -> None:
    assert dict(rules(shipped_plan("P3"))["static"].labels)["action"] == "PA3"
    assert "action" not in dict(rules(shipped_plan("P3"))["page"].labels)


def test_every_alert_says_how_soon_somebody_must_respond_and_what_to_look_at_first() -> None:
    (plan,) = planned(changed(RATIO, ("    origin", "    look_first: The shop's {{ log }}.\n    origin")))
    for kind, soon in (("page", "within 15 minutes"), ("ticket", "within 4 hours"), ("no-data", "within 4 hours")):
        annotations = dict(rules(plan)[kind].annotations)
        assert annotations["response_time"] == soon
        own = 'The shop\'s {{ "{{" }} log }}.'
        assert annotations["look_first"].startswith("Whether its target is scraped" if kind == "no-data" else own)


def test_a_burning_alert_asks_what_is_spent_how_long_the_rest_lasts_and_who_spends_it() -> None:
    (plan,) = planned(LATENCY)
    annotations = dict(rules(plan)["page"].annotations)
    instance = 'slo="S2",shop=%[1]q'
    ratio = f"slo:bad_events:increase30d{{{instance}}} / slo:total_events:increase30d{{{instance}}}"
    assert f"printf `{ratio} / 0.05 * 100` $labels.shop | query" in annotations["budget"]
    pace = f"slo:bad_events:increase1h{{{instance}}} / slo:total_events:increase1h{{{instance}}}"
    assert f"printf `(0.05 - {ratio}) * 2592000 / ({pace}) > 0` $labels.shop | query" in annotations["budget"]
    events = 'slo:bad_events:increase1h{slo="S2"}'
    assert f"query `topk(3, ({events} > 0) / scalar(sum({events})))`" in annotations["contributors"]
    assert "contributors" not in dict(rules(planned(RATIO)[0])["page"].annotations)


def test_an_exhausted_budget_is_that_of_the_period() -> None:
    (plan,) = planned(RATIO)
    assert text(rules(plan)["exhausted"].expr) == burns("30d", "0.001")


def test_data_are_missing_where_good_and_bad_cannot_be_told_apart() -> None:
    ratio, latency, slice_, promql = planned(RATIO, LATENCY, SLICE, PROMQL)
    assert {plan.slo.id: text(rules(plan)["no-data"].expr) for plan in (ratio, latency, slice_, promql)} == {
        "S1": 'absent(slo:bad_events:increase5m{slo="S1"})',
        "S2": 'absent(slo:bad_events:increase5m{slo="S2"}) or absent(slo:static_bad_events:increase5m{slo="S2"})',
        "S3": "absent(count(staff)) or absent(count(customers))",
        "S4": 'absent(slo:error_ratio:window5m{slo="S4"})',
    }
    assert "switch" not in dict(rules(ratio)["no-data"].annotations)["description"]
    assert "shop; needed: nothing." in dict(rules(ratio)["no-data"].annotations)["description"]


def test_a_slice_alert_compares_the_series_and_heeds_the_gate_only_if_told() -> None:
    (free,) = planned(SLICE)
    assert text(rules(free)["static"].expr) == "min(staff >= 0) < 2"
    assert "It is {{ $value | humanize }}" in dict(rules(free)["static"].annotations)["description"]
    (gated,) = planned(changed(SLICE, ('value: "< 2"', 'value: "< 2"\n      gated: true')))
    assert text(rules(gated)["static"].expr) == "min(staff >= 0) < 2 and sum(customers) > 0"


def test_bad_slices_are_compared_with_all_that_fit_into_a_window() -> None:
    """The first bad slice after an idle night is one of five and of sixty, not one of one."""
    (plan,) = planned(SLICE)
    bad = 'slo:bad_events:increase{}{{slo="S3"}}'.format
    assert text(rules(plan)["page"].expr) == (
        f"{bad('5m')} / 5 > 0.72 and {bad('1h')} / 60 > 0.72 or {bad('30m')} / 30 > 0.3 and {bad('6h')} / 360 > 0.3"
    )
    assert text(rules(plan)["exhausted"].expr) == f'{bad("30d")} / slo:total_events:increase30d{{slo="S3"}} > 0.05'


def test_a_gate_that_must_have_held_looks_back() -> None:
    row = changed(
        SLICE, ('value: "< 2"', 'value: "< 2"\n      gated: true'), ("reduce: sum,", "reduce: sum, held: 5m,")
    )
    (plan,) = planned(row)
    assert text(rules(plan)["static"].expr) == "min(staff >= 0) < 2 and sum(min_over_time(customers[5m])) > 0"


def test_a_threshold_shows_no_rest_of_a_division() -> None:
    row = changed(RATIO, ("99.9%", "99.7%"), ("below: 99.5%", "errors_above: 1%"))
    (plan,) = planned(row)
    assert text(rules(plan)["static"].expr) == burns("5m", "0.01")
    assert "more than 1% of events" in dict(rules(plan)["static"].annotations)["summary"]


def test_a_latency_alert_on_the_rows_own_threshold_needs_no_events_of_its_own() -> None:
    (plan,) = planned(changed(LATENCY, ("slower_than: 1s", "slower_than: 500ms")))
    assert plan.static is None
    assert text(rules(plan)["static"].expr) == burns("5m", "0.05").replace("S1", "S2")


def test_an_expression_is_compared_as_it_is_recorded() -> None:
    (plan,) = planned(PROMQL)
    assert text(rules(plan)["static"].expr) == 'slo:error_ratio:window5m{slo="S4"} > 0.1'


def test_factors_of_odd_periods_are_rounded_in_words_only() -> None:
    (plan,) = planned(changed(RATIO, ("    namespace", "    window: 28d\n    namespace")))
    rule = rules(plan)["ticket"]
    assert "> 0.00093333333333333333" in text(rule.expr)
    assert "or 0.9333 over 6h and 3d" in dict(rule.annotations)["description"]
