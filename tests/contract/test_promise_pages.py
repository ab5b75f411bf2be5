"""What the page of a promise tells to verify shows more while any signal of its alerts fires, and nothing more after.

One page serves several alerts, whose proofs hold what is in trouble by another: hence more, and not something.
"""

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

import yaml

from emberline.artefacts import write
from emberline.catalogue import shipped_promises
from rules.unit_tests.handbook import handbook_tests
from slo.duration import Duration
from slo.handbook.promise import Promise
from tests.contract.runbook import Page
from tests.rules.promtool import outcome
from tests.rules.proofs import signals

DOCS: Final = Path(__file__).resolve().parents[2] / "docs"
BESIDE: Final = {
    r"(CNPG|FerretDB|Gitea)ReplicationLag .*": "a database that another alert watches is in trouble",
    r"(KyvernoFailing|BackupFailed) .*": "nothing is sent anywhere",
    r"RegionLinkDown age": "a peer is new",
    r"Crossplane\w+Failing .*": "another provider is in trouble",
}
"""Signals in whose proof the page shows something else all the time, and what; all others begin with nothing."""


def asked(test: Mapping[str, Any]) -> dict[str, Any]:
    """The unit test of a signal, asking how many series the page shows."""
    before, *_, after = (Duration.parse(each["eval_time"]) for each in test["alert_rule_test"])
    (firing,) = (Duration.parse(each["eval_time"]) for each in test["alert_rule_test"] if each["exp_alerts"])
    signal = re.sub(r"[()]", "", test["name"].removesuffix(" fires and recovers"))
    shown = [
        (f"shown > bool shown offset {Duration(firing.ms - before.ms)}", firing),
        (f"shown == bool shown offset {Duration(after.ms - before.ms)}", after),
    ]
    if not any(re.fullmatch(pattern, signal) for pattern in BESIDE):
        shown.append(("shown == bool 0", before))
    one = [{"labels": "{}", "value": 1}]
    return {key: test[key] for key in ("name", "interval", "input_series")} | {
        "promql_expr_test": [{"expr": expr, "eval_time": str(at), "exp_samples": one} for expr, at in shown]
    }


def complaints(promtool: Path, folder: Path, queries: Callable[[Promise], tuple[str, ...]]) -> str:
    """What promtool says to the proofs of all promises, asked these queries."""
    for promise in (each for each in shipped_promises() if each.alert):
        shown = " + ".join(f"(count({query}) or vector(0))" for query in queries(promise))
        rules = {"groups": [{"name": "page", "rules": [{"record": "shown", "expr": shown}]}]}
        files = {"page.yaml": yaml.safe_dump(rules)}
        for file in handbook_tests((), (promise,)):
            tests = [asked(test) for test in file.content["tests"] if test["input_series"]]
            files[f"{file.name}.yaml"] = yaml.safe_dump(
                dict(file.content) | {"rule_files": ["page.yaml"], "tests": tests}
            )
        write(folder / promise.id, files)
    code, said = outcome(promtool, "test", "rules", *sorted(folder.glob("*/*_test.yaml")))
    return said if code else ""


def verification(promise: Promise) -> tuple[str, ...]:
    page = Page((DOCS / f"runbooks/{promise.promise}.md").read_text(encoding="utf-8"))
    return Page(dict(page.sections)["Verification"]).queries


def test_the_last_queries_of_a_page_tell_whether_it_is_over(promtool: Path, tmp_path: Path) -> None:
    assert complaints(promtool, tmp_path, verification) == ""


def test_a_page_that_shows_too_little_is_seen_for_every_signal(promtool: Path, tmp_path: Path) -> None:
    said = complaints(promtool, tmp_path, lambda _: ("absent(vector(1))",))
    assert said.count('expr: "shown > bool') == len(signals("promises"))


def test_a_page_that_always_shows_something_is_seen(promtool: Path, tmp_path: Path) -> None:
    said = complaints(promtool, tmp_path, lambda promise: (*verification(promise), "vector(1)"))
    assert 'expr: "shown == bool 0"' in said
    assert 'expr: "shown > bool' not in said
