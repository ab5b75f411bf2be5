"""Grafana's own formatter, `@grafana/data` from npm, which `make proof` installs into the cache."""

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

from tests.servers import PROJECT

MODULES = PROJECT / ".cache" / "proof"
SCRIPT = Path(__file__).with_name("format.mjs")


def formatted(asked: Sequence[tuple[str, float] | tuple[str, float, int | None]]) -> tuple[list[str], set[str]]:
    """What Grafana writes for values in units, and the units that it knows; skipped where it is not installed."""
    node = shutil.which("node")
    if node is None or not (MODULES / "node_modules/@grafana/data").is_dir():
        message = "needs node and @grafana/data: make proof"
        if os.environ.get("CI") == "true":
            pytest.fail(message, pytrace=False)
        pytest.skip(message)
    run = subprocess.run(
        [node, SCRIPT, MODULES], input=json.dumps(asked), capture_output=True, text=True, timeout=120, check=False
    )
    assert run.returncode == 0, run.stderr[-3000:]
    found = json.loads(run.stdout)
    return found["texts"], set(found["known"])
