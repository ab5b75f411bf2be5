"""The unit tests that promtool runs: they pass on the rules they came with, and on no others."""

import re
import subprocess
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import yaml

from emberline.artefacts import write
from rules.files import rule_files
from slo.plan import Plan
from tests.rules.plans import event_plans, planned, shipped_plan
from tests.slo.rows import RATIO, changed

Rules: TypeAlias = list[dict[str, Any]]
"""The rules of a group, as YAML holds them."""


def outcome(promtool: Path, *arguments: str | Path) -> tuple[int, str]:
    run = subprocess.run([promtool, *arguments], capture_output=True, text=True, timeout=110, check=False)
    return run.returncode, run.stdout + run.stderr


def failures(promtool: Path, folder: Path, plan: Plan, change: Callable[[Rules], Rules], only: str = "") -> set[str]:
    """The alerts whose unit tests (`only` those so named) fail once the rules of their plan were changed."""
    files = dict(rule_files([plan]))
    name = f"{plan.slo.area}.yaml"
    document = yaml.safe_load(files[name])
    (group,) = document["groups"]
    group["rules"] = change(group["rules"])
    write(folder, files | {name: yaml.safe_dump(document)})
    code, said = outcome(promtool, "test", "rules", f"--run={only}", *sorted(folder.glob("tests/*_test.yaml")))
    failed = set(re.findall(r"alertname: (\w+),", said))
    assert bool(failed) == (code != 0), said
    return failed


@pytest.mark.parametrize("area", sorted({plan.slo.area for plan in event_plans()}))
def test_shipped_rules_pass(area: str, promtool: Path, tmp_path: Path) -> None:
    write(tmp_path, rule_files([plan for plan in event_plans() if plan.slo.area == area]))
    for command, pattern in (("check", "*.yaml"), ("test", "tests/*_test.yaml")):
        code, said = outcome(promtool, command, "rules", *sorted(tmp_path.glob(pattern)))
        assert code == 0, said


def test_braces_in_a_row_are_no_template(promtool: Path, tmp_path: Path) -> None:
    row = changed(RATIO, ("name: Availability", "name: '{{ $labels }} {{{ Availability'"), ("/S1", "/{{ .S1 }}"))
    write(tmp_path, rule_files(planned(row)))
    for command, pattern in (("check", "*.yaml"), ("test", "tests/*_5m_test.yaml")):
        code, said = outcome(promtool, command, "rules", *sorted(tmp_path.glob(pattern)))
        assert code == 0, said
    assert "summary: 'S1 {{ $labels }} {{{ Availability: " in (tmp_path / "tests" / "shop_5m_test.yaml").read_text()


@pytest.mark.parametrize("plan", event_plans(), ids=lambda plan: plan.slo.id)
def test_each_deleted_alert_is_missed(plan: Plan, promtool: Path, tmp_path: Path) -> None:
    """An alert has tests of its own, so that all can be deleted at once."""
    missed = failures(promtool, tmp_path, plan, lambda rules: [rule for rule in rules if "record" in rule], "fires")
    assert missed == {alert.name for alert in plan.alerts}


@pytest.mark.parametrize("kind", ["page", "ticket", "static"])
def test_one_deleted_alert_is_missed(kind: str, promtool: Path, tmp_path: Path) -> None:
    plan = shipped_plan("R1")
    (name,) = (alert.name for alert in plan.alerts if alert.kind == kind)
    assert failures(promtool, tmp_path, plan, lambda rules: [each for each in rules if each.get("alert") != name]) == {
        name
    }


def scaled(times: str) -> Callable[[str], str]:
    """A change of every threshold in an expression."""
    return lambda expr: re.sub(r"(?<=> )[\d.]+", lambda found: str(Decimal(found[0]) * Decimal(times)), expr)


MUTATIONS: dict[str, tuple[str, Callable[[str], str]]] = {
    "thresholds a tenth higher": ("expr", scaled("1.1")),
    "thresholds a tenth lower": ("expr", scaled("0.9")),
    "comparisons flipped": ("expr", lambda expr: expr.replace("} > ", "} < ")),
    "pairs loosened": ("expr", lambda expr: expr.replace("\nand\n", "\nor\n")),
    "the first pair dropped": ("expr", lambda expr: expr.partition("\nor\n")[2]),
    "the last pair dropped": ("expr", lambda expr: expr.rpartition("\nor\n")[0]),
    "the shortest window doubled": (
        "expr",
        lambda expr: expr.replace("increase5m", "increase30m").replace("increase2h", "increase6h"),
    ),
    "the longest window shortened": (
        "expr",
        lambda expr: expr.replace("increase6h", "increase1h").replace("increase3d", "increase1d"),
    ),
    "held for longer": ("for", lambda _: "10m"),
    "not held": ("for", lambda _: "0s"),
}


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_a_mutated_alert_is_caught(mutation: str, promtool: Path, tmp_path: Path) -> None:
    """Each alert that the mutation changes at all fails."""
    key, change = MUTATIONS[mutation]
    changed: set[str] = set()

    def mutate(rules: Rules) -> Rules:
        for rule in rules:
            mutant = change(rule.get(key, "0s"))
            if "alert" in rule and mutant and mutant != rule.get(key, "0s"):
                rule[key] = mutant
                changed.add(rule["alert"])
        return rules

    assert failures(promtool, tmp_path, shipped_plan("P1"), mutate) == changed
    assert changed


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("sum(", "avg("),
        (" - sum(increase(", " + sum(increase("),
        ("* 0.5625", "* 0.4375"),
        (r'"32(\\.0)?"', '"32"'),
        (r'"64(\\.0)?"', '"64.0"'),
        ('query_type=~"search|hybrid_search",', 'query_type="hybrid_search",'),
    ],
)
def test_a_mutated_recording_is_caught(old: str, new: str, promtool: Path, tmp_path: Path) -> None:
    def mutate(rules: Rules) -> Rules:
        exprs = [rule["expr"] for rule in rules]
        for rule in rules:
            if "record" in rule:
                rule["expr"] = re.sub(r"\n\s*", " ", rule["expr"]).replace(old, new)
        assert exprs != [rule["expr"] for rule in rules]
        return rules

    assert failures(promtool, tmp_path, shipped_plan("A6"), mutate)
