"""What the options say of the compatible series: from words to values, every error at once."""

import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final, get_args

from exporter.dcgm.counters import Counters, read
from exporter.dcgm.selection import Selection, parse_selection
from exporter.dcgm.style import HostnameLabel, MetricNames, Style

WINDOW_MS: Final = 300_000
"""The sliding windows of dcgm-exporter by default."""
_LONGEST_WINDOW_MS: Final = 86_400_000
_NAMES: Final = get_args(MetricNames)[1:]


@dataclass(frozen=True, slots=True)
class Words:
    """The options as they were given; what they mean is `surface`'s business."""

    collectors: Path | None = None
    strict: bool = False
    devices: str = "f"
    metric_names: str | None = None
    hostname_label: str = "Hostname"
    no_hostname: bool = False
    use_old_namespace: bool = False
    replace_blanks_in_model_name: bool = False
    xid_count_window_size: int = WINDOW_MS
    clock_events_count_window_size: int = WINDOW_MS


@dataclass(frozen=True, slots=True)
class Surface:
    """Which metrics of which devices are shown, and how.

    `counters` is what `collectors` (None: the built-in file) held when it was read; `warnings` is what the log should
    say of it at the start.
    """

    counters: Counters = field(default_factory=lambda: read(None))
    collectors: Path | None = None
    strict: bool = False
    selection: Selection = field(default_factory=Selection)
    style: Style = field(default_factory=Style)
    xid_window_ms: int = WINDOW_MS
    clock_event_window_ms: int = WINDOW_MS


def surface(words: Words) -> Surface:
    """The surface; ValueError with a line for each bad option and, when strict, each bad row."""
    faults: list[str] = []

    def tried(option: str, made: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever is made
        try:
            return made()
        except ValueError as error:
            faults.append(f"{option}{error}")
            return None

    counters = tried("", lambda: read_counters(words.collectors, strict=words.strict))
    selection = tried("--devices: ", lambda: parse_selection(words.devices))
    names = tried("--metric-names: ", lambda: _one_of(words.metric_names or "as-written", ("as-written", *_NAMES)))
    label = tried("--hostname-label: ", lambda: _one_of(words.hostname_label, get_args(HostnameLabel)))
    xids = tried("--xid-count-window-size: ", lambda: _window(words.xid_count_window_size))
    clocks = tried("--clock-events-count-window-size: ", lambda: _window(words.clock_events_count_window_size))
    if faults:
        raise ValueError("\n".join(faults))
    style = Style(
        names,
        None if words.no_hostname else label,
        "uuid" if words.use_old_namespace else "UUID",
        words.replace_blanks_in_model_name,
    )
    return Surface(counters, words.collectors, words.strict, selection, style, xids, clocks)


def read_counters(path: Path | None, *, strict: bool) -> Counters:
    """The counters file; ValueError if it cannot be read, holds nothing to show, or, when strict, holds a bad row.

    A file that is being written is empty for a moment: it must not take every series away.
    """
    try:
        found = read(path)
    except OSError as error:
        raise ValueError(f"{path}:1: cannot be read: {error.strerror}") from error
    nothing = not (found.metrics or found.labels)
    if nothing or (strict and found.faults):
        raise ValueError("\n".join(found.faults or (*found.notes, f"{path}:1: holds no field that can be shown")))
    return found


def hostname(environment: Mapping[str, str] = os.environ) -> str:
    """The name of this node: NODE_NAME, without which a pod would show its own name."""
    return environment.get("NODE_NAME") or socket.gethostname()


def _one_of(word: str, words: tuple[str, ...]) -> str:
    if word not in words:
        raise ValueError(f"{word!r} is none of {', '.join(word for word in words if word != 'as-written')}")
    return word


def _window(milliseconds: int) -> int:
    if not 0 < milliseconds <= _LONGEST_WINDOW_MS:
        raise ValueError(f"{milliseconds} is not between 1 and {_LONGEST_WINDOW_MS} ms")
    return milliseconds
