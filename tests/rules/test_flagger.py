"""MetricTemplates of Flagger: objects that it takes, and queries that tell a canary from what it shall replace."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import promql_parser
import pytest
import yaml

from rules.flagger import flagger_templates
from slo.plan import Plan
from tests.rules.plans import event_plans, planned, shipped_plan, shipped_plans
from tests.rules.test_formats import closed
from tests.slo.rows import PROMQL, RATIO, SLICE, changed

SCHEMA = Path(__file__).parents[1] / "data" / "operator" / "metrictemplate.json"
ADDRESS = "http://prometheus.monitoring.svc:9090"
CANARY = {"namespace": "shop", "target": "web", "service": "web", "interval": "5m"}


def templates(*plans: Plan) -> list[dict[str, Any]]:
    return [each for each in yaml.safe_load_all(flagger_templates(plans, ADDRESS)) if each]


def query(plan: Plan) -> str:
    """The query of a plan as Flagger asks it of a canary: variables filled in, all white space one blank."""
    (template,) = templates(plan)
    text = re.sub(r"\{\{ (\w+) \}\}", lambda variable: CANARY[variable[1]], template["spec"]["query"])
    return re.sub(r"\s+", " ", text).strip()


def test_flagger_takes_every_template() -> None:
    check = jsonschema.Draft7Validator(closed(json.loads(SCHEMA.read_text(encoding="utf-8"))))
    found = templates(*shipped_plans())
    for each in found:
        check.validate(each)
        assert (each["apiVersion"], each["kind"]) == ("flagger.app/v1beta1", "MetricTemplate")
        assert each["spec"]["provider"] == {"type": "prometheus", "address": ADDRESS}
    assert [each["metadata"]["name"] for each in found] == [
        f"slo-{each['metadata']['labels']['slo'].lower()}" for each in found
    ]


@pytest.mark.parametrize(("part", "value"), [("provider", {"type": "thanos"}), ("query", None), ("window", "5m")])
def test_the_schema_refuses_what_flagger_would_not_take(part: str, value: object) -> None:
    (template,) = templates(shipped_plan("P3"))
    template["spec"][part] = value
    assert not jsonschema.Draft7Validator(closed(json.loads(SCHEMA.read_text(encoding="utf-8")))).is_valid(template)


def test_rows_that_can_tell_a_canary_apart_have_a_template() -> None:
    """P1 and P2 count what the gateway takes in, F3 by Temporal's own namespaces; the others count no events."""
    told = [each["metadata"]["labels"]["slo"] for each in templates(*shipped_plans())]
    assert told == [plan.slo.id for plan in event_plans() if plan.slo.id not in {"P1", "P2", "F3"}]


@pytest.mark.parametrize(
    "row", [SLICE, PROMQL, changed(RATIO, ('code="500"', 'code="{{ 500 }}"'))], ids=["slice", "promql", "braces"]
)
def test_a_row_that_flagger_could_not_read_has_none(row: str) -> None:
    assert templates(*planned(row)) == []


@pytest.mark.parametrize("plan", event_plans(), ids=lambda plan: plan.slo.id)
def test_a_query_is_promql_that_yields_one_value(plan: Plan) -> None:
    if templates(plan):
        tree = promql_parser.parse(query(plan))
        assert isinstance(tree, promql_parser.BinaryExpr)
        assert " by " not in query(plan)


def test_the_percentage_is_that_of_the_rules() -> None:
    assert query(*planned(RATIO)) == (
        '100 * ( sum(increase(orders_total{code="500",namespace="shop",pod=~"web-[0-9a-zA-Z]+(-[0-9a-zA-Z]+)"}[5m]))'
        ' or 0 * sum(increase(orders_total{namespace="shop",pod=~"web-[0-9a-zA-Z]+(-[0-9a-zA-Z]+)"}[5m])) )'
        ' / ( sum(increase(orders_total{namespace="shop",pod=~"web-[0-9a-zA-Z]+(-[0-9a-zA-Z]+)"}[5m])) > 0 )'
    )


def test_the_budget_of_a_row_is_told_in_percent() -> None:
    budgets = {
        each["metadata"]["labels"]["slo"]: each["metadata"]["annotations"]["error-budget-percent"]
        for each in templates(*shipped_plans())
    }
    assert (budgets["P3"], budgets["B2"], budgets["A1"]) == ("0.1", "0.05", "5")


def cluster(service: str, code: str, rise: int) -> dict[str, str]:
    labels = f'envoy_cluster_name="gw/cilium-gateway-gw/{service}",envoy_response_code_class="{code}"'
    return {"series": f"envoy_cluster_upstream_rq_xx{{{labels}}}", "values": f"0+{rise}x20"}


def pod(name: str, le: str, rise: int, namespace: str = "shop") -> dict[str, str]:
    metric, bound = ("count", "") if le == "" else ("bucket", f',le="{le}"')
    labels = f'namespace="{namespace}",pod="{name}",model_name="llama"{bound}'
    return {"series": f"vllm:e2e_request_latency_seconds_{metric}{{{labels}}}", "values": f"0+{rise}x20"}


@pytest.mark.parametrize(
    ("row", "series", "percent"),
    [
        (
            "P3",
            [
                cluster("shop_web-canary_80", "2", 95),
                cluster("shop_web-canary_80", "5", 5),
                cluster("shop_web-primary_80", "5", 900),
            ],
            5,
        ),
        ("P3", [cluster("shop_web-canary_80", "2", 95), cluster("mall_web-canary_80", "5", 900)], 0),
        ("P3", [cluster("shop_web-canary_80", "2", 0), cluster("shop_web-primary_80", "2", 900)], None),
        (
            "A1",
            [
                pod("web-5f1c-abcde", "", 50),
                pod("web-5f1c-abcde", "5.0", 40),
                pod("web-primary-5f1c-abcde", "", 900),
                pod("web-5f1c-abcde", "", 900, "mall"),
            ],
            20,
        ),
    ],
    ids=["errors", "none", "no-traffic", "slow"],
)
def test_prometheus_sees_the_canary_alone(
    row: str, series: list[dict[str, str]], percent: int | None, promtool: Path, tmp_path: Path
) -> None:
    samples = [] if percent is None else [{"labels": "{}", "value": percent}]
    asked = {"expr": query(shipped_plan(row)), "eval_time": "15m", "exp_samples": samples}
    content = {"tests": [{"interval": "1m", "input_series": series, "promql_expr_test": [asked]}]}
    (tmp_path / "canary.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    run = subprocess.run(
        [promtool, "test", "rules", tmp_path / "canary.yaml"], capture_output=True, text=True, check=False
    )
    assert run.returncode == 0, run.stdout + run.stderr
