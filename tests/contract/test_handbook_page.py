"""Every row of the handbook has one line on the page of what fulfils it, and what the page names exists.

What follows from Plans, catalogues and dashboards is derived: `make golden` rewrites it in the page.
"""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import fields
from functools import cache
from pathlib import Path

import pytest

from dashboards.files import files
from emberline.catalogue import shipped_promises
from emberline.cli.app import COMMANDS
from exporter import gpu_table, own
from exporter.dcgm.catalogue import FIELDS
from exporter.given import Given
from exporter.kserve import catalog as kserve
from exporter.metric import Metric
from exporter.targets import catalog
from tests.conftest import Golden
from tests.contract.handbook import NOT_YET, compiled, filled, lines
from tests.dashboards.made import BOARDS
from tests.rules.plans import shipped_plans

PROJECT = Path(__file__).resolve().parents[2]
PAGE = (PROJECT / "docs/handbook.md").read_text(encoding="utf-8")
LAST = "P3 A6 B3 F5 R4 PA7 AA8 BA4 D13 G6 V3 K3 M7 I5 X13 priority-P4"
"""The last row of each letter in the handbook; BC and AM are alone."""
LETTERS = {last.rstrip("0123456789"): int(re.sub(r"\D", "", last)) for last in LAST.split()}
IDS = {
    "BC",
    "AM",
    *(f"{kind}{number}".replace("-", " ") for kind, last in LETTERS.items() for number in range(1, last + 1)),
}
ENTRIES = {promise.id for promise in shipped_promises()}
ENDINGS = {"ErrorBudgetBurnPage", "ErrorBudgetBurnTicket", "ErrorBudgetExhausted", "NoData"}
"""What … stands for behind the beginning of an alert's name."""
CATALOGS = (own, catalog, kserve)
EXPORTED = {each.name for module in CATALOGS for each in vars(module).values() if isinstance(each, Metric)}
EXPORTED |= {each.metric.name for each in gpu_table.ROWS} | {each.legacy for each in FIELDS if each.served}
WRITTEN = {*files(shipped_plans()), *(f"{place.file}.yaml" for places in compiled().values() for place in places)}
BUILT = {
    "the responder": "respond" in COMMANDS,
    "budget control": "respond" in COMMANDS,
    "manifests for Kubernetes": (PROJECT / "deploy").exists(),
    "KServe": "kserve" in {field.name for field in fields(Given)},
    "An SLO overview": any(not re.fullmatch(r"D[0-9]+", board.id) for board in BOARDS),
}
"""What the page says is not there yet, and whether it is."""
TEST = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")


def faults(text: str) -> Iterator[str]:
    """Everything that the page leaves out, says twice, or names though there is no such thing."""
    rows = [line for line in lines(text) if line.cells]
    told = Counter(line.cells[0] for line in rows)
    yield from (f"{told[each]} rows of {each}" for each in IDS if told[each] != 1)
    yield from (f"no row of the handbook: {each}" for each in told if each not in IDS | ENTRIES)
    for line in rows:
        if len(line.cells) != len(line.heads) or not all(line.cells):
            yield f"{line.cells[0]}: a cell is missing"
    yield from (f"{each}: no test" for each in _unproven(text))
    yield from (f"no such test: {path}::{name}" for path, name in TEST.findall(text) if name not in _defined(path))
    yield from (f"no such thing: {each}" for each in re.findall(r"`([^`\n]+)`", text) if not _exists(each))


def _unproven(text: str) -> Iterator[str]:
    """Rows without a test, neither of their own nor in the text of their section above them."""
    above = ""
    for line in lines(text):
        if not line.cells:
            above = "" if line.text.startswith("#") else above + line.text
        elif not TEST.search(above + line.text) and NOT_YET not in line.text:
            yield line.cells[0]


