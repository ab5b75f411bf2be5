"""What the documentation tells a reader to type or to open exists."""

import re
from pathlib import Path

import pytest

from emberline.cli.app import COMMANDS

PROJECT = Path(__file__).resolve().parents[2]
MAKEFILE = (PROJECT / "Makefile").read_text(encoding="utf-8")
TARGETS = set(re.findall(r"^([a-z-]+):", MAKEFILE, re.MULTILINE))
PAGES = [PROJECT / "README.md", PROJECT / "CHANGELOG.md", *sorted((PROJECT / "docs").rglob("*.md"))]
CODE = re.compile(r"```.*?```|`[^`\n]+`", re.DOTALL)
FIRST_SCREEN = 30


def name(path: Path) -> str:
    return str(path.relative_to(PROJECT))


def test_the_first_screen_holds_the_two_commands() -> None:
    top = "\n".join((PROJECT / "README.md").read_text(encoding="utf-8").splitlines()[:FIRST_SCREEN])
    assert [command for command in ("make up", "make test") if not re.search(rf"^{command}\b", top, re.MULTILINE)] == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_commands_of_a_page_exist(page: Path) -> None:
    code = "\n".join(CODE.findall(page.read_text(encoding="utf-8")))
    targets = re.findall(r"\bmake ([a-z-]+)", code)
    commands = re.findall(r"(?:^|`|\$ )emberline ([a-z]+)", code, re.MULTILINE)
    assert [target for target in targets if target not in TARGETS] == []
    assert [command for command in commands if command not in COMMANDS] == []


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_of_a_page_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8"))
    inside = [link.partition("#")[0] for link in links if "://" not in link and not link.startswith("#")]
    assert [link for link in inside if not (page.parent / link).exists()] == []


def test_every_page_or_its_folder_is_in_the_index() -> None:
    index = (PROJECT / "docs/README.md").read_text(encoding="utf-8")
    pages = [path.relative_to(PROJECT / "docs") for path in (PROJECT / "docs").rglob("*.md")]
    missing = [page for page in pages if f"({page})" not in index and f"({page.parent}/)" not in index]
    assert missing == [Path("README.md")]
