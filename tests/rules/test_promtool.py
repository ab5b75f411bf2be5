"""The unit tests that promtool runs: they pass on the rules they came with, and on no others."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from emberline.artefacts import write
from rules.files import compiled
from slo.duration import Duration
from slo.plan import plan
from slo.table.load import load
from tests.rules.plans import planned, rule_files, shipped_plan, shipped_plans
from tests.rules.promtool import outcome, passes
from tests.slo.rows import LATENCY, PROMQL, RATIO, SLICE, changed, table

TICKETS = ("P1", "P3", "A1", "A2", "A6", "B1", "F2", "R2")
"""Of each kind of row one or two: tickets look back for days, which takes most of the time. `--soak` tries all."""
ODDEST = (
    *("99.999%", "28d", "at once", "matchers", "two labels"),
    *("strict slices", "gated and held", "large", "expression"),
)
"""Of `OWN`, what is tried without `--soak`."""


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """The rows of one's own that are tried."""
    if "odd" in metafunc.fixturenames:
        metafunc.parametrize("odd", [*OWN] if metafunc.config.getoption("soak") else ODDEST)


@pytest.fixture
def soak(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("soak"))


@pytest.mark.parametrize("row", [plan.slo.id for plan in shipped_plans()])
def test_shipped_rules_pass(row: str, promtool: Path, tmp_path: Path, *, soak: bool) -> None:
    files = rule_files([shipped_plan(row)])
    write(tmp_path, {name: text for name, text in files.items() if soak or row in TICKETS or "_ticket_" not in name})
    passes(promtool, tmp_path)


def test_rows_stand_together_in_the_files_of_their_areas(promtool: Path, tmp_path: Path) -> None:
    files = {name: text for name, text in rule_files(shipped_plans()).items() if "/" not in name}
    write(tmp_path, files)
    code, said = outcome(promtool, "check", "rules", *(tmp_path / name for name in files))
    assert (code, said.count("SUCCESS")) == (0, 5), said


OWN = {
    "99%": changed(RATIO, ("99.9%", "99%"), ("99.5%", "97%")),
    "94%": changed(RATIO, ("99.9%", "94%"), ("99.5%", "90%")),
    "99.999%": changed(RATIO, ("99.9%", "99.999%"), ("99.5%", "99.99%")),
    "99.9871%": changed(RATIO, ("99.9%", "99.9871%"), ("99.5%", "99.87%")),
    "28d": changed(RATIO, ("    namespace", "    window: 28d\n    namespace")),
    "at once": changed(RATIO, ("for: 5m", "for: 0s"), ("99.5%", "20%")),
    "own window": changed(RATIO, ("      for: 5m", "      for: 5m\n      window: 10m")),
    "matchers": changed(
        RATIO,
        ('code="500"}', 'code!~"2..|404",shop=~"oslo|rome"}'),
        ("total: orders_total", 'total: orders_total{shop=~"oslo|rome"}'),
    ),
    "two labels": changed(LATENCY, ("by: [shop]", "by: [shop, region]")),
    "own threshold": changed(LATENCY, ("slower_than: 1s", "slower_than: 500ms")),
    "30m": changed(LATENCY, ("slower_than: 1s", "slower_than: 1s\n      window: 30m")),
    "strict slices": changed(SLICE, ("objective: 95%", "objective: 99.5%")),
    "stricter slices": changed(SLICE, ("objective: 95%", "objective: 99.9%")),
    "14d": changed(SLICE, ("    namespace", "    by: [shop]\n    window: 14d\n    namespace")),
    "gated and held": changed(
        SLICE, ('value: "< 2"', 'value: "< 2"\n      gated: true'), ("reduce: sum,", "reduce: sum, held: 5m,")
    ),
    "small": changed(SLICE, ('good: "> 3"', 'good: "> 0.9"'), ('value: "< 2"', 'value: "< 0.5"')),
    "large": changed(SLICE, ('good: "> 3"', 'good: "< 2e18"'), ('value: "< 2"', 'value: "> 4e18"')),
    "expression": changed(PROMQL, ("    namespace", "    by: [shop, region]\n    namespace")),
}
"""Rows of one's own, each with something odd."""


