"""Every dashboard passes dashboard-linter's rules, and each rule finds its fault."""

import json
import re
from collections.abc import Mapping
from functools import cache
from typing import Any

import pytest
import yaml

from dashboards.board import Board
from dashboards.files import files
from dashboards.grafana import to_json
from tests.dashboards.linter import violations
from tests.dashboards.made import BOARDS
from tests.rules.plans import shipped_plans

D6 = next(board for board in BOARDS if board.id == "D6")


@cache
def exclusions() -> Mapping[str, Any]:
    """What the written `.lint` leaves out, by rule; each says why."""
    written: Mapping[str, Any] = yaml.safe_load(files(shipped_plans())[".lint"])["exclusions"]
    assert all(rule["reason"] for rule in written.values())
    return written


def excluded(board: Board) -> set[str]:
    """The rules that are left out for a dashboard."""
    return {name for name, rule in exclusions().items() if {"dashboard": board.title} in rule["entries"]}


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.id)
def test_no_rule_is_broken_but_for_those_that_are_left_out_with_a_reason(board: Board) -> None:
    assert violations(json.loads(to_json(board))) == excluded(board)


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ('"editable": false', '"editable": true', "uneditable-dashboard"),
        ('"label": "Data source"', '"label": "Where"', "template-datasource-rule"),
        ('"label": "Job"', '"label": "Jobs"', "template-job-rule"),
        ('"name": "instance"', '"name": "node"', "template-instance-rule"),
        ('"refresh": 2', '"refresh": 1', "template-on-time-change-reload-rule"),
        ('"query": "label_values(', '"query": "values(', "template-label-promql-rule"),
        ('"uid": "${datasource}"', '"uid": "prom"', "panel-datasource-rule"),
        ('"title": "Power"', '"title": ""', "panel-title-description-rule"),
        ('"unit": "watt"', '"unit": "horse"', "panel-units-rule"),
        ('"targets": [', '"targets": [], "was": [', "panel-no-targets-rule"),
        ('"expr": "', '"expr": "(', "target-promql-rule"),
        ("[$__rate_interval]", "[1m]", "target-rate-interval-rule"),
        (r",job=~\"$job\"", "", "target-job-rule"),
        (r",instance=~\"$instance\",gpu=~\"$gpu\"", "", "target-instance-rule"),
        ("topk(16, DCGM_FI_DEV_GPU_UTIL{", "topk(16, DCGM_FI_DEV_GPU_UTIL_total{", "target-counter-agg-rule"),
    ],
)
def test_each_rule_finds_its_fault(old: str, new: str, rule: str) -> None:
    text = to_json(D6)
    assert old in text
    assert rule in violations(json.loads(text.replace(old, new)))


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.id)
def test_a_choice_offers_what_the_choices_before_it_leave(board: Board) -> None:
    before: list[str] = []
    for variable in json.loads(to_json(board))["templating"]["list"]:
        if variable["type"] == "query":
            assert re.findall(r'=~"\$(\w+)"', variable["query"]) == before
            before.append(variable["name"])
    assert before
