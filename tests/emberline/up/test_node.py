"""The exporter as the child of `up`, when either of them dies or hangs."""

import asyncio
import os
import re
import signal
import sys
import time
from pathlib import Path

import httpx
import pytest

from emberline.up.node import node
from tests.emberline.up.test_up import alive, descendants, up
from tests.servers import until

LITTLE = ("--simulate", "--area", "fabric")


def exporters(parent: int) -> list[int]:
    """The exporters below a process."""
    return [one for one in descendants(parent) if b"emberline.up.leash" in Path(f"/proc/{one}/cmdline").read_bytes()]


def answers(url: str) -> bool:
    """Whether a page with GPUs is served there."""
    try:
        return "DCGM_FI_DEV_GPU_UTIL{" in httpx.get(url).text
    except httpx.TransportError:
        return False


def test_an_exporter_that_dies_is_told_and_comes_back_at_its_address(tmp_path: Path) -> None:
    with up(tmp_path, *LITTLE) as run:
        page = run.exporter
        until(lambda: answers(page), what="GPUs on the page")
        (exporter,) = exporters(run.child.pid)
        os.kill(exporter, signal.SIGKILL)
        until(lambda: not answers(page), what="the end of the page")
        until(lambda: answers(page), what="the return of the page")
        assert len(re.findall(r"The exporter ended \(SIGKILL\) and is started again", run.said)) == 1
        below = descendants(run.child.pid)
        assert run.end(signal.SIGTERM) == 0
        assert not any(map(alive, below))


def test_a_kill_of_it_leaves_no_process_either(tmp_path: Path) -> None:
    with up(tmp_path, *LITTLE) as run:
        until(lambda: answers(run.exporter), what="GPUs on the page")
        below = descendants(run.child.pid)
        assert len(below) >= 2, "the exporter and its NVML child"
        run.child.kill()
        until(lambda: not any(map(alive, below)), what="the end of every descendant")


def test_it_ends_while_something_still_holds_the_exporters_log(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """As a child of the exporter does that the kernel holds in a driver call; the stand-in leaves one that sleeps."""
    program = tmp_path / "stand-in"
    program.write_text("#!/bin/sh\nsleep 30 &\necho $! listening on http://127.0.0.1:9/metrics >&2\nexec sleep 30\n")
    program.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(program))

    async def play() -> float:
        async with node((), tmp_path / "log", print, simulate=True) as url:
            assert url == "http://127.0.0.1:9/metrics"
            began = time.monotonic()
        return time.monotonic() - began

    try:
        assert asyncio.run(play()) < 5
    finally:
        os.kill(int((tmp_path / "log").read_text().split()[0]), signal.SIGKILL)
