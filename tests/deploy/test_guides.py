"""The two guides name only what there is: options, variables, components, overlays, headings, queries."""

import re
from pathlib import Path

import promql_parser
import pytest
import yaml
from typer.main import get_command

from emberline.cli.app import program
from exporter.dcgm.flags import FLAGS
from exporter.pods import options
from tests.deploy.rendered import COMPONENTS, DEPLOY, OVERLAYS
from tests.deploy.test_wiring import RUNTIME
from tests.servers import PROJECT

DOCS = PROJECT / "docs"
PAGES = {name: (DOCS / name).read_text(encoding="utf-8") for name in ("deploy.md", "from-dcgm-exporter.md")}
VARIABLES = {flag.variable for flag in FLAGS} | {value for value in vars(options).values() if isinstance(value, str)}
NOT_SET = {"NVIDIA_MIG_MONITOR_DEVICES": "the guide says why no manifest sets it"}
EXPORTER = get_command(program(("exporter", "list"))).commands["exporter"]  # type: ignore[attr-defined]
OPTIONS = {name for option in EXPORTER.params for name in option.opts} | {f"--{flag.long}" for flag in FLAGS}


def anchors(page: Path) -> set[str]:
    headings = re.findall(r"^#+ (.*)$", page.read_text(encoding="utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("name", PAGES)
def test_variables_and_options_exist(name: str) -> None:
    text = PAGES[name]
    named = set(re.findall(r"\b(?:DCGM|KUBERNETES|NVIDIA)_[A-Z_]+[A-Z]\b(?!_?[…*])", text))
    told = {each for each in named if not each.startswith(("DCGM_FI_", "DCGM_EXP_")) and each != "DCGM_EXPORTER"}
    assert told - VARIABLES - RUNTIME.keys() - NOT_SET.keys() == set()
    lines = list(re.findall(r"`([^`\n]+)`|^\$ (emberline .*)$", text, re.MULTILINE))
    ours = [part for pair in lines for part in pair if part.startswith(("--", "-f", "emberline "))]
    assert {flag for code in ours for flag in re.findall(r"(?<!\S)--?[a-z][\w.-]*", code)} - OPTIONS == set()


@pytest.mark.parametrize("name", PAGES)
def test_components_overlays_and_files_exist(name: str) -> None:
    text = PAGES[name]
    assert set(re.findall(r"components? `([a-z-]+)`", text)) - set(COMPONENTS) == set()
    assert set(re.findall(r"overlays?[ /]`?([a-z]+-?[a-z]+)\b`", text)) - set(OVERLAYS) == set()
    paths = re.findall(r"\bdeploy/[\w/-]+", text)
    assert paths
    assert [path for path in paths if not (PROJECT / path).exists()] == []


@pytest.mark.parametrize("name", PAGES)
def test_links_lead_to_headings(name: str) -> None:
    links = re.findall(r"\]\(([^)#\s]*)#([^)\s]+)\)", PAGES[name])
    assert [(page, anchor) for page, anchor in links if anchor not in anchors(DOCS / (page or name))] == []


def test_the_query_is_promql() -> None:
    queries = re.findall(r"```\n(abs.*?)```", PAGES["from-dcgm-exporter.md"], re.DOTALL)
    assert [str(promql_parser.parse(query)) for query in queries] != []


def test_the_flux_example_points_at_an_overlay() -> None:
    (example,) = re.findall(r"```yaml\n(apiVersion: kustomize\.toolkit.*?)```", PAGES["deploy.md"], re.DOTALL)
    path = yaml.safe_load(example)["spec"]["path"]
    assert (PROJECT / path / "kustomization.yaml").is_file()
    assert (PROJECT / path).parent == DEPLOY / "overlays"
