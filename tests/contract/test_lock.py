"""The lock pins everything by hash, names no host, and agrees with what pyproject.toml asks for."""

import re
import tomllib
from pathlib import Path
from typing import Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = Path(__file__).resolve().parents[2]
LOCK = (PROJECT / "requirements.lock").read_text(encoding="utf-8")
SETTINGS: dict[str, Any] = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
PINNED = re.findall(r"^(?P<name>[\w.-]+)==(?P<version>[^\s;\\]+)", LOCK, re.MULTILINE)
ASKED: list[str] = [
    *SETTINGS["project"]["dependencies"],
    *SETTINGS["build-system"]["requires"],
    *(requirement for group in SETTINGS["dependency-groups"].values() for requirement in group),
]


def test_every_entry_is_pinned_and_hashed() -> None:
    entries = LOCK.replace("\\\n", " ").strip().splitlines()
    assert [entry for entry in entries if not re.match(r"[\w.-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", entry)] == []


def test_no_host_is_named() -> None:
    assert re.findall(r"://|^-", LOCK, re.MULTILINE) == []


@pytest.mark.parametrize("asked", ASKED)
def test_what_is_asked_for_is_locked_in_range(asked: str) -> None:
    requirement = Requirement(asked)
    versions = [version for name, version in PINNED if canonicalize_name(name) == canonicalize_name(requirement.name)]
    assert versions
    assert [version for version in versions if not requirement.specifier.contains(version)] == []
