"""A running supervisor as a test looks at it: values by name and GPU, and conditions that come true in time."""

import asyncio
import os
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from exporter.dcgm.surface import Surface
from exporter.live import Live
from exporter.nvml.known import Known
from exporter.nvml.page import Place
from exporter.nvml.supervisor import Supervisor, Terms, child_command
from native.exposition import Family
from tests.fakedriver.state import FakeDriver

PATIENCE = 30.0  # seconds; a condition that is not true by then will not become so


@dataclass
class Supervised:
    """Runs `Supervisor` on a driver; `up` waits for values of all its GPUs before the test goes on."""

    driver: FakeDriver
    library: Path
    interval: float = 0.2
    deadline: float = 2.0
    surface: Surface = field(default_factory=Surface)
    retry: float = 60.0

    def supervisor(
        self, command: Sequence[str] = child_command(), patience: float = 60.0, known: Known | None = None
    ) -> Supervisor:
        """A supervisor of the NVML child, whose loader looks into the library's folder first."""
        environment = os.environ | {"LD_LIBRARY_PATH": str(self.library), "FAKE_NVML_STATE": str(self.driver.path)}
        terms = Terms(self.interval, self.deadline, patience=patience, retry=self.retry, abandoned=2)
        place = Place("node-1", self.interval, Live(self.surface))
        return Supervisor(command, terms, place, known=known, environment=environment)

    @asynccontextmanager
    async def up(self, known: Known | None = None) -> AsyncIterator[Supervisor]:
        """The supervisor with NVML up, stopped afterwards."""
        async with running(self.supervisor(known=known)) as supervisor:
            await until(lambda: value(supervisor, "emberline_nvml_up") == 1)
            yield supervisor


@asynccontextmanager
async def running(supervisor: Supervisor) -> AsyncIterator[Supervisor]:
    """The supervisor while its task runs."""
    task = asyncio.create_task(supervisor.run())
    try:
        yield supervisor
    finally:
        assert not task.done(), task
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def until(condition: Callable[[], object], within: float = PATIENCE) -> float:
    """The seconds until the condition came true; the test fails if it does not in time."""
    start = time.monotonic()
    while not condition():
        assert time.monotonic() - start < within, f"not true within {within} s"
        await asyncio.sleep(0.01)
    return time.monotonic() - start


def page(supervisor: Supervisor) -> tuple[Family, ...]:
    """The page now."""
    return supervisor.families(time.monotonic())


def value(supervisor: Supervisor, name: str, gpu: int | str | None = None) -> float | None:
    """The value of the only series of this name (about the GPU of this index or UUID), None if there is none."""
    wanted = set() if gpu is None else {("gpu", str(gpu)) if isinstance(gpu, int) else ("UUID", gpu)}
    found = [
        sample.value
        for family in page(supervisor)
        if family.name == name
        for sample in family.samples
        if wanted <= set(sample.labels)
    ]
    assert len(found) < 2, f"{name} of GPU {gpu} is not one series"
    return found[0] if found else None


def states(supervisor: Supervisor, gpu: int) -> set[str]:
    """The states that the page says the GPU of this index is in: one, unless something is wrong."""
    return {
        dict(sample.labels)["state"]
        for family in page(supervisor)
        if family.name == "emberline_gpu_state"
        for sample in family.samples
        if ("gpu", str(gpu)) in sample.labels and sample.value == 1
    }


def children(of: int | None = None) -> list[int]:
    """The NVML children of a process (this one by default) that are alive: neither gone nor zombies."""
    parent = of or os.getpid()
    found = []
    for status in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, ppid = status.read_text().rpartition(")")[2].split()[:2]
            command = (status.parent / "cmdline").read_bytes()
            if int(ppid) == parent and state not in "ZX" and b"exporter.nvml.child" in command:
                found.append(int(status.parent.name))
    return found


def alive(pid: int) -> bool:
    """Whether the process exists and is no zombie."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    return False
