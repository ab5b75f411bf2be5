"""promtool as a user runs it on what was written, several files at once."""

import os
import subprocess
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

PROCESSES: Final = 2
SECONDS: Final = 300
FEWER_COLLECTIONS: Final = {"GOGC": "400"}
"""promtool lives for seconds on little memory, of which it would spend a third collecting garbage."""


def outcome(promtool: Path, *arguments: str | Path) -> tuple[int, str]:
    """The exit status of promtool, and what it says."""
    environment = os.environ | FEWER_COLLECTIONS
    run = subprocess.run(
        [promtool, *arguments], capture_output=True, text=True, timeout=SECONDS, check=False, env=environment
    )
    return run.returncode, run.stdout + run.stderr


def passes(promtool: Path, folder: Path) -> None:
    """Nothing where every rule file below a folder is one, and every test of it passes."""
    rules = [*sorted(folder.glob("*.yaml")), *sorted(folder.glob("tests/*_rules.yaml"))]
    code, said = outcome(promtool, "check", "rules", *rules)
    assert code == 0, said
    tests: Sequence[Path] = sorted(folder.glob("tests/*_test.yaml"))
    assert tests
    parts = [tests[start::PROCESSES] for start in range(PROCESSES)]
    with ThreadPoolExecutor(PROCESSES) as pool:
        for code, said in pool.map(lambda part: outcome(promtool, "test", "rules", *part), filter(None, parts)):
            assert code == 0, said
