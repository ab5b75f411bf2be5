"""`emberline …` as a shell sees it: files, output and exit codes, without waiting for its modules each time."""

import atexit
import json
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from tests.servers import PROJECT


def emberline(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """A whole run of the program in a process of its own, forked from one that has imported it."""
    command = list(map(str, arguments))
    with tempfile.TemporaryDirectory(prefix="emberline-test-") as folder:
        files = {name: Path(folder) / name for name in ("stdout", "stderr")}
        for file in files.values():
            file.touch()
        order = {"arguments": command, "folder": str(Path.cwd())} | {name: str(file) for name, file in files.items()}
        code = _ordered(json.dumps(order))
        told = {name: file.read_text(encoding="utf-8") for name, file in files.items()}
    return subprocess.CompletedProcess(command, code, **told)


def _ordered(line: str) -> int:
    server = _server()
    assert server.stdin is not None
    assert server.stdout is not None
    server.stdin.write(f"{line}\n")
    server.stdin.flush()
    return int(server.stdout.readline())


@cache
def _server() -> subprocess.Popen[str]:
    """One for each process of tests; it ends with its stdin."""
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.forked"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=PROJECT
    )
    atexit.register(server.communicate)
    return server
