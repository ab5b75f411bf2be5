import re
from pathlib import Path

from exporter import own
from exporter.metric import Metric
from exporter.targets import catalog
from exporter.targets.answer import Reason
from exporter.targets.target import Target
from exporter.targets.watch import scripts

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "exporter.md").read_text(encoding="utf-8")
METRICS = {metric.name for module in (own, catalog) for metric in vars(module).values() if isinstance(metric, Metric)}


def first_cells(heading: str) -> list[str]:
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return re.findall(r"^\| `?([a-z_]+)`? \|", section, re.MULTILINE)


def test_the_page_lists_the_metrics_that_there_are() -> None:
    assert {name for name in first_cells("Metrics") if name != "metric"} == METRICS


def test_the_page_names_every_reason() -> None:
    (row,) = (line for line in PAGE.splitlines() if "`emberline_target_failures_total`" in line)
    assert re.findall(r"`([a-z_]+)`", row)[1:] == list(Reason)


def test_the_page_names_every_endpoint() -> None:
    rows = re.findall(r"^\| (vllm|milvus) \| `([a-z]+)`", PAGE, re.MULTILINE)
    ends = [("vllm", name) for name in scripts(Target("vllm", "", "", "", 1, 1))]
    assert rows == ends + [("milvus", name) for name in scripts(Target("milvus", "", "", "", 1, 1))]
