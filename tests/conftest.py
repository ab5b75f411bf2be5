"""What every test may use: real servers, golden files, and a report of the tests that a missing server silenced."""

import os
from pathlib import Path
from typing import Protocol

import pytest
from hypothesis import HealthCheck, settings

from tests.servers import MISSING, amtool, chromium, prometheus, promtool

__all__ = ["amtool", "chromium", "golden", "prometheus", "promtool"]

PROOF = Path(__file__).resolve().parent / "proof"
GOLDEN = Path(__file__).resolve().parent / "golden"

# A busy machine is no finding: examples have no deadline, and CI tries the same ones every time.
settings.register_profile(
    "emberline",
    deadline=None,
    derandomize=os.environ.get("CI") == "true",
    print_blob=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("emberline")


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add `--update-golden`, `--soak` and `--proof`."""
    parser.addoption("--proof", action="store_true", help="run what needs npm and a browser (make proof)")
    parser.addoption("--soak", action="store_true", help="try everything where a sample would do (make soak)")
    parser.addoption("--update-golden", action="store_true", help="rewrite the golden files instead of comparing")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what needs `--proof`, and under `--update-golden` the tests without golden files."""
    if not config.getoption("proof"):
        items[:] = [item for item in items if PROOF not in item.path.parents]
    if config.getoption("update_golden"):
        items[:] = [item for item in items if "golden" in getattr(item, "fixturenames", ())]


class Golden(Protocol):
    """The `golden` fixture: compares a text with `tests/golden/<name>`; `--update-golden` rewrites the file."""

    def __call__(self, name: str, text: str) -> None:
        """Fail where the text differs from the file."""


@pytest.fixture
def golden(request: pytest.FixtureRequest) -> Golden:
    """Compares a text with a golden file: `golden("rules/llm.yaml", text)`."""

    def compare(name: str, text: str) -> None:
        path = GOLDEN / name
        if request.config.getoption("update_golden"):
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        assert path.is_file(), f"no golden file {path}: make golden writes it"
        assert text == path.read_text(encoding="utf-8"), f"differs from {path}: make golden, then read the diff"

    return compare


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Count and name the tests that were skipped for want of a server."""
    silenced: dict[str, list[str]] = {}
    for report in terminalreporter.stats.get("skipped", []):
        reason = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
        _, found, server = reason.partition(MISSING)
        if found:
            silenced.setdefault(server, []).append(report.nodeid)
    for server, tests in silenced.items():
        terminalreporter.section(f"{len(tests)} not run for want of {server}", yellow=True)
        for test in tests:
            terminalreporter.write_line(test)