def test_rows_of_ones_own_pass(odd: str, promtool: Path, tmp_path: Path) -> None:
    """Tickets, whose days take most of the time, are tried where something of theirs is odd."""
    row = OWN[odd]
    own = rule_files(planned(row))
    days = any(part in row for part in ("99.9871", "99.999", "28d", "99.5%\n    namespace", "promql"))
    write(tmp_path, {name: text for name, text in own.items() if days or "_ticket_" not in name})
    passes(promtool, tmp_path)


@pytest.mark.parametrize("below", ["99.5%", "0.0001%"])
@pytest.mark.parametrize("window", ["30s", "50s", "61s", "121s", "200s", "601s", "3601s"])
def test_static_windows_of_any_length_pass(window: str, below: str, promtool: Path, tmp_path: Path) -> None:
    found = rule_files(planned(changed(RATIO, ("for: 5m", f"for: 5m\n      window: {window}"), ("99.5%", below))))
    write(tmp_path, {name: text for name, text in found.items() if "_page_" not in name and "_ticket_" not in name})
    passes(promtool, tmp_path)


@pytest.mark.parametrize("row", [RATIO, LATENCY], ids=["ratio", "latency"])
@pytest.mark.parametrize("least", ["6m", "2h", "1d"])
def test_composed_alert_windows_pass(row: str, least: str, promtool: Path, tmp_path: Path) -> None:
    (slo,) = load({"t.yaml": table(row)})
    write(tmp_path, rule_files([plan(slo, compose_from=Duration.parse(least))]))
    passes(promtool, tmp_path)


IDLE_THEN_BUSY = """
rule_files: [ai-hub.yaml]
evaluation_interval: 1m
tests:
  - interval: 1m
    input_series:
      - {series: 'vllm:generation_tokens_total{model_name="m"}', values: "0x1080 6000+6000x40 246000+600x90"}
      - {series: 'vllm:num_requests_running{model_name="m"}', values: "0x1080 1x131"}
    promql_expr_test:
%s
"""
PAGES = 'count(ALERTS{alertname="AiHubLLMTokenThroughputErrorBudgetBurnPage",alertstate="firing"})'


def test_a_model_that_was_idle_pages_for_slow_hours_not_for_its_first_minutes(promtool: Path, tmp_path: Path) -> None:
    """100 tokens per second from the first request on, and 10 after forty minutes."""
    write(tmp_path, {name: text for name, text in rule_files([shipped_plan("A2")]).items() if name == "ai-hub.yaml"})
    quiet = [f"      - {{expr: '{PAGES}', eval_time: {at}m, exp_samples: []}}" for at in range(1080, 1125)]
    pages = f"      - {{expr: '{PAGES}', eval_time: 1190m, exp_samples: [{{labels: '{{}}', value: 1}}]}}"
    (tmp_path / "idle.yaml").write_text(IDLE_THEN_BUSY % "\n".join([*quiet, pages]), encoding="utf-8")
    code, said = outcome(promtool, "test", "rules", tmp_path / "idle.yaml")
    assert code == 0, said


def test_an_alert_that_cannot_be_tested_is_named_and_compiled_all_the_same() -> None:
    files, tests = compiled(planned(changed(SLICE, ("objective: 95%", "objective: 99.95%"))))
    assert {test.name for test in tests if "at most 9000 verdicts" in test.untested} == {"S3_exhausted_test"}
    assert len(files[0].alerts) == len(tests)
    assert {name for name in rule_files(planned(changed(SLICE, ("95%", "99.95%")))) if "exhausted" in name} == set()


@pytest.mark.parametrize(
    ("row", "why"),
    [
        (changed(RATIO, ('code="500"', 'code=~"(?i)err"')), "no string is found"),
        (changed(SLICE, ("metric: customers", "metric: staff")), "slice and its gate at once"),
        (changed(SLICE, ('valid: ">= 0"', 'valid: ">= 2.5"')), "no valid sample is < 2"),
        (changed(SLICE, ('valid: ">= 0"', 'valid: ">= 5"')), "no valid sample is on each side of > 3"),
    ],
)
def test_what_only_a_test_does_not_understand_costs_no_rule(row: str, why: str) -> None:
    files, tests = compiled(planned(row))
    assert any(why in test.untested for test in tests)
    assert len(files[0].alerts) == 5


