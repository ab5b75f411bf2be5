"""The installed program answers for each of its commands."""

import subprocess
import sysconfig
from pathlib import Path

import pytest

from emberline.cli.app import COMMANDS

PROGRAM = Path(sysconfig.get_path("scripts"), "emberline")


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([PROGRAM, *arguments], capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command_shows_an_example(command: str) -> None:
    shown = run(command, "--help")
    assert (shown.returncode, shown.stderr) == (0, "")
    assert f"emberline {command}" in shown.stdout.split("Usage:")[1].partition("\n")[2]


def test_an_unknown_command_is_wrong_usage() -> None:
    assert run("no-such-command").returncode == 2
