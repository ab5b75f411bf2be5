"""Keeps the NVML child running and holds what it said last: the only part of `exporter.nvml` that others use."""

import asyncio
import logging
import socket
import sys
import time
from collections.abc import Hashable, Mapping, Sequence
from typing import Final

from exporter.nvml import page
from exporter.nvml.latest import Latest
from exporter.nvml.process import Child, Fault
from exporter.nvml.reading import Reading
from native.exposition import Family

_LOG: Final = logging.getLogger(__name__)

KEEP_INTERVALS: Final = 3
"""Values older than so many intervals vanish from the page."""


def child_command(simulate: bool) -> tuple[str, ...]:  # noqa: FBT001 - a command line is this word or nothing
    """The command that `Supervisor` runs, with or without `--simulate`; it adds the interval and the deadline."""
    return (sys.executable, "-m", "exporter.nvml.child", *(["--simulate"] if simulate else []))


class Supervisor:
    """Runs the NVML child, restarts it, and holds the last reading with its age.

    A child that is silent for longer than `interval + deadline` (all in seconds) is killed with its process group, as
    is one that takes longer than `patience` to open NVML or to be answered by any GPU. Half of the deadline is what
    the child allows each GPU. At most one child is started per interval, and none while `abandoned` killed ones are
    held by the kernel.
    """

    def __init__(
        self,
        command: Sequence[str],
        interval: float,
        deadline: float,
        *,
        patience: float = 60.0,
        abandoned: int = 3,
        hostname: str | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._command = (*command, "--interval", str(interval), "--deadline", str(deadline / 2))
        self._interval = interval
        self._silence = interval + deadline
        self._patience = max(patience, self._silence)
        self._environment = environment
        self._limit = abandoned
        self._abandoned: list[Child] = []
        self._node = page.Node(hostname or socket.gethostname(), simulated="--simulate" in command)
        self._latest = Latest()
        self._up = False
        self._restarts = 0
        self._trouble = ""

    async def run(self) -> None:
        """Run children until cancelled; then the last one and its whole process group are gone."""
        while True:
            earliest = time.monotonic() + self._interval
            self._abandoned = [child for child in self._abandoned if not child.gone]
            if len(self._abandoned) < self._limit:
                await self._run_child()
                self._restarts += 1
            else:
                self._note(f"{self._limit} killed children are stuck in the kernel: no other is started")
            await asyncio.sleep(earliest - time.monotonic())

    def families(self, at: float) -> tuple[Family, ...]:
        """The page at `at` (monotonic seconds): values up to three intervals old, and the verdicts on each GPU."""
        child = page.Child(self._up, self._restarts, len(self._abandoned))
        return page.families(self._node, child, self._latest, at, KEEP_INTERVALS * self._interval)

    @property
    def version(self) -> Hashable:
        """Differs from what it was once the page says something new, ages and values grown too old aside."""
        return self._latest.at, self._up, self._restarts, len(self._abandoned)

    @property
    def settled(self) -> bool:
        """Whether a first reading has come or failed; before, absent GPUs mean nothing."""
        return bool(self._trouble) or self._latest.at is not None

    async def _run_child(self) -> None:
        try:
            child = await Child.start(self._command, self._environment)
        except OSError as error:
            self._note(f"the NVML child cannot be started: {error}")
            return
        trouble = ""
        try:
            await self._listen(child)
        except Fault as fault:
            trouble = str(fault)
        finally:
            self._up = False
            await child.kill()
            if not child.gone:
                self._abandoned.append(child)
        if trouble:
            self._note(f"the NVML child {trouble} ({child.describe_end()})")

    async def _listen(self, child: Child) -> None:
        """Take readings in until the child ends; `Fault` when it must be replaced."""
        answered = time.monotonic()
        reading = await child.reading(self._patience)
        while True:
            self._take(reading)
            if reading.last:
                return
            if reading.answered:
                answered = time.monotonic()
            elif time.monotonic() - answered > self._patience:
                raise Fault(f"got no answer from any GPU for {self._patience:g} s")
            reading = await child.reading(self._silence)

    def _take(self, reading: Reading) -> None:
        before, at = self._latest, time.monotonic()
        self._latest = before.after(reading, at)
        self._up = not reading.error
        self._note(f"no GPU values: {reading.error}" if reading.error else "")
        states = {gpu.key: gpu.state for gpu in before.gpus}
        for gpu in self._latest.gpus:
            if gpu.state != states.get(gpu.key, "ok"):
                _LOG.warning("GPU %d (%s) is %s %s", gpu.index, gpu.key, gpu.state, gpu.detail)

    def _note(self, trouble: str) -> None:
        """Log each trouble once, and its end."""
        if trouble == self._trouble:
            return
        if trouble:
            _LOG.warning("%s", trouble)
        else:
            _LOG.info("NVML readings are back")
        self._trouble = trouble
