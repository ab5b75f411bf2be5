"""The image's lock holds what the product imports, and nothing else."""

import ast
import re
import sys
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

from packaging.utils import canonicalize_name
from runtime_lock import entries, needed

PROJECT = Path(__file__).resolve().parents[2]
LOCK = (PROJECT / "requirements.lock").read_text(encoding="utf-8")
PRODUCT = ("native", "slo", "rules", "dashboards", "exporter", "emberline")
TOOLS = {"pytest", "hypothesis", "mypy", "ruff", "kubernetes-validate", "jsonschema", "cmake", "scikit-build-core"}


def imported() -> Iterator[str]:
    """The top-level modules that the product imports."""
    for path in (path for package in PRODUCT for path in (PROJECT / package).rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                yield from (each.name.partition(".")[0] for each in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module:
                yield node.module.partition(".")[0]


def test_everything_that_is_imported_is_in_it() -> None:
    homes = packages_distributions()
    foreign = {name for name in imported() if name not in (*PRODUCT, *sys.stdlib_module_names)}
    wanted = {canonicalize_name(homes[name][0]) for name in foreign if name in homes}
    assert wanted - needed("emberline") == set()
    assert "numpy" in wanted


def test_no_tool_is_in_it() -> None:
    assert needed("emberline") & TOOLS == set()
    assert {name for name, _ in entries(LOCK)} >= TOOLS


def test_every_entry_is_one_of_the_locks_with_its_hashes() -> None:
    found = entries(LOCK)
    assert "".join(text for _, text in found) == LOCK
    assert [name for name, text in found if not re.search(r"--hash=sha256:[0-9a-f]{64}\n", text)] == []
    assert {name for name, _ in found} >= needed("emberline")
