"""The tokens of a sample line in OpenMetrics, as the twin reads them."""

import re
from math import isfinite

from native.exposition import tokens
from native.exposition.faults import Fault
from native.exposition.line import Line, Refused
from native.exposition.model import NO_TIMESTAMP
from native.exposition.spelling import METRIC

_REAL = re.compile(rb"[^ ]+")
_EXEMPLAR = re.compile(rb" # \{")


def blank(line: Line) -> None:
    """The one blank between two tokens."""
    if line.peek() != b" ":
        line.refuse(Fault.BLANK)
    line.at += 1


def key(line: Line, limit: int) -> tuple[bytes, int]:
    """The metric name of a sample line and where it stands in the page; the line is left behind the key."""
    plain = line.take(METRIC)
    if plain is None and line.peek() != b"{":
        line.refuse(Fault.METRIC_NAME)
    name, name_start = (plain[0], 0) if plain else (b"", 0)
    if line.peek() == b"{":
        name, name_start = _labels(line, name, limit)
    if not name:
        line.refuse(Fault.NO_METRIC_NAME, 0)
    return name, line.start + name_start


def _labels(line: Line, name: bytes, limit: int) -> tuple[bytes, int]:
    """What stands in the braces, checked; the metric name, which may be among it."""
    seen = {b"__name__"}
    name_start = 0
    line.at += 1
    while line.peek() != b"}":
        start = line.at
        quoted = line.peek() == b'"'
        word = line.label_name()
        if quoted and line.peek() in {b",", b"}"}:
            tokens.check_name(line, name, word, start)
            name, name_start = word, start + 1
        else:
            tokens.check_label(line, word, start, seen, limit)
            _value(line)
        _separator(line)
    line.at += 1
    return name, name_start


def _value(line: Line) -> None:
    """A label's value behind its name."""
    if line.peek() != b"=":
        line.refuse(Fault.EQUALS)
    line.at += 1
    if line.peek() != b'"':
        line.refuse(Fault.LABEL_VALUE)
    line.quoted()


def _separator(line: Line) -> None:
    """A comma, which may also stand before the closing brace."""
    if line.peek() == b",":
        line.at += 1
    elif line.peek() != b"}":
        line.refuse(Fault.COMMA)


def real(line: Line) -> float:
    """A number up to a blank or the end of the line."""
    start = line.at
    token = line.take(_REAL)
    if token is None:
        line.refuse(Fault.VALUE)
    return tokens.real(line, token[0], start)


def tail(line: Line) -> int:
    """What may follow a value: a timestamp, which is given in milliseconds, and an exemplar, which is only checked."""
    timestamp = NO_TIMESTAMP
    if not line.done() and not line.take(_EXEMPLAR):
        timestamp = _timestamp(line)
        if line.done():
            return timestamp
        if not line.take(_EXEMPLAR):
            line.refuse(Fault.EXEMPLAR, line.at + 1)
    if not line.done():
        _exemplar(line)
    return timestamp


def _timestamp(line: Line) -> int:
    """Milliseconds; what is finer is cut off, as in Prometheus."""
    start = line.at + 1
    milliseconds = _seconds(line) * 1000
    if not abs(milliseconds) < 2**63:
        line.refuse(Fault.TIMESTAMP_RANGE, start)
    return int(milliseconds)


def _seconds(line: Line) -> float:
    line.at += 1
    start = line.at
    try:
        seconds = real(line)
    except Refused as refused:
        line.refuse(Fault.TIMESTAMP_RANGE if refused.fault is Fault.OUT_OF_RANGE else Fault.SECONDS, start)
    if not isfinite(seconds):
        line.refuse(Fault.TIMESTAMP_RANGE, start)
    return seconds


def _exemplar(line: Line) -> None:
    """Labels, a value and perhaps a timestamp; names may occur twice and be empty, as in Prometheus."""
    while line.peek() != b"}":
        line.label_name()
        _value(line)
        _separator(line)
    line.at += 1
    blank(line)
    real(line)
    if not line.done():
        _seconds(line)
    if not line.done():
        line.refuse(Fault.LINE_END)
