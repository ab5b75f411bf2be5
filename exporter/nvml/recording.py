"""A session with a driver as a file: every question with its answer, when it was put and how long that took.

One JSON line per call: `t` seconds since the session began, `f` the function, `d` the device, `a` the arguments, `s`
the seconds it took, and `r` the answer, `e` code and text of a refusal, or `hang` for a call that was still out when
the others went on. Serials and UUIDs are replaced by numbers, so that a recording can be handed on.
"""

import json
import time
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

    A file that has calls already is gone on with.
    """

    def __init__(self, ask: Ask, path: Path) -> None:
        self._ask = ask
        self._file: BinaryIO = path.open("ab", buffering=0)
        self._began = time.monotonic()
        self._lock = Lock()
        self._pseudonyms: dict[str, str] = {}
        self._out: dict[int, dict[str, Any]] = {}
        self._calls = 0
        self._room = FILE_BYTES - self._file.tell()
        if self._file.tell() == 0:
            self._write({"emberline_nvml_session": VERSION})
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
                    self._write(out | {"hang": True})
            self._write(entry)

    def _write(self, entry: dict[str, Any]) -> None:
        line = json.dumps(entry, separators=(",", ":")).encode() + b"\n"
        self._room -= len(line)
        if self._room >= 0:
            self._file.write(line)

    def _anonymous(self, answer: Answer) -> Answer:
        """The answer without what identifies a board."""
        if isinstance(answer, dict):
            return {
                key: self._pseudonym(key, value) if key in ("uuid", "serial") else self._anonymous(value)
                for key, value in answer.items()
            }
        return [self._anonymous(entry) for entry in answer] if isinstance(answer, list) else answer

    def _pseudonym(self, kind: str, name: str) -> str:
        with self._lock:
            number = len(self._pseudonyms) + 1
            prefix = name.split("-", 1)[0]
            new = f"{prefix}-00000000-0000-4000-8000-{number:012x}" if kind == "uuid" else f"{number:013d}"
            return self._pseudonyms.setdefault(f"{kind} {name}", new)


def _length(path: Path) -> float:
    """Seconds of the session so far: a child that took the place of another goes on where that one ended."""
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - (1 << 20)))
        last = file.read().splitlines()[-1]
    return float(json.loads(last).get("t", 0.0))


def _lasted(began: float) -> float:
    return round(time.monotonic() - began, 6)
