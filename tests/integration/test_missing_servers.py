"""A test whose server cannot be had is named, and never passes for run where it must run."""

import os
import subprocess
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
TEST = "tests/integration/test_servers.py::test_backfilled_samples_can_be_queried"


def outcome(cache: Path, ci: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {"EMBERLINE_SERVERS": str(cache), "CI": ci}
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", TEST]
    return subprocess.run(
        command, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )


def test_without_the_server_the_test_is_skipped_and_named(tmp_path: Path) -> None:
    run = outcome(tmp_path, ci="")
    assert run.returncode == 0
    assert "1 not run for want of prometheus-3.5" in run.stdout
    assert f"\n{TEST}\n" in run.stdout
    assert "1 skipped" in run.stdout


def test_in_ci_that_is_a_failure(tmp_path: Path) -> None:
    run = outcome(tmp_path, ci="true")
    assert run.returncode == 1
    assert "needs a server: prometheus-3.5" in run.stdout
