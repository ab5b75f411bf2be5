"""No process is left when the supervisor ends, however it ends, and none is started beyond measure."""

import asyncio
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from exporter.dcgm.surface import Surface
from exporter.live import Live
from exporter.nvml.page import Place
from exporter.nvml.supervisor import Supervisor, Terms, child_command
from tests.exporter.nvml.supervised import Supervised, alive, children, page, running, until, value
from tests.fakedriver.library import Build
from tests.fakedriver.state import FakeDriver

PARENT = """
import asyncio
import time
from exporter.live import Live
from exporter.dcgm.surface import Surface
from exporter.nvml.page import Place
from exporter.nvml.supervisor import Supervisor, Terms, child_command

async def main():
    place = Place("node-1", 0.2, Live(Surface()))
    supervisor = Supervisor(child_command(simulate=True), Terms(0.2, 30.0), place)
    task = asyncio.create_task(supervisor.run())
    while not any(family.name == "emberline_gpu_up" for family in supervisor.families(time.monotonic())):
        await asyncio.sleep(0.01)
    print("up", flush=True)
    await task

asyncio.run(main())
"""


@pytest.mark.parametrize("frozen", [False, True])
def test_no_process_is_left_after_cancellation(supervised: Supervised, *, frozen: bool) -> None:
    async def scenario() -> int:
        async with supervised.up():
            (child,) = children()
            if frozen:
                os.kill(child, signal.SIGSTOP)
        return child

    assert not alive(asyncio.run(scenario()))
    assert children() == []


@pytest.mark.parametrize("frozen", [False, True])
def test_the_child_ends_when_its_parent_is_killed(*, frozen: bool) -> None:
    async def scenario() -> None:
        parent = await asyncio.create_subprocess_exec(sys.executable, "-c", PARENT, stdout=asyncio.subprocess.PIPE)
        assert parent.stdout is not None
        assert await parent.stdout.readline() == b"up\n"
        (child,) = children(parent.pid)
        if frozen:
            os.kill(child, signal.SIGSTOP)
        parent.kill()
        await parent.wait()
        await until(lambda: not alive(child))

    asyncio.run(scenario())


NO_NUMBER = '{"driver":"","gpus":[{"index":0,"state":"ok","identity":null,"values":{"a":NaN}}]}'

GARBAGE = {
    "a text": "echo hello; exec sleep 60",
    "another document": """echo '{"driver":"","gpus":[],"extra":1}'; exec sleep 60""",
    "a value that is no number": f"echo '{NO_NUMBER}'; exec sleep 60",
    "an endless line": "exec cat /dev/zero",
    "nothing, and it ends": "exit 3",
    "half a line": "printf '{'",
}


@pytest.mark.parametrize("case", GARBAGE)
def test_a_child_that_writes_garbage_is_replaced_once_per_interval(case: str, supervised: Supervised) -> None:
    async def scenario() -> float:
        command = ("sh", "-c", GARBAGE[case], "exporter.nvml.child")
        async with running(supervised.supervisor(command)) as supervisor:
            start = time.monotonic()
            await until(lambda: value(supervisor, "emberline_nvml_child_restarts_total") == 4)
            assert value(supervisor, "emberline_nvml_up") == 0
            return time.monotonic() - start

    assert asyncio.run(scenario()) >= 3 * supervised.interval
    assert children() == []


def test_a_command_that_does_not_exist_is_tried_again(supervised: Supervised) -> None:
    async def scenario() -> None:
        async with running(supervised.supervisor(("/nowhere/python",))) as supervisor:
            await until(lambda: value(supervisor, "emberline_nvml_child_restarts_total") == 2)
            assert value(supervisor, "emberline_nvml_up") == 0

    asyncio.run(scenario())


def test_children_that_cannot_be_killed_are_given_up_a_few_at_a_time(
    driver: FakeDriver, library: Build, tmp_path: Path
) -> None:
    tracers = tmp_path / "tracers"
    tracers.mkdir()
    command = (sys.executable, str(Path(__file__).with_name("stuck.py")), str(tracers))

    def release() -> None:
        for tracer in tracers.iterdir():
            tracer.unlink()
            os.kill(int(tracer.name), signal.SIGKILL)

    async def scenario() -> None:
        supervisor = Supervised(driver, library(()), deadline=0.3).supervisor(command, patience=1.0)
        async with running(supervisor):
            await until(lambda: value(supervisor, "emberline_nvml_children_abandoned") == 2)
            await asyncio.sleep(0.6)  # three intervals, in which no other may be started
            assert len(list(tracers.iterdir())) == 2
            release()
            await until(lambda: value(supervisor, "emberline_nvml_children_abandoned") == 0)
            await until(lambda: list(tracers.iterdir()))
            release()

    asyncio.run(scenario())


def test_the_page_never_waits_for_the_child(supervised: Supervised) -> None:
    async def scenario() -> float:
        async with supervised.up() as supervisor:
            os.kill(children()[0], signal.SIGSTOP)
            start = time.perf_counter()
            for _ in range(100):
                page(supervisor)
            return (time.perf_counter() - start) / 100

    assert asyncio.run(scenario()) < supervised.interval / 2


def test_simulated_gpus_take_the_same_way_and_say_so() -> None:
    async def scenario() -> None:
        place = Place("node-1", 0.2, Live(Surface()), simulated=True)
        supervisor = Supervisor(child_command(simulate=True), Terms(0.2, 2.0), place)
        async with running(supervisor):
            await until(lambda: value(supervisor, "emberline_gpu_up", 7) == 1)
            samples = [sample for family in page(supervisor) for sample in family.samples]
            assert all(("simulated", "true") in sample.labels for sample in samples)

    asyncio.run(scenario())


def test_real_gpus_are_never_called_simulated(supervised: Supervised) -> None:
    async def scenario() -> None:
        async with supervised.up() as supervisor:
            names = {name for family in page(supervisor) for sample in family.samples for name, _ in sample.labels}
            assert "simulated" not in names
            assert "gpu" in names

    asyncio.run(scenario())


def test_what_a_library_prints_never_comes_between_readings_though_stderr_is_closed() -> None:
    command = (*child_command(simulate=True), "--interval", "0.1", "--deadline", "5")
    closed = ("sh", "-c", 'exec "$@" 2>&-', "sh", *command)
    with subprocess.Popen(closed, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        assert b"gpus" in child.stdout.readline()
        found = {number: Path(f"/proc/{child.pid}/fd/{number}").readlink() for number in (1, 2)}
        child.communicate(timeout=20)
    assert found == {1: Path("/dev/null"), 2: Path("/dev/null")}


def test_the_folder_that_it_was_started_in_lends_it_no_modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "argparse.py").write_text("raise SystemExit('not ours')\n")
    monkeypatch.chdir(tmp_path)
    command = (*child_command(simulate=True), "--interval", "0.1", "--deadline", "5")
    run = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=20)
    assert (run.returncode, run.stderr) == (0, "")
