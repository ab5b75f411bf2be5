"""A session with a driver as a file: every question with its answer, when it was put and how long that took.

One JSON line per call: `t` seconds since the session began, `f` the function, `d` the device, `a` the arguments, `s`
the seconds it took, and `r` the answer, `e` code and text of a refusal, or `hang` for a call that was still out when
the others went on. Serials and UUIDs are replaced by numbers, so that a recording can be handed on.
"""

import json
import sys
import time
from contextlib import suppress
from errno import ENOSPC
from hashlib import blake2b
from os import SEEK_END, strerror, urandom
from pathlib import Path
from threading import Lock
from typing import Any, BinaryIO, Final

from exporter.nvml.ask import NODE, Answer, Argument, Ask, Device, DriverError

VERSION: Final = 1
FILE_BYTES: Final = 256 << 20
"""Where a recording ends: about a day of eight GPUs."""
_HANGING: Final = 2.0


class Recorder:
    """Asks, and writes down what was asked and answered; the file is whole after every line.

    A file that has calls already is gone on with; those who share a `key` give a board the same numbers. A disk that
    takes no more ends the recording, which is said, and nothing else.
    """

    def __init__(self, ask: Ask, path: Path, key: bytes = b"") -> None:
        self._ask = ask
        self._path = path
        self._file: BinaryIO = path.open("ab", buffering=0)
        self._file.truncate(_whole(path))
        self._file.seek(0, SEEK_END)
        self._began = time.monotonic()
        self._lock = Lock()
        self._key = key or urandom(16)
        self._out: dict[int, dict[str, Any]] = {}
        self._calls = 0
        self._room = FILE_BYTES - self._file.tell()
        if self._file.tell() == 0:
            self._write(_HEAD)
        else:
            self._began -= _length(path)

    def __call__(self, function: str, device: Device = NODE, *arguments: Argument) -> Answer:
        """The driver's answer, written down."""
        began = time.monotonic()
        entry = {"t": round(began - self._began, 6), "f": function, "d": device, "a": arguments}
        with self._lock:
            self._calls += 1
            call = self._calls
            self._out[call] = entry
        try:
            answer = self._ask(function, device, *arguments)
        except DriverError as error:
            self._note(call, entry | {"e": [error.code, str(error)], "s": _lasted(began)})
            raise
        self._note(call, entry | {"r": self._anonymous(answer), "s": _lasted(began)})
        return answer

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def _note(self, call: int, entry: dict[str, Any]) -> None:
        with self._lock:
            self._out.pop(call, None)
            now = time.monotonic() - self._began
            for other in [number for number, out in self._out.items() if now - out["t"] > _HANGING]:
                out = self._out.pop(other)
                if out["f"] != "event":
                    self._write(_line(out | {"hang": True}))
            self._write(_line(entry))

    def _write(self, line: bytes) -> None:
        self._room -= len(line)
        if self._room < 0:
            return
        end = self._file.tell()
        try:
            if self._file.write(line) < len(line):
                raise OSError(ENOSPC, strerror(ENOSPC))  # noqa: TRY301 - a short write is one that failed
        except OSError as error:
            self._room = -1
            sys.stderr.write(f"{self._path}: the recording ends here: {error.strerror}\n")
            with suppress(OSError):
                self._file.truncate(end)

    def _anonymous(self, answer: Answer) -> Answer:
        """The answer without what identifies a board."""
        if isinstance(answer, dict):
            return {
                key: self._pseudonym(key, value) if key in ("uuid", "serial") else self._anonymous(value)
                for key, value in answer.items()
            }
        return [self._anonymous(entry) for entry in answer] if isinstance(answer, list) else answer

    def _pseudonym(self, kind: str, name: str) -> str:
        number = int.from_bytes(blake2b(f"{kind} {name}".encode(), key=self._key, digest_size=5).digest())
        prefix = name.split("-", 1)[0]
        return f"{prefix}-00000000-0000-4000-8000-{number:012x}" if kind == "uuid" else f"{number:013d}"


def appendable(path: Path) -> None:
    """ValueError where a file is there already and no session, OSError where it cannot be written."""
    with path.open("ab"), path.open("rb") as file:
        first = file.readline(len(_HEAD) + 1)
    if first not in (b"", _HEAD):
        raise ValueError(f"{path}:1: is no recorded session, to which nothing is appended")


def _line(entry: dict[str, Any]) -> bytes:
    return json.dumps(entry, separators=(",", ":")).encode() + b"\n"


_HEAD: Final = _line({"emberline_nvml_session": VERSION})


def _tail(path: Path) -> bytes:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - (1 << 20)))
        return file.read(1 << 20)


def _whole(path: Path) -> int:
    """Bytes up to the end of the last whole line: whoever wrote the next may have died over it."""
    tail = _tail(path)
    return path.stat().st_size - len(tail) + tail.rfind(b"\n") + 1


def _length(path: Path) -> float:
    """Seconds of the session so far: a child that took the place of another goes on where that one ended."""
    return float(json.loads(_tail(path).splitlines()[-1]).get("t", 0.0))


def _lasted(began: float) -> float:
    return round(time.monotonic() - began, 6)
