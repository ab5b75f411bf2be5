"""The unit tests of the handbook's alerts: they pass on the rules they came with, and on no others."""

import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeAlias

import pytest
import yaml

from emberline.artefacts import write
from emberline.catalogue import shipped_alerts, shipped_promises
from rules.unit_tests.handbook import handbook_tests
from slo.handbook.expression import reach
from slo.handbook.load import load_alerts
from tests.rules.promtool import outcome, passes
from tests.rules.proofs import FURTHER, Key, shipped, signals, texts
from tests.slo.handbook.documents import ALERTS, changed

Rule: TypeAlias = dict[str, Any]
"""A rule as YAML holds it."""
COMPARED = re.compile(r"(?<=[^<>=!][<>=] )(-?\d[\d.]*)|(?<=[<>=]= )(-?\d[\d.]*)")
"""A number that an expression compares with."""


def complaints(
    promtool: Path, folder: Path, which: str, change: Callable[[Rule], Rule | None], only: str = "fires"
) -> str:
    """What promtool says to the tests so named once each rule was changed, or deleted where the change yields none.

    Each alert stands alone with its tests, so that only its own rules are evaluated for it.
    """
    for alert, own in shipped(which).items():
        (name,) = (name for name in own if "/" not in name)
        document = yaml.safe_load(own[name])
        for group in document["groups"]:
            group["rules"] = [mutant for rule in group["rules"] if (mutant := change(rule)) is not None]
        write(folder / alert, own | {name: yaml.safe_dump(document)})
    code, said = outcome(promtool, "test", "rules", f"--run={only}", *sorted(folder.glob("*/tests/*_test.yaml")))
    assert ("FAILED" in said) == (code != 0), said
    return said


def failures(promtool: Path, folder: Path, which: str, change: Callable[[Rule], Rule | None]) -> set[Key]:
    """The signals whose tests fail once each rule was changed."""
    said = complaints(promtool, folder, which, change)
    return set(re.findall(r"name: (\w+) \(([\w-]+)\) fires", said))


