"""The node process as a child of `up`: started with the servers it probes, gone when the block ends."""

import asyncio
import json
import re
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import BinaryIO, Final

from emberline.failure import UNREACHABLE, Failure

_LISTENING: Final = re.compile(r"listening on (http://\S+/metrics)")
_START_SECONDS: Final = 20.0
_STOP_SECONDS: Final = 5.0


@asynccontextmanager
async def node(probes: Sequence[Mapping[str, str]], log: Path, *, simulate: bool) -> AsyncIterator[str]:
    """The address of the exporter's page while it runs; `probes` are entries of its targets file.

    What it logs goes to `log`. Failure when it ends before it listens.
    """
    with NamedTemporaryFile("w", prefix="emberline-", suffix=".yaml") as targets, log.open("wb") as file:
        json.dump(list(probes), targets)  # JSON is YAML
        targets.flush()
        flags = ["--listen", "127.0.0.1:0", "--targets", targets.name, *(["--simulate"] if simulate else [])]
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-P", "-m", "exporter", *flags, stdin=DEVNULL, stdout=DEVNULL, stderr=PIPE
        )
        logged = _Log(process, file)
        try:
            yield await logged.address()
        finally:
            await _stop(process)
            await logged.ended


class _Log:
    """Copies the child's log to a file, and finds the address in it."""

    def __init__(self, process: Process, file: BinaryIO) -> None:
        self._found: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._lines: list[bytes] = []
        self.ended = asyncio.ensure_future(self._copy(process, file))

    async def address(self) -> str:
        """What the child says it listens on."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_START_SECONDS):
                await asyncio.wait((self._found, self.ended), return_when=asyncio.FIRST_COMPLETED)
        if self._found.done():
            return self._found.result()
        said = b"".join(self._lines[-5:]).decode(errors="replace").strip()
        raise Failure(f"the exporter does not start: {said or 'it says nothing'}", UNREACHABLE)

    async def _copy(self, process: Process, file: BinaryIO) -> None:
        lines = process.stderr
        if lines is None:
            raise RuntimeError("the exporter was started without a pipe for its log")
        async for line in lines:
            file.write(line)
            file.flush()
            if not self._found.done():
                self._lines.append(line)
                match = _LISTENING.search(line.decode(errors="replace"))
                if match:
                    self._found.set_result(match[1])


async def _stop(process: Process) -> None:
    with suppress(ProcessLookupError):
        process.send_signal(signal.SIGTERM)
    try:
        async with asyncio.timeout(_STOP_SECONDS):
            await process.wait()
    except TimeoutError:
        process.kill()
        await process.wait()
