"""Rule files and unit test files as text."""

import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from rules.files import rule_files, uncompiled
from tests.conftest import GOLDEN, Golden
from tests.rules.plans import event_plans, planned, shipped_plan, shipped_plans
from tests.slo.rows import LATENCY, PROMQL, RATIO, SLICE, changed

KINDS = {
    "P1": "bad events are counted",
    "P3": "by instance",
    "B3": "good events are counted",
    "P2": "the threshold is a bucket bound",
    "A6": "the threshold lies inside a bucket",
    "R1": "two counters make the total",
}


@pytest.mark.parametrize("row", KINDS)
def test_rules_of_each_kind(row: str, golden: Golden) -> None:
    plan = shipped_plan(row)
    golden(f"rules/{row}.yaml", rule_files([plan])[f"{plan.slo.area}.yaml"])


@pytest.mark.parametrize("every", ["5m", "30m", "2h", "6h"])
def test_unit_tests_of_a_row(every: str, golden: Golden) -> None:
    golden(f"rules/A6_{every}_test.yaml", rule_files([shipped_plan("A6")])[f"tests/ai-hub_{every}_test.yaml"])


def test_golden_rules_are_rules_to_prometheus(promtool: Path) -> None:
    paths = [GOLDEN / "rules" / f"{row}.yaml" for row in KINDS]
    subprocess.run([promtool, "check", "rules", *paths], check=True, timeout=60)


def test_areas_have_a_file_each_and_tests_by_interval() -> None:
    areas = ("platform", "ai-hub", "banking", "fabric", "relay")
    tests = {f"tests/{area}_{every}_test.yaml" for area in areas for every in ("5m", "30m", "2h", "6h")}
    assert set(rule_files(shipped_plans())) == {f"{area}.yaml" for area in areas} | tests


def test_the_same_plans_give_the_same_bytes() -> None:
    assert rule_files(shipped_plans()) == rule_files(list(shipped_plans()))


def test_every_plan_is_a_group_within_mimirs_limit() -> None:
    groups = [group for plan in event_plans() for group in parsed(rule_files([plan]), plan.slo.area)]
    assert [group["name"] for group in groups] == [f"slo-{plan.slo.id}" for plan in event_plans()]
    assert max(len(group["rules"]) for group in groups) == 20


def parsed(files: Mapping[str, str], area: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = yaml.safe_load(files[f"{area}.yaml"])["groups"]
    return found


def test_alerts_follow_what_they_read() -> None:
    (group,) = parsed(rule_files([shipped_plan("P2")]), "platform")
    kinds = [next(iter(rule)) for rule in group["rules"]]
    assert kinds == ["record"] * 17 + ["alert"] * 3


def test_a_group_beyond_mimirs_limit_is_an_error_that_names_the_row() -> None:
    row = changed(LATENCY, ("slower_than: 1s", "slower_than: 1s\n      window: 10m"))
    with pytest.raises(ValueError, match=r"^S2: 22 rules, and Mimir takes 20"):
        rule_files(planned(row))


def test_every_fault_is_told_at_once() -> None:
    broken = changed(RATIO, ('bad: orders_total{code="500"}', "bad: orders_total"))
    wide = changed(LATENCY, ("slower_than: 1s", "slower_than: 1s\n      window: 10m"))
    with pytest.raises(ValueError, match=r"S1: .*\nS2: .*"):
        rule_files(planned(broken, wide))


def test_what_is_not_compiled_is_named() -> None:
    plans = planned(RATIO, SLICE, PROMQL)
    assert [plan.slo.id for plan in uncompiled(plans)] == ["S3", "S4"]
    assert "S3" not in rule_files(plans)["shop.yaml"]
    assert [plan.slo.id for plan in uncompiled(shipped_plans())] == ["A2", "A5", "F1", "F2", "F4"]
