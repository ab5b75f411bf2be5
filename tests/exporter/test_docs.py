import re
from pathlib import Path

import pytest
import yaml

from exporter import joins, own
from exporter.kserve import catalog as kserve
from exporter.kubernetes import catalog as kubernetes
from exporter.metric import Metric
from exporter.probe_file import read_policy
from exporter.targets import catalog
from exporter.targets.answer import Reason
from exporter.targets.target import Canary, Kind, Target
from exporter.targets.vllm.verdict import Evidence, Verdict
from exporter.targets.watch import judge_of
from exporter.targets_file import read_targets
from exporter.targets_pods import ANNOTATIONS, targets_of

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "exporter.md").read_text(encoding="utf-8")
SERVERS = (DOCS / "targets.md").read_text(encoding="utf-8")
METRICS = {
    metric.name
    for module in (own, catalog, kserve, kubernetes, joins)
    for metric in vars(module).values()
    if isinstance(metric, Metric)
}


def first_cells(heading: str) -> list[str]:
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return re.findall(r"^\| `?([a-z_]+)`? \|", section, re.MULTILINE)


def test_the_page_lists_the_metrics_that_there_are() -> None:
    assert {name for name in first_cells("Metrics") if name != "metric"} == METRICS


def test_the_page_names_every_reason() -> None:
    (row,) = (line for line in PAGE.splitlines() if "`emberline_target_failures_total`" in line)
    assert re.findall(r"`([a-z_]+)`", row)[1:] == list(Reason)


def endpoints(kind: Kind) -> list[tuple[str, str]]:
    return [(kind, name) for name in judge_of(Target(kind, "", "", "", 1, 1, canary=Canary()), 0).scripts()]


def test_the_page_names_every_endpoint() -> None:
    rows = re.findall(r"^\| (vllm|milvus) \| `([a-z]+)`", PAGE, re.MULTILINE)
    assert rows == endpoints("vllm") + endpoints("milvus")


def test_the_page_of_verdicts_names_every_verdict_and_what_each_can_rest_on() -> None:
    rows = re.findall(r"^\| ([a-z, ]+) \| `([a-z]+)` \|", SERVERS, re.MULTILINE)
    assert {verdict for row, _ in rows for verdict in row.split(", ")} == set(Verdict)
    assert {evidence for _, evidence in rows} == set(Evidence)


def test_the_example_of_a_probe_file_is_one(tmp_path: Path) -> None:
    (example,) = re.findall(r"```yaml\n(allow:.*?)```", SERVERS, re.DOTALL)
    (tmp_path / "probe.yaml").write_text(example)
    assert set(read_policy(tmp_path / "probe.yaml").modules) == {"llm", "db"}


def test_the_page_names_every_annotation_and_the_example_is_a_target() -> None:
    (example,) = re.findall(r"```yaml\n(metadata:.*?)```", SERVERS, re.DOTALL)
    pod = yaml.safe_load(example)
    pod["metadata"] |= {"namespace": "ai-hub", "name": "llm-0"}
    (found,) = targets_of([pod | {"status": {"podIP": "10.0.0.7", "phase": "Running"}}]).targets
    assert (found.target.name, found.target.interval, found.target.canary) == ("ai-hub/llm-0", 15, Canary(60))
    rows = re.findall(r"^\| (`emberline\.io/.*?) \|", SERVERS, re.MULTILINE)
    assert {name for row in rows for name in re.findall(r"`emberline\.io/([a-z-]+)`", row)} == ANNOTATIONS


@pytest.mark.parametrize("example", re.findall(r"```yaml\n(- kind.*?)```", PAGE + SERVERS, re.DOTALL))
def test_each_example_of_a_targets_file_is_one(example: str, tmp_path: Path) -> None:
    path = tmp_path / "targets.yaml"
    path.write_text(example)
    assert read_targets(path)
