"""A recorded session as a driver: each question gets the answer that it got at that time of the session."""

import json
import time
from bisect import bisect_right
from collections.abc import Callable, Sequence
from pathlib import Path
from threading import Event
from typing import Any, Final

from exporter.nvml.ask import NODE, NOT_SUPPORTED, Answer, Argument, Device, DriverError
from exporter.nvml.recording import FILE_BYTES, VERSION

_LINE_BYTES: Final = 1 << 20
_NOTICEABLE: Final = 0.001


class NotASessionError(ValueError):
    """The file is no recording of ours; the text says where."""


class Replay:
    """Answers from a recording; calls that took long take as long again, and those that never returned never do.

    After its end the last answers stand. `clock` gives seconds and may run faster than time.
    """

    def __init__(self, path: Path, clock: Callable[[], float] = time.monotonic) -> None:
        self._calls: dict[str, list[dict[str, Any]]] = {}
        self._samples: dict[str, list[list[float]]] = {}
        self._events: list[dict[str, Any]] = []
        for entry in _entries(path):
            self._sort_in(entry)
        self._clock = clock
        self._began = clock()

    def __call__(self, function: str, device: Device = NODE, *arguments: Argument) -> Answer:
        """What the session answered at this time, or first where it was asked later only."""
        now = self._clock() - self._began
        if function == "event":
            return self._event(now, arguments[0])
        calls = self._calls.get(_key(function, device, arguments))
        if not calls:
            raise DriverError(NOT_SUPPORTED, "not asked in the recorded session")
        call = calls[max(0, bisect_right(calls, now, key=_when) - 1)]
        if call.get("hang"):
            Event().wait()
        if call["s"] > _NOTICEABLE:
            time.sleep(call["s"])
        if "e" in call:
            raise DriverError(*call["e"])
        return self._newer(device, arguments, now) if function == "samples" else call["r"]

    def _newer(self, device: Device, arguments: Sequence[Argument], now: float) -> list[list[float]]:
        kind, since = arguments
        kept = self._samples.get(f"{device} {kind}", [])
        return [[when, value] for told, when, value in kept if told <= now and when > since][-_RING:]

    def _event(self, now: float, milliseconds: int) -> Answer:
        if self._events and self._events[0]["t"] + self._events[0]["s"] <= now:
            return self._events.pop(0)["r"]
        time.sleep(milliseconds / 1000)
        return None

    def _sort_in(self, entry: dict[str, Any]) -> None:
        if entry["f"] == "event":
            if entry.get("r") is not None:
                self._events.append(entry)
            return
        self._calls.setdefault(_key(entry["f"], entry["d"], entry["a"]), []).append(entry)
        if entry["f"] == "samples":
            kept = self._samples.setdefault(f"{entry['d']} {entry['a'][0]}", [])
            newest = kept[-1][1] if kept else -1
            kept += [[entry["t"], when, value] for when, value in sorted(entry.get("r", [])) if when > newest]


_RING: Final = 120


def _key(function: str, device: Device, arguments: Sequence[Argument]) -> str:
    """A drain of a ring is the same question wherever its cursor stands."""
    return json.dumps([function, device, list(arguments)[: 1 if function == "samples" else None]])


def _when(entry: dict[str, Any]) -> float:
    return float(entry["t"])


def _entries(path: Path) -> list[dict[str, Any]]:
    """The calls of a file in the order of their beginning; NotASessionError with file and line if it is none."""
    if path.stat().st_size > FILE_BYTES:
        raise NotASessionError(f"{path}:1: larger than {FILE_BYTES} bytes")
    entries: list[dict[str, Any]] = []
    with path.open("rb") as file:
        for number, line in enumerate(iter(lambda: file.readline(_LINE_BYTES), b""), 1):
            entry = _entry(path, number, line)
            if number == 1 and entry.get("emberline_nvml_session") != VERSION:
                raise NotASessionError(f"{path}:1: not a recorded session of version {VERSION}")
            if number > 1:
                entries.append(_checked(path, number, entry))
    if not entries:
        raise NotASessionError(f"{path}:1: no call was recorded")
    return sorted(entries, key=_when)


def _entry(path: Path, number: int, line: bytes) -> dict[str, Any]:
    try:
        entry = json.loads(line)
    except (ValueError, RecursionError):
        raise NotASessionError(f"{path}:{number}: not JSON") from None
    if not isinstance(entry, dict):
        raise NotASessionError(f"{path}:{number}: not a call")
    return entry


def _checked(path: Path, number: int, entry: dict[str, Any]) -> dict[str, Any]:
    """The entry if it has what every call has."""
    shape: dict[str, Any] = {"t": (int, float), "f": str, "d": str, "a": list}
    if not all(isinstance(entry.get(name), kind) for name, kind in shape.items()) or not (
        entry.get("hang") is True or (isinstance(entry.get("s"), (int, float)) and ("r" in entry or "e" in entry))
    ):
        raise NotASessionError(f"{path}:{number}: not a call")
    return entry