def _exists(word: str) -> bool:
    """Whether what a word in code names is there; words that name nothing of ours are."""
    if re.fullmatch(r"(?=.*[a-z])[A-Z][A-Za-z0-9]*", word):
        return word in compiled().keys() | ENDINGS
    if word.endswith("…"):
        return {f"{word[:-1]}{ending}" for ending in ENDINGS} <= compiled().keys()
    if re.fullmatch(r"(DCGM_FI|emberline_)\w+", word):
        return word in EXPORTED
    if re.fullmatch(r"[\w-]+\.(yaml|json)", word):
        return word in WRITTEN
    if re.fullmatch(r"\w+(/[\w-]+)+\.\w+", word):
        return (PROJECT / word).is_file()
    return True


@cache
def _defined(path: str) -> frozenset[str]:
    """The tests that a file defines; none where there is no such file."""
    file = PROJECT / path
    tree = ast.parse(file.read_bytes() if file.is_file() else b"")
    return frozenset(node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))


def test_the_page_has_a_row_for_each_of_the_handbooks_and_names_what_exists() -> None:
    assert list(faults(PAGE)) == []


def test_what_is_derived_is_as_it_is_compiled(golden: Golden) -> None:
    golden("../../docs/handbook.md", filled(PAGE))


@pytest.mark.parametrize("what", BUILT)
def test_what_is_not_there_yet_is_said_until_it_is(what: str) -> None:
    sentences = re.split(r"[.;]\s|\n(?=[|\n])", PAGE)
    assert any(what in each and NOT_YET in each for each in sentences) is not BUILT[what]


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ("| P1 |", "| P9 |", "0 rows of P1"),
        ("| P1 |", "| P9 |", "no row of the handbook: P9"),
        ("| priority P2 |", "| priority P1 |", "2 rows of priority P1"),
        ("| BC | none |", "| BC | ", "BC: a cell is missing"),
        ("| BC | none |", "| BC | |", "BC: a cell is missing"),
        ("::test_health_is_up_on_200_alone`", "`", "V1: no test"),
        (
            "::test_health_is_up_on_200_alone",
            "::test_health",
            "tests/exporter/targets/vllm/test_endpoints.py::test_health",
        ),
        (
            "test_endpoints.py::test_health_is",
            "test_ends.py::test_health_is",
            "targets/vllm/test_ends.py::",
        ),
        ("`HighMemoryUsage`", "`HighMemory`", "no such thing: HighMemory"),
        ("`PlatformAvailability…`", "`PlatformPresence…`", "no such thing: PlatformPresence…"),
        ("`DCGM_FI_DEV_FB_USED`", "`DCGM_FI_DEV_FB_FULL`", "no such thing: DCGM_FI_DEV_FB_FULL"),
        ("`fabric.yaml`", "`fabrics.yaml`", "no such thing: fabrics.yaml"),
        ("`emberline-gpu-metrics.json`", "`gpu.json`", "no such thing: gpu.json"),
        ("`rules/alertmanager.py`", "`rules/alerts.py`", "no such thing: rules/alerts.py"),
    ],
)
def test_faults_of_the_page_are_seen(old: str, new: str, told: str) -> None:
    assert old in PAGE
    assert told in " ".join(faults(PAGE.replace(old, new)))


@pytest.mark.parametrize(
    ("derived", "other"),
    [
        ("`platform.yaml`: `slo-P1`", "`relay.yaml`: `slo-R1`"),
        ("`VLLMThroughputLow`, `AiHubLLMTokenThroughput…` | yes |", "`HighLatency` | not there yet |"),
        ("| restart PgBouncer |", "| restart it |"),
        ("`emberline-user-analytics.json` |", "`users.json` |"),
        ("| critical, within 1 hour |", "| critical, within 2 hours |"),
        ("`VLLMHighLatency` P2,", "`VLLMHighLatency` P1,"),
        ("| 9 of 11 entries", "| 11 of 11 entries"),
        ("| `CNPGReplicationLag` |", "| not observable |"),
    ],
)
def test_what_is_derived_is_put_right_and_the_rest_stays(derived: str, other: str) -> None:
    ours = "streamed answers count"
    assert (PAGE.count(derived), PAGE.count(ours)) == (1, 1)
    assert filled(PAGE.replace(derived, other).replace(ours, "no")) == filled(PAGE).replace(ours, "no")
