"""Scrapers that ask again as soon as they are answered, on connections that they keep."""

import selectors
import socket
import time
from dataclasses import dataclass, field
from typing import Final

_ROOM: Final = 1 << 20
_PATIENCE: Final = 30.0


@dataclass(slots=True)
class Tally:
    """What a run came to: seconds of each answer, answers that were none, and how long all of it took."""

    seconds: list[float] = field(default_factory=list)
    failed: int = 0
    took: float = 0.0

    @property
    def rate(self) -> float:
        """Answers per second."""
        return len(self.seconds) / self.took

    def quantile(self, share: float) -> float:
        """Seconds that this share of the answers did not exceed."""
        ordered = sorted(self.seconds)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


class _Connection:
    """One connection and the answer that it waits for."""

    def __init__(self, port: int, request: bytes) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self._request = request
        self._missing: int | None = None
        self._head = b""
        self.asked = 0.0

    def ask(self) -> None:
        self._missing, self._head = None, b""
        self.asked = time.perf_counter()
        self.socket.sendall(self._request)

    def read(self, room: memoryview) -> bool | None:
        """True once the answer is whole, False if it is none, None while more is to come."""
        count = self.socket.recv_into(room)
        if count == 0:
            return False
        if self._missing is None:
            self._head += bytes(room[:count])
            head, found, rest = self._head.partition(b"\r\n\r\n")
            if not found:
                return None
            if not head.startswith(b"HTTP/1.1 200"):
                return False
            fields = (line.partition(b":") for line in head.lower().split(b"\r\n"))
            self._missing = int(next(value for name, _, value in fields if name == b"content-length")) - len(rest)
        else:
            self._missing -= count
        return True if self._missing == 0 else None


def scrape(port: int, connections: int, *, seconds: float = 0.0, answers: int = 0, coding: str = "gzip") -> Tally:
    """Ask for so long, or until so many answers have come."""
    request = f"GET /metrics HTTP/1.1\r\nHost: bench\r\nAccept-Encoding: {coding}\r\n\r\n".encode()
    room, tally = memoryview(bytearray(_ROOM)), Tally()
    with selectors.DefaultSelector() as selector:
        kept = [_Connection(port, request) for _ in range(connections)]
        for connection in kept:
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            connection.ask()
        began = time.perf_counter()
        while (time.perf_counter() - began < seconds) if seconds else len(tally.seconds) + tally.failed < answers:
            for key, _ in selector.select(_PATIENCE):
                _step(key.data, room, tally)
        tally.took = time.perf_counter() - began
        for connection in kept:
            connection.socket.close()
    return tally


def _step(connection: _Connection, room: memoryview, tally: Tally) -> None:
    whole = connection.read(room)
    if whole is None:
        return
    if whole:
        tally.seconds.append(time.perf_counter() - connection.asked)
    else:
        tally.failed += 1
    connection.ask()
