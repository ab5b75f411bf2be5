"""The specification of the kernel, line by line, and its stand-in where no compiler was.

`scan` and `render` have the kernel's signatures and give the same bytes, the same fault and the same offset.
"""

import re
from itertools import chain, pairwise

from native.exposition import tokens
from native.exposition.faults import Fault
from native.exposition.line import Line, Refused
from native.exposition.lines import Columns, Scanned, lines_of
from native.exposition.model import SUFFIXES, TYPES
from native.exposition.open_twin import OpenReader
from native.exposition.spelling import spell_number
from native.exposition.wire import FORMATS

__all__ = ["Scanned", "render", "rescan", "scan"]

_MARK = re.compile(rb"#[ \t]+(HELP|TYPE)[ \t]+")
_CODES = {name.encode(): TYPES.index(name) for name in ("untyped", "counter", "gauge", "histogram", "summary")}


def scan(body: bytes, body_bytes: int, lines: int, line_bytes: int, series: int, labels: int, dialect: int) -> Scanned:
    """The columns of a page in a format, a place in FORMATS; or the first fault and its byte."""
    reader = OpenReader(series, labels) if FORMATS[dialect] == "openmetrics" else _Reader(series, labels)
    try:
        for line in lines_of(body, body_bytes, lines, line_bytes):
            reader.read(line)
        reader.close(len(body))
    except Refused as refused:
        return refused.fault, refused.offset, b"", b"", b"", b""
    return reader.columns.scanned()


class _Reader:
    """Prometheus' text format."""

    def __init__(self, series: int, labels: int) -> None:
        self._series = series
        self._labels = labels
        self.columns = Columns(SUFFIXES)

    def read(self, line: Line) -> None:
        """Take in one line of any kind."""
        line.skip_blanks()
        if line.peek() == b"#":
            self._comment(line)
        elif not line.done():
            self._sample(line)

    def close(self, end: int) -> None:
        """Nothing must stand at the end of the page."""

    def _comment(self, line: Line) -> None:
        mark = line.take(_MARK)
        if mark is None:
            return
        self.columns.describe(*tokens.family_name(line))
        separator = line.at
        line.at = min(line.at + 1, len(line.text))
        rest = line.text[line.at :]
        if mark[1] == b"TYPE":
            if rest not in _CODES:
                line.refuse(Fault.TYPE)
            self.columns.type(_CODES[rest])
        else:
            line.check_utf8(line.at, len(line.text))
            blank = not line.text[separator:].strip(b" \t")
            self.columns.help(line.start + (len(line.text) if blank else line.at), line.start + len(line.text))

    def _sample(self, line: Line) -> None:
        if len(self.columns.values) == self._series:
            line.refuse(Fault.SERIES)
        start = line.at
        name, name_start = tokens.key(line, self._labels)
        key = (line.start + start, line.start + line.at)
        self.columns.sample(name, name_start, key, *tokens.number(line))


def rescan(
    body: bytes,  # noqa: ARG001 - the kernel's signature
    known: bytes,  # noqa: ARG001
    keys: bytes,  # noqa: ARG001
    families: bytes,  # noqa: ARG001
    body_bytes: int,  # noqa: ARG001
    line_bytes: int,  # noqa: ARG001
) -> Scanned | None:
    """What `scan` gives for a page in text format that differs in its numbers alone from a known one, or None.

    It may be None for any page, and then `scan` is to be asked: the twin knows no shorter way.
    """
    return None


def render(text: bytes, ends: bytes, values: "memoryview[float]") -> bytes:
    """The text with each number before the byte its end names."""
    cuts = memoryview(ends).cast("I")
    pieces = [text[start:end] for start, end in pairwise((0, *cuts, len(text)))]
    numbers = [spell_number(value).encode() for value in values]
    return b"".join(chain.from_iterable(zip(pieces, [*numbers, b""], strict=True)))