@pytest.fixture(params=["alerts", "promises"])
def which(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def test_shipped_rules_pass(which: str, promtool: Path, tmp_path: Path) -> None:
    write(tmp_path, texts(shipped_alerts().alerts, ()) if which == "alerts" else texts((), shipped_promises()))
    passes(promtool, tmp_path)


def test_each_signal_that_is_deleted_is_missed(which: str, promtool: Path, tmp_path: Path) -> None:
    assert failures(promtool, tmp_path, which, lambda _: None) == set(signals(which))


def scaled(times: str) -> Callable[[str], str]:
    """A change of every number that an expression compares with."""
    return lambda expr: COMPARED.sub(lambda found: str(Decimal(found[0]) * Decimal(times) or 0), expr)


def moved(expr: str) -> str:
    """Zeros that are compared with move past any data."""
    return re.sub(r"([<>=]) 0(?![.\d])", lambda found: f"{found[1]} {'-' * (found[1] == '<')}1000000", expr)


def flipped(expr: str) -> str:
    return re.sub(r" ([<>]|==)(?==? )", lambda found: " " + {"<": ">", ">": "<", "==": "!="}[found[1]], expr)


MUTATIONS: dict[str, Callable[[str], str]] = {
    "thresholds a tenth higher": scaled("1.1"),
    "thresholds a tenth lower": scaled("0.9"),
    "zeros moved past the data": moved,
    "comparisons flipped": flipped,
}


@pytest.mark.parametrize("mutation", MUTATIONS)
def test_a_mutated_expression_is_caught(mutation: str, which: str, promtool: Path, tmp_path: Path) -> None:
    """Each signal that the mutation changes at all fails; so may one whose sibling was changed to fire beside it."""
    change = MUTATIONS[mutation]
    changes = {key for key, signal in signals(which).items() if change(signal.expr) != signal.expr}
    assert failures(promtool, tmp_path, which, lambda rule: rule | {"expr": change(rule["expr"])}) >= changes
    assert changes


def test_every_signal_compares_with_a_number_that_a_mutation_moves(which: str) -> None:
    """Or says that something is absent, with which no number is compared."""
    exprs = {key: signal.expr for key, signal in signals(which).items() if not signal.expr.startswith("absent(")}
    assert [key for key, expr in exprs.items() if scaled("1.1")(expr) == expr == moved(expr)] == []


@pytest.mark.parametrize(("key", "name"), [("labels", "severity"), ("annotations", "runbook_url")])
def test_labels_and_annotations_are_exact(key: str, name: str, which: str, promtool: Path, tmp_path: Path) -> None:
    other = {name: "other"}
    missed = failures(promtool, tmp_path, which, lambda rule: rule | {key: rule[key] | other})
    assert missed == set(signals(which))


def test_an_alert_that_fires_without_data_is_caught(which: str, promtool: Path, tmp_path: Path) -> None:
    said = complaints(
        promtool, tmp_path, which, lambda rule: rule | {"expr": f"({rule['expr']}) or vector(1)"}, "no data"
    )
    assert set(re.findall(r"alertname: (\w+),", said)) == set(shipped(which))


@pytest.mark.parametrize("hold", ["0s", "30d"])
def test_how_long_a_signal_is_held_counts(hold: str, which: str, promtool: Path, tmp_path: Path) -> None:
    """Without a hold, those are caught in whose expression no range blurs when it comes true."""
    missed = failures(promtool, tmp_path, which, lambda rule: rule | {"for": hold})
    exact = {key for key, signal in signals(which).items() if not reach(signal.expr).ms and signal.for_.ms}
    assert exact
    assert missed >= (exact if hold == "0s" else set(signals(which)))


def proof(**changes: str) -> dict[str, Any]:
    """The unit test of an alert whose proof is changed."""
    texts = [(f"{key}: {old}", f"{key}: {new}") for key, new in changes.items() for old in OLD[key]]
    (file,) = handbook_tests(load_alerts("h.yaml", changed(ALERTS, *texts)).alerts, ())
    tested: dict[str, Any] = file.content["tests"][0]
    return tested


OLD = {"quiet": ["9.6"], "firing": ["10.4"], "for": ["2m"], "expr": ["max by (pod) (orders_waiting) > 10"]}


def test_a_proof_becomes_three_phases() -> None:
    tested = proof()
    assert tested["interval"] == "1m"
    assert tested["input_series"] == [{"series": 'orders_waiting{pod="till-0"}', "values": "9.6x2 10.4x2 9.6x0"}]
    moments = [(each["eval_time"], len(each["exp_alerts"])) for each in tested["alert_rule_test"]]
    assert moments == [("2m", 0), ("4m", 0), ("5m", 1), ("6m", 0)]
    assert tested["alert_rule_test"][2]["exp_alerts"] == [
        {
            "exp_labels": {
                "action": "PA1",
                "area": "shop",
                "namespace": "shop",
                "pod": "till-0",
                "priority": "P3",
                "severity": "warning",
            },
            "exp_annotations": {
                "description": "10.4 orders wait",
                "look_first": "the till",
                "response_time": "within 4 hours",
                "runbook_url": "runbooks/QueueFull.md",
                "summary": "till-0 is full",
            },
        }
    ]


@pytest.mark.parametrize(
    ("quiet", "firing", "values"),
    [
        ("absent", "1", "_ _x2 1x2 stale"),
        ("'+0'", "'+5'", "0+0x2 5+5x2 15+0x0"),
        ("'+0.5'", "absent", "0.5+0.5x2 stale _x2 2+0.5x0"),
        ("-1", "7", "-1x2 7x2 -1x0"),
        ("now+90", "now", "90+60x2 180+60x2 450+60x0"),
        ("now-30", "now-90", "_x2 90+60x2 210+60x2 450+60x0"),
        ("now-30 in ms", "now-90", "_x2 90000+60000x2 210+60x2 450000+60000x0"),
    ],
)
def test_what_a_series_does_through_the_phases(quiet: str, firing: str, values: str) -> None:
    assert proof(quiet=quiet, firing=firing)["input_series"][0]["values"] == values


def test_phases_are_as_long_as_the_expression_reads_back() -> None:
    tested = proof(expr="max by (pod) (max_over_time(orders_waiting[4m30s])) > 10")
    assert tested["input_series"][0]["values"] == "9.6x7 10.4x7 9.6x5"
    assert [each["eval_time"] for each in tested["alert_rule_test"]] == ["7m", "9m", "15m", "21m"]


def test_the_first_refusal_of_a_key_counts_and_a_counter_after_a_gap_does_not(promtool: Path, tmp_path: Path) -> None:
    write(tmp_path, shipped("alerts")["LLMGatewayQuotaExhausted"] | FURTHER["LLMGatewayQuotaExhausted", "refused"])
    code, said = outcome(promtool, "test", "rules", tmp_path / "tests/first_refusal_test.yaml")
    assert code == 0, said


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("orders_waiting > 10", ""),
        ("orders_waiting > 11", "exp: {} 1E+00"),
        ("orders_waiting > 9", "got: {} 1E+00"),
    ],
)
def test_a_verification_that_misses_the_alert_or_outlasts_it_is_caught(
    query: str, told: str, promtool: Path, tmp_path: Path
) -> None:
    changes = ("query: orders_waiting > 10", f"query: {query}")
    write(tmp_path, texts(load_alerts("h.yaml", changed(ALERTS, changes)).alerts, ()))
    code, said = outcome(promtool, "test", "rules", *tmp_path.glob("tests/*_test.yaml"))
    assert code == (1 if told else 0), said
    assert told in said
