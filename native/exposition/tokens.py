"""The tokens of a sample line and of a HELP or TYPE line, as the twin reads them."""

import re
import struct
from math import inf

from native.exposition.faults import Fault
from native.exposition.line import Line
from native.exposition.model import NO_TIMESTAMP
from native.exposition.spelling import METRIC, unescape

_VALUE = re.compile(rb"[^{ \t]+")
_FINITE = re.compile(rb"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_INFINITE = re.compile(rb"[+-]?inf(?:inity)?", re.IGNORECASE)
_DIGITS = re.compile(rb"[0-9]+")

# The NaN that Prometheus stores for any NaN it reads.
_NAN: float = struct.unpack("<d", struct.pack("<Q", 0x7FF8000000000001))[0]


def family_name(line: Line) -> tuple[bytes, int]:
    """The name after HELP or TYPE and where it stands in the page."""
    start = line.at
    if line.peek() == b'"':
        name = line.quoted_name()
        if not name:
            line.refuse(Fault.METRIC_NAME, start)
        return name, line.start + start + 1
    plain = line.take(METRIC)
    if plain is None:
        line.refuse(Fault.METRIC_NAME)
    return plain[0], line.start + start


def key(line: Line, limit: int) -> tuple[bytes, int]:
    """The metric name of a sample line and where it stands in the page; the line is left behind the key."""
    start = line.at
    plain = line.take(METRIC)
    if plain is None and line.peek() != b"{":
        line.refuse(Fault.METRIC_NAME)
    name, name_start = (plain[0], start) if plain else (b"", start)
    end = line.at
    line.skip_blanks()
    if line.peek() == b"{":
        name, name_start = _labels(line, name, name_start, limit)
    else:
        line.at = end
    if not name:
        line.refuse(Fault.NO_METRIC_NAME, start)
    return name, line.start + name_start


def _labels(line: Line, name: bytes, name_start: int, limit: int) -> tuple[bytes, int]:
    """What stands in the braces, checked; the metric name, which may be among it."""
    seen = {b"__name__"}
    line.at += 1
    line.skip_blanks()
    while line.peek() != b"}":
        start = line.at
        quoted = line.peek() == b'"'
        word = line.label_name()
        line.skip_blanks()
        if quoted and line.peek() in {b",", b"}"}:
            check_name(line, name, word, start)
            name, name_start = word, start + 1
        else:
            check_label(line, word, start, seen, limit)
            _value(line)
        if line.peek() == b",":
            line.at += 1
            line.skip_blanks()
    line.at += 1
    return name, name_start


def check_name(line: Line, name: bytes, word: bytes, start: int) -> None:
    """Refuse a metric name in the braces that is empty or the second one."""
    if name:
        line.refuse(Fault.SECOND_METRIC_NAME, start)
    if not word:
        line.refuse(Fault.METRIC_NAME, start)


def check_label(line: Line, word: bytes, start: int, seen: set[bytes], limit: int) -> None:
    """Refuse a label name that is one too many, empty or not the first of its kind."""
    if len(seen) > limit:
        line.refuse(Fault.LABELS, start)
    if not word:
        line.refuse(Fault.LABEL_NAME, start)
    label = unescape(word)
    if label in seen:
        line.refuse(Fault.DUPLICATE_LABEL, start)
    seen.add(label)


def _value(line: Line) -> None:
    """The rest of a label behind its name, up to the next comma, name or brace."""
    if line.peek() != b"=":
        line.refuse(Fault.EQUALS)
    line.at += 1
    line.skip_blanks()
    if line.peek() != b'"':
        line.refuse(Fault.LABEL_VALUE)
    line.quoted()
    line.skip_blanks()


def number(line: Line) -> tuple[float, int]:
    """Value and timestamp, which end the line."""
    line.skip_blanks()
    start = line.at
    token = line.take(_VALUE)
    if token is None:
        line.refuse(Fault.VALUE)
    value = real(line, token[0], start)
    line.skip_blanks()
    if line.done():
        return value, NO_TIMESTAMP
    start = line.at
    digits = line.take(_DIGITS)
    if digits is None:
        line.refuse(Fault.TIMESTAMP)
    timestamp = int(digits[0]) if len(digits[0].lstrip(b"0")) <= len(str(NO_TIMESTAMP)) else 2**63
    if timestamp >= 2**63:
        line.refuse(Fault.TIMESTAMP_RANGE, start)
    line.skip_blanks()
    if not line.done():
        line.refuse(Fault.LINE_END)
    return value, timestamp


def real(line: Line, token: bytes, start: int) -> float:
    """The number that a token at this byte of the line spells, correctly rounded."""
    if token.lower() == b"nan":
        return _NAN
    if _INFINITE.fullmatch(token):
        return float(token)
    if not _FINITE.fullmatch(token):
        line.refuse(Fault.NOT_A_NUMBER, start)
    value = float(token)
    if value in {inf, -inf}:
        line.refuse(Fault.OUT_OF_RANGE, start)
    return value
