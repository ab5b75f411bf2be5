"""Tracked files speak of the project alone: no registry or mirror by host, no path of somebody's machine."""

import re
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
FOLDERS = (
    "native",
    "slo",
    "rules",
    "dashboards",
    "exporter",
    "emberline",
    "tests",
    "bench",
    "docs",
    "deploy",
    "scripts",
)
ENDINGS = {".md", ".toml", ".lock", ".yaml", ".yml"}
HOSTS = (
    r"\b(?:pypi\.org|pythonhosted\.org|proxy\.golang\.org|(?:deb|snapshot|security)\.debian\.org"
    r"|npmjs\.org|crates\.io|maven\.apache\.org)\b"
)
MACHINE_PATHS = r"(?<![\w.$})])/(?:work|root|home/\w+|tmp/\w+|Users/\w+)/"
UNWANTED = re.compile(f"{HOSTS}|{MACHINE_PATHS}")


def texts() -> list[Path]:
    found = [path for folder in FOLDERS for path in (PROJECT / folder).rglob("*") if path.is_file()]
    top = [path for path in PROJECT.iterdir() if path.suffix in ENDINGS]
    named = [PROJECT / "Makefile", PROJECT / ".ci/run", *top]
    return [*named, *(path for path in found if "__pycache__" not in path.parts and path.suffix != ".so")]


def test_no_file_names_a_registry_or_a_machine() -> None:
    files = ((path, path.read_bytes().decode("utf-8", errors="replace")) for path in texts())
    found = {str(path.relative_to(PROJECT)): UNWANTED.findall(text) for path, text in files}
    assert {path: words for path, words in found.items() if words} == {}


@pytest.mark.parametrize("text", ["see files.pythonhosted" + ".org", "cd /ro" + "ot/x", "open('/ho" + "me/ada/x')"])
def test_unwanted_words_are_seen(text: str) -> None:
    assert UNWANTED.search(text)


@pytest.mark.parametrize("text", ["{owner}/actions/work/flows", "$ROOT/root/x", "the pure root / work"])
def test_other_words_pass(text: str) -> None:
    assert not UNWANTED.search(text)
