"""The web configuration in force: read anew when one of its files changed, refused as a whole while it is broken."""

import asyncio
import logging
import ssl
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from exporter.apart import apart
from exporter.web.config import WebConfig, read
from exporter.web.nodes import FaultsError
from exporter.web.tls import server_context

_LOG: Final = logging.getLogger(__name__)
_FRESH: Final = 0.1
"""Seconds for which the files are taken to be what they were."""
_PATIENCE: Final = 1.0
"""Seconds that a request waits for a look; afterwards what was held still holds."""

Stamp = tuple[tuple[str, int, int, int], ...]


class BrokenConfigError(Exception):
    """The configuration cannot be used; the text says why, a line for each fault."""


@dataclass(frozen=True, slots=True)
class Held:
    """The configuration, its TLS context (None for plain HTTP), its users by name, and the state of its files."""

    config: WebConfig
    context: ssl.SSLContext | None
    users: dict[str, str]
    stamp: Stamp


def load(path: Path) -> Held:
    """Everything read and checked; BrokenConfigError with `file:line: path: message` lines."""
    try:
        before = _stamp((path,))
        config = read(path)
        stamp = (*before, *_stamp(config.files()))
        context = None if config.tls is None else server_context(config.tls)
    except OSError as error:
        raise BrokenConfigError(f"{path}:1: cannot be read: {error.strerror}") from error
    except FaultsError as error:
        raise BrokenConfigError("\n".join(f"{path}:{fault}" for fault in error.faults)) from error
    return Held(config, context, dict(config.users), stamp)


class Reloading:
    """Hands out what is held after a look at the files, which a file system that hangs may delay for a moment."""

    def __init__(self, path: Path, first: Held) -> None:
        self._path = path
        self._held: Held | None = first
        self._stamp = first.stamp
        self._tls = first.context is not None
        self._files = (path, *first.config.files())
        self._checked = time.monotonic()
        self._look: asyncio.Future[None] | None = None
        self._trouble = ""

    @property
    def encrypted(self) -> bool:
        """Whether the server speaks TLS, which is decided at the start."""
        return self._tls

    @property
    def last(self) -> Held | None:
        """What is held without a look, None while the file is broken."""
        return self._held

    async def current(self) -> Held:
        """What holds now; BrokenConfigError while the files are not what they must be, as upstream."""
        if time.monotonic() - self._checked > _FRESH:
            if self._look is None or self._look.done():
                self._look = asyncio.ensure_future(self._refresh())
            done, _ = await asyncio.wait((self._look,), timeout=_PATIENCE)
            for look in done:
                look.result()  # a fault of ours is told
        if self._held is None:
            raise BrokenConfigError(self._trouble)
        return self._held

    async def _refresh(self) -> None:
        if self._held is None or await apart(self._changed):
            await self._reload()
        self._checked = time.monotonic()

    def _changed(self) -> bool:
        try:
            return _stamp(self._files) != self._stamp
        except OSError:
            return True

    async def _reload(self) -> None:
        try:
            held = await apart(partial(load, self._path))
        except BrokenConfigError as error:
            self._note(str(error))
            return
        self._held, self._stamp, self._files = held, held.stamp, (self._path, *held.config.files())
        if self._tls and held.context is None:
            self._note(f"{self._path}:1: tls_server_config is gone: TLS cannot be switched off without a restart")
            return
        self._trouble = ""
        _LOG.info("%s was read again", self._path)
        if held.context is not None and not self._tls:
            _LOG.warning("%s: TLS cannot be switched on without a restart: still plain HTTP", self._path)

    def _note(self, trouble: str) -> None:
        """Log a trouble once, and refuse until it is over."""
        if trouble != self._trouble:
            _LOG.error("every request is refused until this is mended: %s", trouble)
        self._trouble, self._held = trouble, None


def _stamp(paths: tuple[Path, ...]) -> Stamp:
    found = ((path, path.stat()) for path in paths)
    return tuple((str(path), stat.st_mtime_ns, stat.st_size, stat.st_ino) for path, stat in found)
