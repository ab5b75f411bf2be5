"""A place in one line of a page, moved on token by token."""

import re
from typing import NoReturn

from native.exposition.faults import Fault
from native.exposition.spelling import LABEL, QUOTED

_BLANKS = re.compile(rb"[ \t]*")


class Refused(Exception):
    """A fault and the byte of the page it was found at."""

    def __init__(self, fault: Fault, offset: int) -> None:
        """Keep both."""
        super().__init__(fault, offset)
        self.fault = fault
        self.offset = offset


class Line:
    """The `text` of a line that starts at byte `start` of its page, read up to byte `at` of the line."""

    __slots__ = ("at", "start", "text")

    def __init__(self, text: bytes, start: int) -> None:
        """Stand at the line's first byte."""
        self.text = text
        self.start = start
        self.at = 0

    def refuse(self, fault: Fault, at: int | None = None) -> NoReturn:
        """Give up at this place, or at the given byte of the line."""
        raise Refused(fault, self.start + (self.at if at is None else at))

    def done(self) -> bool:
        """Whether the line is read."""
        return self.at == len(self.text)

    def peek(self) -> bytes:
        """The next byte; empty at the end."""
        return self.text[self.at : self.at + 1]

    def take(self, token: re.Pattern[bytes]) -> re.Match[bytes] | None:
        """The token that stands here, read; None where there is none."""
        match = token.match(self.text, self.at)
        if match is not None:
            self.at = match.end()
        return match

    def skip_blanks(self) -> None:
        """Move to the next byte that is no blank or tab."""
        self.take(_BLANKS)

    def label_name(self) -> bytes:
        """A name in braces, plain or quoted."""
        if self.peek() == b'"':
            return self.quoted_name()
        plain = self.take(LABEL)
        if plain is None:
            self.refuse(Fault.LABEL_NAME)
        return plain[0]

    def quoted_name(self) -> bytes:
        """A name between the quotes that open here, escapes as written."""
        start = self.at + 1
        name = self.quoted()
        if b"\0" in name:
            self.refuse(Fault.NUL, start + name.index(b"\0"))
        return name

    def quoted(self) -> bytes:
        """What stands between the quotes that open here, escapes as written."""
        match = self.take(QUOTED)
        if match is None:
            self.refuse(Fault.UNTERMINATED)
        self.check_utf8(match.start(1), match.end(1))
        return match[1]

    def check_utf8(self, start: int, end: int) -> None:
        """Refuse the first ill-formed character between two bytes of the line."""
        try:
            self.text[start:end].decode()
        except UnicodeDecodeError as error:
            self.refuse(Fault.NOT_UTF8, start + error.start)
