"""What a page tells to ask at the end yields something while an alert fires that leads there, and nothing otherwise."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from emberline.artefacts import write
from emberline.catalogue import shipped_alerts
from rules.unit_tests.handbook import handbook_tests
from tests.contract.runbook import Page
from tests.rules.promtool import outcome

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGES = {alert.runbook: alert for alert in shipped_alerts().own}


def verified(page: str, queries: Sequence[str]) -> dict[str, str]:
    """Test files that ask the queries before, while and after each signal fires of the alert that leads to a page."""
    return {
        f"{file.name}.yaml": yaml.safe_dump(
            {
                "evaluation_interval": file.content["evaluation_interval"],
                "tests": [asked(test, queries) for test in file.content["tests"] if test["input_series"]],
            }
        )
        for file in handbook_tests([PAGES[page]], ())
    }


def asked(test: dict[str, Any], queries: Sequence[str]) -> dict[str, Any]:
    before, *_, after = test["alert_rule_test"]
    (firing,) = (moment for moment in test["alert_rule_test"] if moment["exp_alerts"])
    something, one = " or ".join(f"group({query})" for query in queries), [{"labels": "{}", "value": 1}]
    return {key: test[key] for key in ("name", "interval", "input_series")} | {
        "promql_expr_test": [
            {"expr": something, "eval_time": moment["eval_time"], "exp_samples": one if moment is firing else []}
            for moment in (before, firing, after)
        ]
    }


def complaint(promtool: Path, folder: Path, page: str, queries: Sequence[str]) -> str:
    write(folder, verified(page, queries))
    code, said = outcome(promtool, "test", "rules", *sorted(folder.iterdir()))
    return said if code else ""


def queries_of(page: str) -> tuple[str, ...]:
    sections = dict(Page((DOCS / page).read_text(encoding="utf-8")).sections)
    return Page(sections["Verification"]).queries


@pytest.mark.parametrize("page", sorted(PAGES))
def test_the_last_queries_of_a_page_tell_whether_it_is_over(page: str, promtool: Path, tmp_path: Path) -> None:
    assert complaint(promtool, tmp_path, page, queries_of(page)) == ""


@pytest.mark.parametrize(
    ("queries", "told"),
    [
        (["absent(up) < 0"], "got: nil"),
        (["vector(1)"], "exp: nil"),
    ],
)
def test_queries_that_yield_too_little_or_too_much_are_seen(
    queries: list[str], told: str, promtool: Path, tmp_path: Path
) -> None:
    assert told in complaint(promtool, tmp_path, "runbooks/GPUMemoryExhausted.md", queries)
