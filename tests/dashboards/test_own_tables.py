"""Dashboards of other tables than the handbook's: nothing of its rows is lent to them, theirs are shown as they are."""

import json
from pathlib import Path
from typing import Any

import pytest

from dashboards.boards.slo_detail import board as detail
from dashboards.boards.slo_overview import board as overview
from dashboards.files import files
from dashboards.panels import PLAIN
from dashboards.promised import Promised
from dashboards.recorded import CLUSTER, Recorded
from emberline.artefacts import write
from rules.promql import text
from slo.duration import Duration
from slo.plan import Plan
from slo.selector import Matcher
from tests.dashboards.filled import fill
from tests.rules.plans import planned, rule_files, shipped_plans
from tests.rules.promtool import outcome
from tests.slo.rows import LATENCY, RATIO, SLICE, changed

OTHERS = planned(
    changed(RATIO, ("id: S1", "id: P2")),
    changed(SLICE, ("id: S3", "id: A5")),
    changed(LATENCY, ("id: S2", "id: P1")),
)


@pytest.mark.parametrize("row", ["P2", "A5", "P1", "B1"])
def test_a_row_that_shares_an_id_with_the_handbook_lends_its_thresholds_to_no_panel(row: str) -> None:
    assert Promised(OTHERS).marks(row) == PLAIN


def test_the_handbooks_rows_do_and_their_boards_are_written_for_any_tables() -> None:
    promised = Promised(shipped_plans())
    assert all(promised.marks(row) != PLAIN for row in ("P1", "P2", "A2", "A5", "B2"))
    assert files(OTHERS).keys() >= {"emberline-slo-overview.json", "emberline-slo-detail-shop.json"}


def panels(plans: tuple[Plan, ...]) -> dict[str, Any]:
    """Each panel of the overview and of the detail of the shop, by title."""
    promised = Promised(plans)
    boards = overview(promised), detail(promised, "shop")
    return {panel.title: panel for each in boards for row in each.rows for panel in row.panels}


def test_a_line_pages_only_where_it_is_every_rows() -> None:
    week = changed(LATENCY, ("    namespace", "    window: 7d\n    namespace"))
    month, mixed = panels(planned(RATIO)), panels(planned(RATIO, week))
    title = "Burn rate over 5m, page"
    assert [step.above for step in month[title].steps] == [14.4]
    assert "14.4 (the dashed line)" in month[title].description
    assert mixed[title].steps == ()
    assert "the factor of its period" in mixed[title].description
    assert [step.above for step in mixed["Burn rate over 1h"].steps] == [1]


CLUSTERS = """
rule_files: [shop.yaml]
evaluation_interval: 1m
tests:
  - interval: 1m
    input_series:
      - {series: 'orders_total{code="500",cluster="eu"}', values: "0+1x120"}
      - {series: 'orders_total{code="200",cluster="eu"}', values: "0+9999x120"}
      - {series: 'orders_total{code="500",cluster="us"}', values: "0+1x120"}
      - {series: 'orders_total{code="200",cluster="us"}', values: "0+9999x120"}
    promql_expr_test: %s
"""


@pytest.mark.parametrize("chosen", ["eu", ".*"])
def test_a_row_with_an_instance_for_each_cluster_shows_what_is_left_of_each_budget(
    chosen: str, promtool: Path, tmp_path: Path
) -> None:
    """What a row promises is recorded without a cluster, and is each cluster's."""
    plans = planned(changed(RATIO, ("    namespace", "    by: [cluster]\n    namespace")))
    recorded = Recorded(plans, (Matcher(CLUSTER, "=~", "$cluster"),))
    hour = Duration.parse("1h")
    asked = (recorded.left(), recorded.burn(hour), recorded.nearness("page", 0), recorded.ends())
    clusters = ["eu"] if chosen == "eu" else ["eu", "us"]
    there = [{"labels": f'{{cluster="{each}"}}', "value": 1} for each in clusters]
    tests = [
        {
            "expr": fill(f"count by (cluster) ({text(each.expr)})", {"$cluster": chosen}),
            "eval_time": "2h",
            "exp_samples": there,
        }
        for each in asked
    ]
    objective = fill(f"max by (slo) ({text(recorded.objective().expr)})", {"$cluster": chosen})
    tests.append({"expr": objective, "eval_time": "2h", "exp_samples": [{"labels": '{slo="S1"}', "value": 0.999}]})
    write(tmp_path, {name: made for name, made in rule_files(plans).items() if name == "shop.yaml"})
    (tmp_path / "clusters.yaml").write_text(CLUSTERS % json.dumps(tests), encoding="utf-8")
    code, said = outcome(promtool, "test", "rules", tmp_path / "clusters.yaml")
    assert code == 0, said


def test_bars_and_lines_in_words_of_a_row_leave_the_table_whole() -> None:
    row = changed(RATIO, ("name: Availability", 'name: "Up | down"'), ("Orders that are taken.", '"One\\n\\ntwo."'))
    (panel,) = (each for title, each in panels(planned(row)).items() if "promised" in title)
    rows = [line.replace("\\|", "") for line in panel.text.splitlines() if line.startswith("|")]
    assert len(rows) == 3
    assert len({line.count("|") for line in rows}) == 1
    assert "One two." in rows[-1]
