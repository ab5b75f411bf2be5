"""OpenMetrics 1.0 as the twin reads it, as strict as Prometheus' own parser."""

import re

from native.exposition import open_tokens, tokens
from native.exposition.faults import Fault
from native.exposition.line import Line, Refused
from native.exposition.lines import Columns
from native.exposition.model import OPEN_SUFFIXES, OPEN_TYPES, TYPES

_MARK = re.compile(rb"# (HELP|TYPE|UNIT) ")
_EOF = re.compile(rb"# EOF")

_CODES = {OPEN_TYPES[kind].encode(): code for code, kind in enumerate(TYPES)}


class OpenReader:
    """Columns from the lines of a page, whose last must be `# EOF`."""

    def __init__(self, series: int, labels: int) -> None:
        """Read at most so many series of so many labels."""
        self._series = series
        self._labels = labels
        self._ended = False
        self.columns = Columns(OPEN_SUFFIXES)

    def read(self, line: Line) -> None:
        """Take in one line of any kind."""
        if self._ended:
            line.refuse(Fault.AFTER_EOF)
        if line.peek() == b"#":
            self._comment(line)
        else:
            self._sample(line)

    def close(self, end: int) -> None:
        """Refuse a page that ends, at this byte, too early."""
        if not self._ended:
            raise Refused(Fault.NO_EOF, end)

    def _comment(self, line: Line) -> None:
        if line.take(_EOF):
            self._ended = True
            if not line.done():
                line.refuse(Fault.AFTER_EOF)
            return
        mark = line.take(_MARK)
        if mark is None:
            line.refuse(Fault.COMMENT)
        name, start = tokens.family_name(line)
        self.columns.describe(name, start)
        open_tokens.blank(line)
        self._describe(line, mark[1], name)

    def _describe(self, line: Line, mark: bytes, name: bytes) -> None:
        """The last word or text of a HELP, TYPE or UNIT line."""
        text = line.text[line.at :]
        span = (line.start + line.at, line.start + len(line.text))
        if mark == b"HELP":
            line.check_utf8(line.at, len(line.text))
            self.columns.help(*span)
        elif mark == b"TYPE":
            if text not in _CODES:
                line.refuse(Fault.OPEN_TYPE)
            self.columns.type(_CODES[text])
        else:
            if text and not name.endswith(b"_" + text):
                line.refuse(Fault.UNIT)
            self.columns.unit(*span)

    def _sample(self, line: Line) -> None:
        if len(self.columns.values) == self._series:
            line.refuse(Fault.SERIES)
        name, name_start = open_tokens.key(line, self._labels)
        key = (line.start, line.start + line.at)
        open_tokens.blank(line)
        value = open_tokens.real(line)
        self.columns.sample(name, name_start, key, value, open_tokens.tail(line))
