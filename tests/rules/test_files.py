"""Rule files and unit test files as text."""

import re
import subprocess
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import yaml

from rules.files import Refused, compiled
from slo.duration import Duration
from slo.plan import plan
from slo.policy import Pair, Policy
from slo.table.load import load
from tests.conftest import GOLDEN, Golden
from tests.rules.plans import planned, rule_files, shipped_plan, shipped_plans
from tests.slo.rows import LATENCY, PROMQL, RATIO, SLICE, changed, table

KINDS = {
    "P1": "bad events are counted",
    "P3": "by instance",
    "B3": "good events are counted",
    "P2": "the threshold is a bucket bound",
    "A6": "the threshold lies inside a bucket",
    "R1": "two counters make the total",
    "A2": "slices of a rate behind a gate",
    "F2": "slices of a gauge with invalid samples",
}
LADDER = (("1h", "5m"), ("2h", "10m"), ("3h", "15m"), ("4h", "20m"), ("6h", "30m"))
OTHER = (("id: S1", "id: S2"), ("name: Availability", "name: Other"), ("OrdersFailing", "OthersFailing"))
ALERTS = ("page", "ticket", "static", "exhausted", "no-data")


@pytest.mark.parametrize("row", KINDS)
def test_rules_of_each_kind(row: str, golden: Golden) -> None:
    plan = shipped_plan(row)
    golden(f"rules/{row}.yaml", rule_files([plan])[f"{plan.slo.area}.yaml"])


@pytest.mark.parametrize("row", ["A6", "A2"])
@pytest.mark.parametrize("alert", ALERTS)
def test_unit_tests_of_a_row(row: str, alert: str, golden: Golden) -> None:
    golden(f"rules/{row}_{alert}_test.yaml", rule_files([shipped_plan(row)])[f"tests/{row}_{alert}_test.yaml"])


def test_unit_tests_of_an_expression(golden: Golden) -> None:
    golden("rules/promql_page_test.yaml", rule_files(planned(PROMQL))["tests/S4_page_test.yaml"])


def test_golden_rules_are_rules_to_prometheus(promtool: Path) -> None:
    paths = [GOLDEN / "rules" / f"{row}.yaml" for row in KINDS]
    subprocess.run([promtool, "check", "rules", *paths], check=True, timeout=60)


def test_areas_have_a_file_each_and_alerts_a_test_each() -> None:
    areas = {f"{area}.yaml" for area in ("platform", "ai-hub", "banking", "fabric", "relay")}
    tests = {
        f"tests/{plan.slo.id}_{alert}_{what}.yaml"
        for plan in shipped_plans()
        for alert in ALERTS
        for what in ("rules", "test")
    }
    assert set(rule_files(shipped_plans())) == areas | tests


def test_what_is_tested_is_what_is_deployed() -> None:
    """The rule file of a test holds copies of rules in the area's file, in their order, and no others."""
    files, tests = compiled(shipped_plans())
    deployed = {
        rule: place
        for place, rule in enumerate(rule for file in files for group in file.groups for rule in group.rules)
    }
    for test in tests:
        assert test.rules is not None
        places = [deployed[rule] for group in test.rules.groups for rule in group.rules]
        assert places == sorted(places)
        assert len(test.rules.alerts) == 1
    tested = [alert for test in tests if test.rules for alert in test.rules.alerts]
    assert sorted(each.alert for each in tested) == sorted(each.alert for file in files for each in file.alerts)


def test_the_same_plans_give_the_same_bytes() -> None:
    assert rule_files(shipped_plans()) == rule_files(list(shipped_plans()))


def test_every_plan_is_two_groups_within_mimirs_limit() -> None:
    groups = [group for plan in shipped_plans() for group in parsed(rule_files([plan]), plan.slo.area)]
    names = [f"{what}-{plan.slo.id}" for plan in shipped_plans() for what in ("slo", "budget")]
    assert [group["name"] for group in groups] == names
    assert max(len(group["rules"]) for group in groups) == 20


