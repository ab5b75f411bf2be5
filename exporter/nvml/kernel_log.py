"""Xids in the kernel's log, some of which never reach NVML: 79, 119 and 120 above all."""

import asyncio
import logging
import os
import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

_LOG: Final = logging.getLogger(__name__)
_XID: Final = re.compile(rb"NVRM: Xid \(PCI:([0-9A-Fa-f:.]{7,20})\): (\d{1,5})\b")
_RECORD_BYTES: Final = 8192


def xid_in(record: bytes) -> tuple[str, int] | None:
    """PCI address and code of a log record that tells an Xid."""
    found = _XID.search(record[:_RECORD_BYTES])
    return None if found is None else (found[1].decode(), int(found[2]))


class KernelLog:
    """The kernel's log from now on; each read of /dev/kmsg is one record."""

    def __init__(self, path: Path, tell: Callable[[str, int], None]) -> None:
        self._path = path
        self._tell = tell

    async def follow(self) -> None:
        """Tell of each Xid until cancelled; a log that cannot be opened, or ends, is said once, and nothing is told."""
        try:
            await self.run()
            reason: str | None = "it has ended"
        except OSError as error:
            reason = error.strerror
        _LOG.warning("%s: Xids come from NVML alone: %s", self._path, reason)

    async def run(self) -> None:
        """Tell of each Xid until cancelled, or until a pipe in the log's place ends; OSError if it cannot be opened."""
        descriptor = os.open(self._path, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
        loop = asyncio.get_running_loop()
        try:
            with suppress(OSError):  # a pipe in the log's place has no end to begin at
                os.lseek(descriptor, 0, os.SEEK_END)
            ended = asyncio.Event()
            loop.add_reader(descriptor, self._drain, descriptor, ended)
            await ended.wait()
        finally:
            loop.remove_reader(descriptor)
            os.close(descriptor)

    def _drain(self, descriptor: int, ended: asyncio.Event) -> None:
        while True:
            try:
                record = os.read(descriptor, _RECORD_BYTES)
            except BrokenPipeError:  # records were overwritten before they were read: the next read goes on
                continue
            except BlockingIOError:
                return
            if not record:
                ended.set()
                return
            found = xid_in(record)
            if found is not None:
                self._tell(*found)
