"""Keeps the NVML child running and holds what it said last: the only part of `exporter.nvml` that others use."""

import asyncio
import json
import logging
import sys
import time
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import Final

from exporter.nvml import page, verdicts
from exporter.nvml.breaker import REST_INTERVALS
from exporter.nvml.crumbs import Crumbs
from exporter.nvml.known import Known
from exporter.nvml.process import Child, Fault
from exporter.nvml.reading import Reading
from exporter.nvml.renewal import Renewal
from exporter.nvml.suspects import Suspects
from native.exposition import Family

_LOG: Final = logging.getLogger(__name__)


def child_command(
    *,
    simulate: bool = False,
    processes: bool = False,
    record: Path | None = None,
    replay: Path | None = None,
    listing: Path | None = None,
) -> tuple[str, ...]:
    """The command that `Supervisor` runs; it adds the interval and the deadline.

    `-P` keeps modules of whatever folder the process was started in out of the child.
    """
    files = {"--record": record, "--replay": replay, "--listing": listing}
    options = [word for name, path in files.items() if path is not None for word in (name, str(path))]
    switches = [word for word, on in {"--simulate": simulate, "--processes": processes}.items() if on]
    if record is not None:  # children that follow each other give a board the same number
        options += ["--record-key", token_hex(16)]
    return (sys.executable, "-P", "-m", "exporter.nvml.child", *switches, *options)


@dataclass(frozen=True, slots=True)
class Terms:
    """What a child is held to, in seconds.

    One that is silent for longer than `interval + deadline` is killed with its process group, as is one that takes
    longer than `patience` to open NVML or to be answered by any GPU. Half of the deadline is what the child allows each
    call. `window` is how far averages and peaks reach back. When some GPU has not answered for `retry` while others do,
    a new child is tried. None is started while `abandoned` killed ones are held by the kernel.
    """

    interval: float
    deadline: float
    window: float = 15.0
    patience: float = 60.0
    retry: float = 60.0
    abandoned: int = 3

    @property
    def silence(self) -> float:
        """How long a child may say nothing."""
        return self.interval + self.deadline

    @property
    def arguments(self) -> tuple[str, ...]:
        """The child's share of them."""
        pace = {"--interval": self.interval, "--deadline": self.deadline / 2, "--window": self.window}
        return tuple(word for name, seconds in pace.items() for word in (name, str(seconds)))


class Supervisor:
    """Runs the NVML child, restarts it no more than once per interval, and holds what it said."""

    def __init__(
        self,
        command: Sequence[str],
        terms: Terms,
        place: page.Place,
        *,
        known: Known | None = None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self._command = (*command, *terms.arguments)
        self._terms = terms
        self._place = place
        self._known = known or Known()
        self._environment = environment
        self._patience = max(terms.patience, terms.silence)
        self._abandoned: list[Child] = []
        self._suspects = Suspects(REST_INTERVALS * terms.interval)
        self._renewal = Renewal(terms.retry)
        self._running: asyncio.Task[None] | None = None
        self._released_until = float("-inf")
        self._up = False
        self._grace_until = float("-inf")
        self._restarts = 0
        self._trouble = ""

    async def run(self) -> None:
        """Run children until cancelled; then the last one and its whole process group are gone."""
        crumbs = Crumbs.create()
        try:
            while True:
                earliest = time.monotonic() + self._terms.interval
                self._abandoned = [child for child in self._abandoned if not child.gone]
                if len(self._abandoned) < self._terms.abandoned:
                    await self._run_until_released(crumbs)
                    self._restarts += 1
                else:
                    self._note(f"{self._terms.abandoned} killed children are stuck in the kernel: no other is started")
                await self._pause(earliest)
        finally:
            crumbs.close()

    async def _pause(self, earliest: float) -> None:
        """Until then, and until the release is over, which may be extended meanwhile."""
        rest = 0.0
        while rest >= 0:
            await asyncio.sleep(rest)
            rest = max(earliest, self._released_until) - time.monotonic()

    def release(self, seconds: float) -> None:
        """Let go of every handle for so long, so that GPUs can be reset, divided or taken away."""
        self._released_until = time.monotonic() + seconds
        self._grace_until = float("-inf")
        self._note(f"NVML is released for {seconds:g} s")
        if self._running is not None and not self._running.cancelling():
            self._running.cancel()

    def families(self, at: float) -> tuple[Family, ...]:
        """The page at `at` (monotonic seconds): values up to three intervals old, and the verdicts on each GPU."""
        up = self._up or at < self._grace_until
        child = verdicts.Child(up, self._restarts, len(self._abandoned), released=at < self._released_until)
        return page.families(self._place, child, self._known, at)

    @property
    def version(self) -> Hashable:
        """Differs from what it was once the page says something new, ages and values grown too old aside."""
        released = time.monotonic() < self._released_until
        return self._known.version, self._place.live.version, self._up, self._restarts, len(self._abandoned), released

    @property
    def settled(self) -> bool:
        """Whether a first reading has come or failed; before, absent GPUs mean nothing."""
        return bool(self._trouble) or self._known.latest.at is not None

    async def _run_until_released(self, crumbs: Crumbs) -> None:
        self._running = asyncio.create_task(self._run_child(crumbs))
        try:
            await self._running
        except asyncio.CancelledError:
            current = asyncio.current_task()
            if time.monotonic() >= self._released_until or (current is not None and current.cancelling()):
                raise
        finally:
            running, self._running = self._running, None
            running.cancel()
            await asyncio.wait([running])

    async def _run_child(self, crumbs: Crumbs) -> None:
        resting = json.dumps(self._suspects.resting(time.monotonic()))
        command = (*self._command, "--crumbs", str(crumbs.descriptor), "--resting", resting)
        try:
            child = await Child.start(command, self._environment, (crumbs.descriptor,))
        except OSError as error:
            self._note(f"the NVML child cannot be started: {error}")
            return
        trouble = ""
        try:
            await self._listen(child)
        except Fault as fault:
            trouble = str(fault)
        else:
            self._grace_until = time.monotonic() + self._terms.silence
        finally:
            self._up = False
            try:
                await child.kill()
            finally:
                if not child.gone:
                    self._abandoned.append(child)
        calls = crumbs.take()
        if child.crashed:
            self._suspects = self._suspects.after_crash(calls, time.monotonic())
        if trouble:
            self._note(f"the NVML child {trouble} ({child.describe_end()})")

    async def _listen(self, child: Child) -> None:
        """Take readings in until the child is to make room for the next; `Fault` when it has failed."""
        answered = time.monotonic()
        reading = await child.reading(self._patience)
        while True:
            at = time.monotonic()
            self._take(reading, at)
            if reading.last:
                return
            if reading.answered:
                answered = at
            elif at - answered > self._patience:
                raise Fault(f"got no answer from any GPU for {self._patience:g} s")
            if self._renewal.due(self._known.latest.gpus, at):
                self._renewal = self._renewal.tried(at)
                return
            reading = await child.reading(self._terms.silence)

    def _take(self, reading: Reading, at: float) -> None:
        self._known.take(reading, at)
        page.account(self._place, self._known, at)
        self._suspects = self._suspects.after(reading)
        self._renewal = self._renewal.after(self._known.latest.gpus)
        self._up = not reading.error
        self._note(f"no GPU values: {reading.error}" if reading.error else "")

    def _note(self, trouble: str) -> None:
        """Log each trouble once, and its end."""
        if trouble == self._trouble:
            return
        if trouble:
            _LOG.warning("%s", trouble)
        else:
            _LOG.info("NVML readings are back")
        self._trouble = trouble