def parsed(files: Mapping[str, str], area: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load(files[f"{area}.yaml"])["groups"]
    return found


def test_alerts_follow_what_they_read() -> None:
    group, budget = parsed(rule_files([shipped_plan("P2")]), "platform")
    assert [next(iter(rule)) for rule in group["rules"]] == ["record"] * 17 + ["alert"] * 3
    assert [next(iter(rule)) for rule in budget["rules"]] == ["record"] * 4 + ["alert"] * 2


def test_a_group_beyond_mimirs_limit_is_an_error_that_names_the_row() -> None:
    pages = tuple(Pair("page", Duration.parse(long), Duration.parse(short), Decimal("0.01")) for long, short in LADDER)
    (row,) = load({"t.yaml": table(LATENCY)})
    ticket = Pair("ticket", Duration.parse("6h"), Duration.parse("30m"), Decimal("0.1"))
    many = plan(row, Policy((*pages, ticket), Duration.parse("1m")))
    with pytest.raises(Refused, match=r"^S2: 25 rules, and Mimir takes 20"):
        compiled([many])


STATIC = "      window: {}\n"


@pytest.mark.parametrize("window", ["10m", "20m", "15d"])
@pytest.mark.parametrize("least", [None, "6m", "1d"])
@pytest.mark.parametrize("row", [RATIO, LATENCY, SLICE, PROMQL], ids=["ratio", "latency", "slice", "promql"])
def test_what_is_worked_out_of_a_recording_stands_in_its_group_after_it(
    row: str, window: str, least: str | None
) -> None:
    """Groups are evaluated apart: a difference to a total of another one would mix two moments.

    Of what was recorded over a range, which is what windows are composed of, all is as old.
    """
    changes = [("      for: 5m\n", "      for: 5m\n" + STATIC.format(window))] if "      for: 5m\n" in row else []
    (slo,) = load({"t.yaml": table(changed(row, *changes))})
    group, budget = parsed(
        rule_files([plan(slo, compose_from=None if least is None else Duration.parse(least))]), "shop"
    )
    for rules in (group["rules"], budget["rules"]):
        there = [rule["record"] for rule in rules if "record" in rule]
        for place, rule in enumerate(there):
            found = re.findall(r"(slo:\w+:\w+)(?:\{[^}]*\})?(\[)?", rules[place]["expr"])
            assert {name for name, span in found if not span} <= set(there[:place]), rule


@pytest.mark.parametrize("row", [RATIO, LATENCY], ids=["ratio", "latency"])
def test_a_static_alert_on_a_window_of_its_own_stands_apart_where_it_would_not_fit(row: str) -> None:
    (row_plan,) = planned(changed(row, ("      for: 5m\n", "      for: 5m\n      window: 10m\n")))
    group, budget = parsed(rule_files([row_plan]), "shop")
    static = row_plan.alerts[-1].name
    assert static not in [rule.get("alert") for rule in group["rules"]]
    order = [rule.get("alert", rule.get("record")) for rule in budget["rules"]]
    assert order.index(static) > order.index("slo:total_events:increase10m")
    assert max(len(each["rules"]) for each in (group, budget)) <= 20


def test_ids_that_look_like_the_groups_of_others_collide_with_none() -> None:
    plans = planned(changed(RATIO, ("id: S1", "id: P1")), changed(RATIO, ("id: S1", "id: P1-budget"), *OTHER[1:]))
    groups = [group["name"] for group in parsed(rule_files(plans), "shop")]
    assert len(set(groups)) == len(groups) == 4


def test_every_fault_is_told_at_once() -> None:
    broken = changed(RATIO, ('bad: orders_total{code="500"}', "bad: orders_total"))
    with pytest.raises(Refused, match=r"^S1: .*\nS2: .*$"):
        rule_files(planned(broken, changed(broken, *OTHER)))
