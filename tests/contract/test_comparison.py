"""The page that sets ours beside other exporters has a row for every feature, and what it says is here is here."""

import re
from argparse import ArgumentParser
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from emberline.cli.app import COMMANDS
from exporter import gpu_metrics, gpu_table, own
from exporter.dcgm.arguments import declare
from exporter.dcgm.catalogue import FIELDS
from exporter.dcgm.flags import FLAGS
from exporter.given import Given, names
from exporter.metric import Metric
from exporter.nvml import verdicts
from exporter.pods import catalog as pods

DOCS = Path(__file__).resolve().parents[2] / "docs"
PAGE = (DOCS / "comparison.md").read_text(encoding="utf-8")

FEATURES = [
    *("source of data", "metric names", "choice of metrics", "port and interval", "MIG", "Xid", "NVLink"),
    *("NVSwitch, Grace CPU, ConnectX", "PCIe", "ECC, remapped rows, retired pages", "throttle reasons", "energy"),
    *("profiling (`PROF`)", "per process", "pods", "HPC jobs", "TLS and users", "health", "metrics about itself"),
    *("deadline", "bounds of cardinality", "chart, monitors, alerts", "dashboards", "privilege", "default counters"),
]
WEB = [
    *("web configuration", "endpoints", "time-outs of the server", "NVML in a pod without privilege"),
    *("values of the chart", "owners behind `honorLabels`"),
]
POINTS = [str(number) for number in range(1, 13)]

HELD = [*(each for module in (gpu_metrics, own, verdicts, pods) for each in vars(module).values())]
EXPORTED = {each.name for each in HELD if isinstance(each, Metric)} | {row.metric.name for row in gpu_table.ROWS}
EXPORTED |= {field.legacy for field in FIELDS if field.served}


def options() -> set[str]:
    parser = ArgumentParser()
    declare(parser, {})
    given = {name for field in fields(Given) for name in names(field.name)}
    taken = {f"--{flag.long}" for flag in FLAGS if flag.fate == "same"}
    return given | taken | set(re.findall(r"--[\w.-]+", parser.format_help()))


OPTIONS = options()


def rows(text: str) -> Iterator[list[str]]:
    """The cells of each row of a table, heads and rules left out."""
    for line in text.splitlines():
        if line.startswith("| ") and not line.startswith(("| feature |", "| |")):
            yield [cell.strip() for cell in line.strip("|").split(" |")]


def faults(text: str) -> Iterator[str]:
    """Rows that are missing or twice, gaps without a word, and names of what does not exist."""
    tables = list(rows(text))
    if [row[0] for row in tables] != [*FEATURES, *WEB, *POINTS]:
        yield "rows"
    for row in tables:
        if len(row) != (6 if row[0] in FEATURES else 3) or not all(row):
            yield f"{row[0]}: a cell is missing"
        if row[0] not in POINTS:
            yield from (f"{row[0]}: {fault}" for fault in _verdict(row[-1]))
        yield from (f"{row[0]}: no such thing: {word}" for word in _named(row[-1]) if not _exists(word))


def _verdict(cell: str) -> Iterator[str]:
    word, colon, reason = cell.partition(": ")
    if word not in ("yes", "partly", "no") or not (colon and reason):
        yield "neither yes, partly nor no with its reason"
    if word != "no" and not any(_proof(each) for each in _named(cell)):
        yield "nothing proves it"


def _named(cell: str) -> list[str]:
    """Words in code, and the pages that links lead to."""
    return [code or page for code, page in re.findall(r"`([^`]+)`|\]\(([^)]+)\)", cell)]


def _proof(word: str) -> bool:
    return bool(re.match(r"(DCGM_(FI|EXP)_|emberline_|emberline |process_|--)", word)) or word.endswith(".md")


def _exists(word: str) -> bool:
    """Whether what proves something is there; other words in code prove nothing."""
    if word.startswith("emberline "):
        return word.split()[1] in COMMANDS
    if word.startswith("--"):
        return word in OPTIONS
    if word.endswith(".md"):
        return (DOCS / word).is_file()
    return word in EXPORTED if _proof(word) else True


def test_the_page_has_every_row_and_names_what_exists() -> None:
    assert list(faults(PAGE)) == []


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("| energy |", "| power |", "rows"),
        ("| 12 | `device` is the index |", "| 12 |", "12: a cell is missing"),
        ("| yes: `emberline_gpu_energy_joules_total`", "| `emberline_gpu_energy_joules_total`", "energy: neither yes"),
        (
            "`emberline_gpu_energy_joules_total`,",
            "`emberline_gpu_joules_total`,",
            "no such thing: emberline_gpu_joules",
        ),
        ("`DCGM_FI_DEV_PCIE_LINK_GEN`", "`DCGM_FI_DEV_PCIE_GEN`", "PCIe: no such thing: DCGM_FI_DEV_PCIE_GEN"),
        ("`--max-series`", "`--most-series`", "no such thing: --most-series"),
        ("`emberline rules`", "`emberline alerts`", "no such thing: emberline alerts"),
        (
            "yes: the same files, `--hpc-job-mapping-dir` ([pods.md](pods.md))",
            "yes: the same files",
            "HPC jobs: nothing proves",
        ),
        ("as well; what to set is told ([pods.md](pods.md))", "as well ([pods.md](pod.md))", "no such thing: pod.md"),
    ],
)
def test_faults_of_the_page_are_seen(old: str, new: str, told: str) -> None:
    assert old in PAGE
    assert told in " ".join(faults(PAGE.replace(old, new)))
