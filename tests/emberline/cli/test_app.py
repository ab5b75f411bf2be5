"""What the program does when the machine gets in its way: one line on stderr and an exit code, never a traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.slo.rows import RATIO, changed, table

PROGRAM = "from emberline.cli.app import main; main()"
WITHOUT_KERNEL = f"import sys; sys.modules['native.exposition._kernel'] = None; {PROGRAM}"
BUFFERED = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
UNBUFFERED = BUFFERED | {"PYTHONUNBUFFERED": "1"}


@pytest.mark.parametrize("environment", [BUFFERED, UNBUFFERED], ids=["buffered", "unbuffered"])
@pytest.mark.parametrize("arguments", [["list"], ["list", "--json"], ["check"]], ids=" ".join)
def test_a_full_disk_is_told(arguments: list[str], environment: dict[str, str]) -> None:
    command = [sys.executable, "-c", PROGRAM, *arguments]
    with Path("/dev/full").open("wb") as full:
        run = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, env=environment, timeout=60, check=False)
    assert (run.returncode, run.stderr) == (2, b"emberline: [Errno 28] No space left on device\n")


@pytest.mark.parametrize("environment", [BUFFERED, UNBUFFERED], ids=["buffered", "unbuffered"])
def test_a_reader_that_leaves_early_is_no_fault(environment: dict[str, str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-c", PROGRAM, "list", "--json"]
    run = subprocess.run(command, stdout=writing, stderr=subprocess.PIPE, env=environment, timeout=60, check=False)
    os.close(writing)
    assert (run.returncode, run.stderr) == (1, b"")


def test_letters_that_the_terminal_lacks_are_escaped(tmp_path: Path) -> None:
    (tmp_path / "t.yaml").write_bytes(table(changed(RATIO, ("name: Availability", "name: Größe"))))
    command = [sys.executable, "-c", PROGRAM, "list", "--slos", str(tmp_path)]
    ascii_only = BUFFERED | {"PYTHONIOENCODING": "ascii:strict"}
    run = subprocess.run(command, capture_output=True, text=True, env=ascii_only, timeout=60, check=False)
    assert (run.returncode, run.stderr) == (0, "")
    assert r"Gr\xf6\xdfe" in run.stdout


def test_a_kernel_that_is_required_and_missing_is_told_in_one_line() -> None:
    command = [sys.executable, "-c", WITHOUT_KERNEL, "exporter", "--simulate", "--listen", "127.0.0.1:0"]
    required = BUFFERED | {"EMBERLINE_NATIVE": "required"}
    run = subprocess.run(command, capture_output=True, text=True, env=required, timeout=60, check=False)
    assert run.returncode == 2
    assert run.stderr.startswith("emberline: EMBERLINE_NATIVE=required, but the compiled kernel native.exposition")
    assert run.stderr.count("\n") == 1


@pytest.mark.parametrize(("closed", "told"), [(">&-", b""), ("2>&-", b"21 SLOs, 0 findings\n"), (">&- 2>&-", b"")])
def test_what_was_closed_at_the_start_is_not_missed(closed: str, told: bytes) -> None:
    command = f'exec "{sys.executable}" -c "{PROGRAM}" check {closed}'
    run = subprocess.run(["sh", "-c", command], capture_output=True, timeout=60, check=False)
    assert (run.returncode, run.stderr, run.stdout) == (0, b"", told)
