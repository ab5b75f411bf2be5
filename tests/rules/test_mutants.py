"""Each alert rule, broken in one way after the other: its unit tests fail. `--soak` does it for every shipped row."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from emberline.artefacts import write
from slo.plan import Plan
from slo.sli import Slices
from tests.rules.mutated import Mutant, mutants, survivors
from tests.rules.plans import planned, rule_files, shipped_plan, shipped_plans
from tests.slo.rows import PROMQL

KINDS = ("P1", "A1", "A2", "S4")
"""Of each kind of row one: events that are counted, a latency, slices of a rate behind a gate, an expression."""
ALERTS = ("page", "ticket", "static", "exhausted", "no-data")
SAMPLE = [(row, alert) for row in KINDS for alert in ALERTS if alert not in ("page", "ticket") or row in ("A2", "S4")]
"""Pages and tickets, which look back for hours and days, take most of the time: of one row, and of an expression."""
REDUNDANT = {"threshold x 1.1 in part 0", "1d swapped for 3d in part 0"}
"""Both ticket pairs spend the same share of the budget: on slices, which come evenly, the longer one fires whenever the
shorter does. These changes only make the shorter one fire later."""


def plan_of(row: str) -> Plan:
    return planned(PROMQL)[0] if row == "S4" else shipped_plan(row)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """The alerts that are mutated."""
    if "row" in metafunc.fixturenames:
        rows = [plan.slo.id for plan in shipped_plans()] + ["S4"]
        every = [(row, alert) for row in rows for alert in ALERTS]
        metafunc.parametrize(("row", "alert"), every if metafunc.config.getoption("soak") else SAMPLE)


@pytest.mark.timeout(600)
def test_no_mutant_survives(row: str, alert: str, promtool: Path, tmp_path: Path) -> None:
    write(tmp_path / "out", rule_files([plan_of(row)]))
    test = tmp_path / "out" / "tests" / f"{row}_{alert}_test.yaml"
    rule = rule_of(test)
    found = [*mutants(rule), Mutant("none", rule)]
    assert len(found) > 3
    slices = isinstance(plan_of(row).sli, Slices)
    expected = REDUNDANT if slices and alert == "ticket" else set()
    assert set(survivors(promtool, tmp_path, test, found)) == {"none"} | expected


def rule_of(test: Path) -> dict[str, Any]:
    """The alert rule that a test file is about."""
    rules = yaml.safe_load((test.parent / test.name.replace("_test", "_rules")).read_bytes())
    (found,) = (rule for group in rules["groups"] for rule in group["rules"] if "alert" in rule)
    return dict(found)
