"""The node process as a child of `up`: started with the servers it probes, and gone when the block ends."""

import asyncio
import json
import re
import signal
import sys
from asyncio.subprocess import DEVNULL, Process
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final
from urllib.parse import urlsplit

from emberline.failure import UNREACHABLE, Failure

_LISTENING: Final = re.compile(r"listening on (http://\S+/metrics)\s")
_START_SECONDS: Final = 20.0
_STOP_SECONDS: Final = 5.0
_LOOK_SECONDS: Final = 0.05
_RESTART_SECONDS: Final = 1.0
"""Longer than the end of `up` takes: an exporter that got the same Ctrl-C is not started again."""


@asynccontextmanager
async def node(
    probes: Sequence[Mapping[str, str]], log: Path, tell: Callable[[str], None], *, simulate: bool
) -> AsyncIterator[str]:
    """The address of the exporter's page while it runs; `probes` are entries of its targets file.

    What it logs goes to `log`. Failure when it ends before it listens; an end later on is told, and it is started
    again at the same address.
    """
    with NamedTemporaryFile("w", prefix="emberline-", suffix=".yaml") as targets, log.open("wb"):  # emptied
        json.dump(list(probes), targets)  # JSON is YAML
        targets.flush()
        exporter = _Exporter(("--targets", targets.name, *(["--simulate"] if simulate else [])), log)
        try:
            url = await exporter.start("127.0.0.1:0")
            keeper = asyncio.ensure_future(exporter.keep(urlsplit(url).netloc, tell))
            try:
                yield url
            finally:
                keeper.cancel()
                await asyncio.wait((keeper,))
        finally:
            await exporter.stop()


class _Exporter:
    """One process at a time, which writes its log to a file itself: nobody waits for whoever else holds that."""

    def __init__(self, flags: Sequence[str], log: Path) -> None:
        self._flags = flags
        self._log = log
        self._process: Process | None = None

    async def start(self, listen: str) -> str:
        """The address of the page of a new process; Failure when it ends before it listens."""
        with self._log.open("ab") as file:
            begin = file.tell()
            self._process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-P", "-m", "emberline.up.leash", "--listen", listen, *self._flags),
                stdin=DEVNULL, stdout=DEVNULL, stderr=file,
            )  # fmt: skip
        return await self._address(self._process, begin)

    async def keep(self, listen: str, tell: Callable[[str], None]) -> None:
        """Start another process whenever one ends, until cancelled."""
        while self._process is not None:
            code = await self._process.wait()
            await asyncio.sleep(_RESTART_SECONDS)
            how = f"exit status {code}" if code >= 0 else signal.Signals(-code).name
            tell(f"The exporter ended ({how}) and is started again; its log is {self._log}.")
            try:
                await self.start(listen)
            except Failure as failure:
                tell(str(failure))

    async def stop(self) -> None:
        """End the process, with force if it does not listen."""
        if self._process is None:
            return
        with suppress(ProcessLookupError):
            self._process.send_signal(signal.SIGTERM)
        try:
            async with asyncio.timeout(_STOP_SECONDS):
                await self._process.wait()
        except TimeoutError:
            self._process.kill()
            await self._process.wait()

    async def _address(self, process: Process, begin: int) -> str:
        """What the process says it listens on, in its log from `begin` on."""
        deadline = asyncio.get_running_loop().time() + _START_SECONDS
        while True:
            ended = process.returncode is not None or asyncio.get_running_loop().time() > deadline
            said = self._log.read_bytes()[begin:].decode(errors="replace")
            if found := _LISTENING.search(said):
                return found[1]
            if ended:
                last = "\n".join(said.splitlines()[-5:])
                raise Failure(f"the exporter does not start: {last or 'it says nothing'}", UNREACHABLE)
            await asyncio.sleep(_LOOK_SECONDS)
