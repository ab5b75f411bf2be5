"""What may hang, apart from everything else: work in threads that nobody waits for at the end, files opened at once.

A file system or a name server that does not answer holds a thread for ever. Threads of a pool would be missing for
other work then, and the process would wait for them before it ends.
"""

import asyncio
import os
import socket
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from threading import Thread
from typing import Any, BinaryIO, Final, TypeAlias, TypeVar

T = TypeVar("T")
Found: TypeAlias = list[Any]
"""What `getaddrinfo` finds."""
NAMES: Final = 128
"""Names that are looked up at a time."""


async def apart(work: Callable[[], T]) -> T:
    """What `work` returns or raises, done by a thread of its own, which goes on when nobody waits any more."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def settle(how: Callable[[Any], None], what: object) -> None:
        if not done.done():
            how(what)

    def run() -> None:
        try:
            outcome: tuple[Callable[[Any], None], object] = done.set_result, work()
        except Exception as error:  # noqa: BLE001 - it belongs to whoever waits
            outcome = done.set_exception, error
        with suppress(RuntimeError):  # the loop is gone, and with it whoever waited
            loop.call_soon_threadsafe(settle, *outcome)

    Thread(target=run, daemon=True).start()
    return await done


class Loop(asyncio.SelectorEventLoop):
    """An event loop that looks up names apart, each name once at a time."""

    def __init__(self) -> None:
        super().__init__()
        self._lookups: dict[tuple[object, ...], asyncio.Task[Found]] = {}

    async def getaddrinfo(  # typeshed's signature
        self,
        host: Any,  # noqa: ANN401
        port: Any,  # noqa: ANN401
        *,
        family: int = 0,
        type: int = 0,  # noqa: A002
        proto: int = 0,
        flags: int = 0,
    ) -> Found:
        """The addresses of a name, as `socket.getaddrinfo`; OSError too while too many other names do not answer."""
        key = (host, port, family, type, proto, flags)
        if key not in self._lookups:
            if len(self._lookups) >= NAMES:
                raise socket.gaierror(socket.EAI_AGAIN, f"{NAMES} other names have not been found yet")
            look: Callable[[], Found] = partial(socket.getaddrinfo, *key)
            self._lookups[key] = self.create_task(apart(look))
            self._lookups[key].add_done_callback(partial(self._found, key))
        return await asyncio.shield(self._lookups[key])

    def _found(self, key: tuple[object, ...], task: asyncio.Task[Found]) -> None:
        self._lookups.pop(key, None)
        if not task.cancelled():
            task.exception()  # it is told to whoever waits, and nobody may any more


def open_at_once(path: Path | str) -> BinaryIO:
    """A file to read from, opened without waiting for whoever writes it: a pipe that nobody has opened is empty."""
    return open(path, "rb", opener=_at_once)


def _at_once(path: str, flags: int) -> int:
    descriptor = os.open(path, flags | os.O_NONBLOCK)
    os.set_blocking(descriptor, True)
    return descriptor
