"""The lines of a page within its limits, and the columns that grow line by line: what the twin's two readers share."""

from array import array
from collections.abc import Iterator
from itertools import chain, count

from native.exposition.faults import Fault
from native.exposition.line import Line, Refused
from native.exposition.model import TYPES, Suffixes

# Fault, offset, then the columns: values "d", timestamps "q", key spans "I" (start, end), families "I" (name start,
# name end, help start, help end, unit start, unit end, code of the type, first sample, count).
Scanned = tuple[int, int, bytes, bytes, bytes, bytes]


def lines_of(body: bytes, body_bytes: int, lines: int, line_bytes: int) -> Iterator[Line]:
    """The lines of a page, up to the first thing that is too much."""
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


class Columns:
    """Samples in the families that they belong to; `suffixes` are those of the format."""

    def __init__(self, suffixes: Suffixes) -> None:
        """Hold nothing yet."""
        self.values = array("d")
        self._timestamps = array("q")
        self._keys = array("I")
        self._families: list[list[int]] = []
        self._family = b""
        self._endings = tuple(tuple(ending.encode() for ending in suffixes[kind]) for kind in TYPES)

    def scanned(self) -> Scanned:
        """The columns as bytes."""
        rows = array("I", chain.from_iterable(self._families))
        columns = (self.values, self._timestamps, self._keys, rows)
        values, timestamps, keys, families = (column.tobytes() for column in columns)
        return Fault.NONE, 0, values, timestamps, keys, families

    def describe(self, name: bytes, start: int) -> None:
        """A HELP, TYPE or UNIT line names a family, at this byte of the page."""
        if not self._families or self._family != name:
            self._open(name, start)

    def help(self, start: int, end: int) -> None:
        """The help text of the last family lies between these bytes of the page."""
        self._families[-1][2:4] = [start, end]

    def unit(self, start: int, end: int) -> None:
        """The unit of the last family lies between these bytes of the page."""
        self._families[-1][4:6] = [start, end]

    def type(self, code: int) -> None:
        """The last family's type, as a place in TYPES."""
        self._families[-1][6] = code

    def sample(self, name: bytes, start: int, key: tuple[int, int], value: float, timestamp: int) -> None:
        """A sample, whose name starts at this byte, in the last family or in one that it opens."""
        if not (self._families and self._continues(name)):
            self._open(name, start)
        self._families[-1][8] += 1
        self.values.append(value)
        self._timestamps.append(timestamp)
        self._keys.extend(key)

    def _open(self, name: bytes, start: int) -> None:
        self._family = name
        self._families.append([start, start + len(name), 0, 0, 0, 0, 0, len(self.values), 0])

    def _continues(self, name: bytes) -> bool:
        return name.startswith(self._family) and name[len(self._family) :] in self._endings[self._families[-1][6]]
