"""The specification of the kernel, line by line, and its stand-in where no compiler was.

`scan` and `render` have the kernel's signatures and give the same bytes, the same fault and the same offset.
"""

import re
from array import array
from collections.abc import Iterator
from itertools import chain, count, pairwise

from native.exposition import tokens
from native.exposition.faults import Fault
from native.exposition.line import Line, Refused
from native.exposition.model import SUFFIXES, TYPES
from native.exposition.spelling import spell_number

# Fault, offset, then the columns: values "d", timestamps "q", key spans "I" (start, end), families "I" (name start,
# name end, help start, help end, code of the type, first sample, count).
Scanned = tuple[int, int, bytes, bytes, bytes, bytes]

_MARK = re.compile(rb"#[ \t]+(HELP|TYPE)[ \t]+")
_CODES = {name.encode(): code for code, name in enumerate(TYPES)}
_ENDINGS = tuple(tuple(ending.encode() for ending in SUFFIXES[kind]) for kind in TYPES)


def scan(body: bytes, body_bytes: int, lines: int, line_bytes: int, series: int, labels: int) -> Scanned:
    """The columns of a page, or its first fault with the byte it was found at."""
    reader = _Reader(series, labels)
    try:
        for line in _lines(body, body_bytes, lines, line_bytes):
            reader.read(line)
    except Refused as refused:
        return refused.fault, refused.offset, b"", b"", b"", b""
    return reader.columns()


def _lines(body: bytes, body_bytes: int, lines: int, line_bytes: int) -> Iterator[Line]:
    if len(body) > body_bytes:
        raise Refused(Fault.BODY_BYTES, body_bytes)
    start = 0
    for number in count():
        if start == len(body):
            return
        if number == lines:
            raise Refused(Fault.LINES, start)
        end = body.find(b"\n", start)
        end = len(body) if end < 0 else end
        if end - start > line_bytes:
            raise Refused(Fault.LINE_BYTES, start + line_bytes)
        yield Line(body[start:end], start)
        start = min(end + 1, len(body))


class _Reader:
    """Columns that grow line by line."""

    def __init__(self, series: int, labels: int) -> None:
        self.series = series
        self.labels = labels
        self.values = array("d")
        self.timestamps = array("q")
        self.keys = array("I")
        self.families: list[list[int]] = []
        self.family = b""

    def columns(self) -> Scanned:
        rows = array("I", chain.from_iterable(self.families))
        columns = (self.values, self.timestamps, self.keys, rows)
        values, timestamps, keys, families = (column.tobytes() for column in columns)
        return Fault.NONE, 0, values, timestamps, keys, families

    def read(self, line: Line) -> None:
        """Take in one line of any kind."""
        line.skip_blanks()
        if line.peek() == b"#":
            self._comment(line)
        elif not line.done():
            self._sample(line)

    def _comment(self, line: Line) -> None:
        mark = line.take(_MARK)
        if mark is None:
            return
        name, start = tokens.family_name(line)
        if not self.families or self.family != name:
            self._open(name, start)
        row = self.families[-1]
        separator = line.at
        line.at = min(line.at + 1, len(line.text))
        rest = line.text[line.at :]
        if mark[1] == b"TYPE":
            if rest not in _CODES:
                line.refuse(Fault.TYPE)
            row[4] = _CODES[rest]
        else:
            line.check_utf8(line.at, len(line.text))
            blank = not line.text[separator:].strip(b" \t")
            row[2:4] = [line.start + (len(line.text) if blank else line.at), line.start + len(line.text)]

    def _open(self, name: bytes, start: int) -> None:
        self.family = name
        self.families.append([start, start + len(name), 0, 0, 0, len(self.values), 0])

    def _sample(self, line: Line) -> None:
        if len(self.values) == self.series:
            line.refuse(Fault.SERIES)
        key = line.at
        name, name_start = tokens.key(line, self.labels)
        key_end = line.at
        value, timestamp = tokens.number(line)
        if not (self.families and self._continues(name)):
            self._open(name, name_start)
        self.families[-1][6] += 1
        self.values.append(value)
        self.timestamps.append(timestamp)
        self.keys.extend((line.start + key, line.start + key_end))

    def _continues(self, name: bytes) -> bool:
        return name.startswith(self.family) and name[len(self.family) :] in _ENDINGS[self.families[-1][4]]


def render(text: bytes, ends: bytes, values: "memoryview[float]") -> bytes:
    """The text with each number before the byte its end names."""
    cuts = memoryview(ends).cast("I")
    pieces = [text[start:end] for start, end in pairwise((0, *cuts, len(text)))]
    numbers = [spell_number(value).encode() for value in values]
    return b"".join(chain.from_iterable(zip(pieces, [*numbers, b""], strict=True)))
