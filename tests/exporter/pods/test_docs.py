"""docs/pods.md against the code that it describes."""

import re
from pathlib import Path

import pytest

from exporter.kubernetes import api
from exporter.kubernetes import catalog as kubernetes
from exporter.metric import Metric
from exporter.pods import catalog, kubelet, options, sharing
from exporter.pods.devices import parse_id
from exporter.pods.labels import RESERVED, pod_labels

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "pods.md").read_text(encoding="utf-8")
METRICS = [it.name for module in (catalog, kubernetes) for it in vars(module).values() if isinstance(it, Metric)]
VARIABLES = {value for name, value in vars(options).items() if name.isupper() and isinstance(value, str)}


def rows(heading: str, first: str) -> list[list[str]]:
    """The cells of the table whose head begins with `first`, below a heading; only what stands in backticks."""
    section = PAGE.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    table = section.partition(f"\n| {first}")[2].partition("\n\n")[0].splitlines()[2:]
    return [[" ".join(re.findall(r"`([^`]+)`", cell)) for cell in line.strip("|").split(" | ")] for line in table]


def test_every_variable_is_told() -> None:
    assert {cells[0] for cells in rows("Options", "variable")} == VARIABLES


def test_every_metric_is_told() -> None:
    assert [cells[0] for cells in rows("Metrics", "metric")] == METRICS


@pytest.mark.parametrize(
    ("metric", "outcomes"), [(catalog.KUBELET, kubelet.Outcome), (kubernetes.API, api.Outcome)], ids=["kubelet", "api"]
)
def test_every_outcome_is_told(metric: Metric, outcomes: type[kubelet.Outcome] | type[api.Outcome]) -> None:
    (cells,) = (cells for cells in rows("Metrics", "metric") if cells[0] == metric.name)
    assert cells[2].split() == list(outcomes)


def test_every_method_is_told() -> None:
    methods = [sharing.EXCLUSIVE, sharing.PROCESSES, sharing.UNATTRIBUTED]
    assert [cells[0] for cells in rows("Sharing", "`method`")] == methods


def test_the_examples_of_ids_are_ids() -> None:
    examples = [cells[0] for cells in rows("The map", "id")]
    assert len(examples) == 9
    assert [text for text in examples if parse_id(text) is None] == []


def test_the_examples_of_names_are_what_labels_become() -> None:
    examples = rows("Labels", "labels of a pod")
    assert examples
    for keys, names in examples:
        assert {key: name for name, key in pod_labels({key: key for key in keys.split()})} == dict(
            zip(keys.split(), names.split(), strict=True)
        )


def test_labels_that_are_told_are_reserved() -> None:
    told = set(re.findall(r"`((?:dra_|pod_uid|hpc_job|vgpu)\w*)`", PAGE))
    assert len(told) == 10
    assert told <= RESERVED