def test_braces_in_a_row_are_no_template(promtool: Path, tmp_path: Path) -> None:
    row = changed(RATIO, ("name: Availability", "name: '{{ $labels }} {{{ Availability'"), ("/S1", "/{{ .S1 }}"))
    write(tmp_path, rule_files(planned(row)))
    passes(promtool, tmp_path)
    assert "summary: 'S1 {{ $labels }} {{{ Availability: " in (tmp_path / "tests" / "S1_page_test.yaml").read_text()


@pytest.mark.parametrize("alert", ["page", "ticket", "static", "exhausted", "no-data"])
def test_a_deleted_alert_is_missed(alert: str, promtool: Path, tmp_path: Path) -> None:
    write(tmp_path, rule_files([shipped_plan("R1")]))
    rewrite(tmp_path / "tests" / f"R1_{alert}_rules.yaml", lambda rules: [rule for rule in rules if "record" in rule])
    code, said = outcome(promtool, "test", "rules", tmp_path / "tests" / f"R1_{alert}_test.yaml")
    assert (code, "FAILED" in said) == (1, True)


@pytest.mark.parametrize(
    ("row", "alert", "old", "new"),
    [
        ("A6", "static", "sum(", "avg("),
        ("A6", "static", " - sum(increase(", " + sum(increase("),
        ("A6", "page", "* 0.5625", "* 0.4375"),
        ("A6", "page", r'"32(\\.0)?"', '"32"'),
        ("A6", "page", r'"64(\\.0)?"', '"64.0"'),
        ("A6", "static", 'query_type=~"search|hybrid_search",', 'query_type="hybrid_search",'),
        ("B3", "static", "(sum(increase(", "(0.5 * sum(increase("),
        ("A2", "page", "count_over_time", "sum_over_time"),
        ("A2", "static", "> bool 50", "> bool 55"),
        ("A2", "static", "> bool 50", "> bool 45"),
        ("A2", "static", " > 0", " > -1"),
        ("A2", "static", "min_over_time", "max_over_time"),
        ("A5", "static", "avg(", "max("),
        ("A5", "static", "avg(", "min("),
        (
            "F1",
            "static",
            "max(kafka_network_requestmetrics_totaltimems",
            "sum(kafka_network_requestmetrics_totaltimems",
        ),
        ("F1", "static", ',quantile="0.95"', ""),
        ("F4", "static", "min by (name)", "max by (name)"),
        ("A4", "static", 'job="rag-api",', ""),
        ("A4", "static", r',le=~"2(\\.0)?"', ""),
        ("P2", "static", "sum(", "max("),
        ("P1", "static", 'envoy_http_conn_manager_prefix=~"listener-.*",', ""),
        ("P1", "exhausted", "[30d]", "[3d]"),
        ("F2", "exhausted", "[30d]", "[3d]"),
        ("A2", "static", "sum by (model_name) (rate", "sum (rate"),
        ("F2", "static", ">= 0", ">= -2"),
        ("F2", "static", "< bool 30000", "> bool 30000"),
        ("P2", "exhausted", "slo:total_events:increase5m", "slo:bad_events:increase5m"),
        ("P2", "exhausted", "vector(0.95)", "vector(0.9)"),
    ],
)
def test_a_mutated_recording_is_caught(
    row: str, alert: str, old: str, new: str, promtool: Path, tmp_path: Path
) -> None:
    def mutate(rules: list[dict[str, Any]]) -> list[dict[str, Any]]:
        exprs = [rule["expr"] for rule in rules]
        for rule in rules:
            if "record" in rule:
                rule["expr"] = " ".join(rule["expr"].split()).replace("( ", "(").replace(" )", ")").replace(old, new)
        assert exprs != [rule["expr"] for rule in rules]
        return rules

    write(tmp_path, rule_files([shipped_plan(row)]))
    test = tmp_path / "tests" / f"{row}_{alert}_test.yaml"
    rewrite(tmp_path / "tests" / f"{row}_{alert}_rules.yaml", mutate)
    code, said = outcome(promtool, "test", "rules", test)
    assert (code, "FAILED" in said) == (1, True), said


def rewrite(path: Path, change: Callable[[list[dict[str, Any]]], list[dict[str, Any]]]) -> None:
    """Change the rules of a file with one group."""
    document = yaml.safe_load(path.read_bytes())
    (group,) = document["groups"]
    group["rules"] = change(group["rules"])
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
