"""One run of the child as its parent sees it: lines until it is silent, dead or wrong, then nothing of it is left."""

import asyncio
import os
import signal
from asyncio.subprocess import PIPE, Process
from collections.abc import Mapping, Sequence
from contextlib import suppress
from typing import Final

from pydantic import TypeAdapter, ValidationError

from exporter.nvml.reading import LINE_BYTES, Reading

_READING: Final = TypeAdapter(Reading)
_REAP_SECONDS: Final = 1.0
"""How long a killed process may take to disappear before it counts as stuck in the kernel."""


class Fault(Exception):
    """Why the run of a child is over: it died, was silent for too long, or wrote what is no reading."""


class Child:
    """One running child, the leader of its own process group."""

    def __init__(self, process: Process) -> None:
        self._process = process

    @classmethod
    async def start(
        cls, command: Sequence[str], environment: Mapping[str, str] | None, descriptors: Sequence[int] = ()
    ) -> "Child":
        """Start the command with a pipe on stdin, whose end ends it, and one on stdout; OSError if it cannot."""
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=PIPE,
            stdout=PIPE,
            limit=LINE_BYTES,
            start_new_session=True,
            env=environment,
            pass_fds=descriptors,
        )
        return cls(process)

    async def reading(self, within: float) -> Reading:
        """The next reading; `Fault` if none comes within so many seconds."""
        if self._process.stdout is None:
            raise Fault("has no stdout")
        try:
            async with asyncio.timeout(within):
                line = await self._process.stdout.readuntil(b"\n")
        except TimeoutError:
            raise Fault(f"was silent for {within:g} s") from None
        except (asyncio.IncompleteReadError, OSError):
            raise Fault("died") from None
        except asyncio.LimitOverrunError:
            raise Fault(f"wrote a line of more than {LINE_BYTES} bytes") from None
        try:
            return _READING.validate_json(line)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            raise Fault(f"wrote what is no reading: {first['loc']}: {first['msg']}") from error

    async def kill(self) -> None:
        """Kill the whole process group and wait until its leader is gone, unless the kernel holds it."""
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        with suppress(TimeoutError):
            async with asyncio.timeout(_REAP_SECONDS):
                await self._process.wait()

    @property
    def gone(self) -> bool:
        """Whether the process has been reaped."""
        return self._process.returncode is not None

    @property
    def crashed(self) -> bool:
        """Whether it died by a signal other than ours."""
        code = self._process.returncode
        return code is not None and code < 0 and -code not in (signal.SIGKILL, signal.SIGTERM)

    def describe_end(self) -> str:
        """How the process ended, for a log line."""
        code = self._process.returncode
        if code is None:
            return "stuck in the kernel"
        return f"exit status {code}" if code >= 0 else signal.Signals(-code).name
