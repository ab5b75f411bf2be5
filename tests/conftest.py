"""What every test may use: real servers, golden files, and a report of the tests that a missing server silenced."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import pytest
from hypothesis import HealthCheck, settings

from tests.servers import MISSING, amtool, chromium, prometheus, promtool

__all__ = ["amtool", "chromium", "golden", "prometheus", "promtool"]

PROOF = Path(__file__).resolve().parent / "proof"
GOLDEN = Path(__file__).resolve().parent / "golden"

LONG = (
    "tests/integration/exact/test_exact.py",
    "tests/integration/test_transitions.py",
    "tests/exporter/test_end_to_end.py",
    "tests/emberline/up/test_up.py",
    "tests/exporter/test_faults.py",
    "tests/integration/test_two_interpreters.py",
    "tests/rules/test_loosened.py",
    "tests/integration/test_air_gap.py",
    "tests/integration/test_two_interpreters_slices.py",
)
"""Modules that take the longest, most of the time waiting for servers; the longest first."""

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
    items[:] = dealt(items, int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1")))


def dealt(items: Sequence[pytest.Item], workers: int) -> list[pytest.Item]:
    """Each worker's part begins with long modules, so that nobody waits at the end for one that began last.

    Parts are of the size that xdist gives to each worker.
    """
    modules: dict[str, list[pytest.Item]] = {}
    for item in items:
        modules.setdefault(item.nodeid.partition("::")[0], []).append(item)
    hands: list[list[pytest.Item]] = [[] for _ in range(workers)]
    for number, module in enumerate(name for name in LONG if name in modules):
        hands[number % workers] += modules.pop(module)
    others = [item for module in modules.values() for item in module]
    found: list[pytest.Item] = []
    for place, hand in enumerate(hands):
        part = (len(items) - len(found)) // (workers - place) - len(hand)
        found += [*hand, *others[: max(part, 0)]]
        del others[: max(part, 0)]
    return found + others


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
