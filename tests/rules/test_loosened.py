"""The handbook's proofs hold data on which a looser expression shows itself: each mutant fails, or is equivalent."""

from collections.abc import Mapping
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import yaml

from emberline.artefacts import write
from tests.rules.equivalents import EQUIVALENT, Mutant
from tests.rules.loosened import loosened
from tests.rules.promtool import outcome
from tests.rules.proofs import Files, alone, signals


def passing(promtool: Path, folder: Path, candidates: Mapping[Mutant, Files]) -> set[Mutant]:
    """Those of which every unit test passes; promtool runs once for all of them."""
    folders = {str(number): mutant for number, mutant in enumerate(candidates)}
    for name, mutant in folders.items():
        write(folder / name, candidates[mutant])
    report = folder / "report.xml"
    outcome(promtool, "test", "rules", f"--junit={report}", *sorted(folder.glob("*/tests/*_test.yaml")))
    suites = [*ET.parse(report).getroot().iter("testsuite")]  # noqa: S314  promtool wrote it
    tested = [(Path(suite.attrib["name"]).parent.parent.name, suite.find(".//failure") is None) for suite in suites]
    assert {name for name, _ in tested} == set(folders)
    return set(candidates) - {folders[name] for name, passes in tested if not passes}


def mutated(own: Files, expr: str) -> Files:
    """The files of one signal, whose rule has another expression."""
    (name,) = (name for name in own if "/" not in name)
    document = yaml.safe_load(own[name])
    (group,) = document["groups"]
    (rule,) = group["rules"]
    rule["expr"] = expr
    return own | {name: yaml.safe_dump(document)}


@pytest.mark.parametrize("which", ["alerts", "promises"])
def test_a_looser_expression_is_caught_unless_it_is_equivalent(which: str, promtool: Path, tmp_path: Path) -> None:
    """No mutant passes but the equivalent ones, which all do; and so does every expression as it is."""
    candidates, untouched = {}, set()
    for key, own in alone(which).items():
        candidates[*key, "none"] = own
        untouched.add((*key, "none"))
        for name, expr in loosened(signals(which)[key].expr):
            candidates[*key, name] = mutated(own, expr)
    alerts = {alert for alert, _ in signals(which)}
    equivalent = {mutant for mutants in EQUIVALENT.values() for mutant in mutants if mutant[0] in alerts}
    assert passing(promtool, tmp_path, candidates) == untouched | equivalent


@pytest.mark.parametrize(
    ("expr", "mutants"),
    [
        (
            'max(a{b="1",c!~"x,}\\""}) > 0',
            {
                "max 1 -> min": 'min(a{b="1",c!~"x,}\\""}) > 0',
                "max 1 -> sum": 'sum(a{b="1",c!~"x,}\\""}) > 0',
                'b="1" 1 dropped': 'max(a{c!~"x,}\\""}) > 0',
                'c!~"x,}\\"" 2 dropped': 'max(a{b="1",}) > 0',
            },
        ),
        (
            "avg by (cluster) (a > 0) / on (cluster, b) c",
            {
                "cluster 1 dropped": "avg by () (a > 0) / on (cluster, b) c",
                "cluster 2 dropped": "avg by (cluster) (a > 0) / on (b) c",
                "> 0 1 dropped": "avg by (cluster) (a) / on (cluster, b) c",
            },
        ),
        ("max_over_time(a[5m])", {}),
    ],
)
def test_what_is_loosened(expr: str, mutants: dict[str, str]) -> None:
    assert dict(loosened(expr)) == mutants
