"""A parsed page, held as columns."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from native.exposition.faults import ExpositionError
from native.exposition.kernel import scan
from native.exposition.limits import Limits
from native.exposition.model import NO_TIMESTAMP, TYPES, FamilySpan, Labels, Sample, belongs
from native.exposition.spelling import name_of, split_key, unescape, unescape_help

_FAMILY_FIELDS = 7


@dataclass(frozen=True, eq=False, repr=False)
class Exposition:
    """The samples of one page in wire order, as columns over the page's own bytes.

    Nothing per sample exists until it is asked for: names and labels are slices of `body`, checked
    when the page was parsed and read when named. A label with an empty value is kept, though to
    Prometheus it is no label.
    """

    body: bytes
    _columns: tuple[bytes, bytes, bytes, bytes]

    def __len__(self) -> int:
        """Number of samples."""
        return len(self._columns[0]) // 8

    def __repr__(self) -> str:
        """Its size, not its content."""
        return f"<Exposition: {len(self)} samples, {len(self.body)} bytes>"

    @cached_property
    def values(self) -> "memoryview[float]":
        """(sample,) float64. Every NaN is the one bit pattern that Prometheus stores."""
        return memoryview(self._columns[0]).cast("d")

    @cached_property
    def timestamps(self) -> "memoryview[int]":
        """(sample,) int64 milliseconds since the epoch; NO_TIMESTAMP where the line has none."""
        return memoryview(self._columns[1]).cast("q")

    @cached_property
    def _spans(self) -> "memoryview[int]":
        return memoryview(self._columns[2]).cast("I")

    @cached_property
    def families(self) -> tuple[FamilySpan, ...]:
        """The metrics in wire order, without their samples.

        A TYPE or HELP line opens a family, or adds to the last one when that has the same name. A sample
        that does not belong to the last family opens an untyped one of its own name, so one name can
        stand here twice.
        """
        rows = memoryview(self._columns[3]).cast("I")
        return tuple(self._family(*rows[at : at + _FAMILY_FIELDS]) for at in range(0, len(rows), _FAMILY_FIELDS))

    def _family(
        self, name: int, name_end: int, text: int, text_end: int, kind: int, first: int, count: int
    ) -> FamilySpan:
        return FamilySpan(
            unescape(self.body[name:name_end]).decode(),
            TYPES[kind],
            unescape_help(self.body[text:text_end]).decode(),
            first,
            count,
        )

    def series(self, index: int) -> bytes:
        """The key of a sample exactly as it stands on the wire: `name{label="value"}`."""
        start, end = self._spans[2 * index : 2 * index + 2]
        return self.body[start:end]

    def name(self, index: int) -> str:
        """The metric name of a sample."""
        return name_of(self.series(index))

    def labels(self, index: int) -> Labels:
        """The labels of a sample, unescaped, in wire order, without the metric name."""
        return split_key(self.series(index))[1]

    def sample(self, index: int) -> Sample:
        """One sample as a value."""
        name, labels = split_key(self.series(index))
        timestamp = self.timestamps[index]
        return Sample(name, labels, self.values[index], None if timestamp == NO_TIMESTAMP else timestamp)

    def samples(self) -> Iterator[Sample]:
        """Every sample as a value, in wire order."""
        return map(self.sample, range(len(self)))

    def find(self, name: str) -> Iterator[Sample]:
        """The samples of exactly this name, in wire order."""
        for family in self.families:
            if belongs(name, family.name, family.type):
                for index in range(family.first, family.first + family.count):
                    if self.name(index) == name:
                        yield self.sample(index)


_DEFAULT = Limits()


def parse(body: bytes, limits: Limits = _DEFAULT) -> Exposition:
    """The samples of a page in text format 0.0.4 or 1.0.0, or an ExpositionError for its first fault.

    Accepted is what Prometheus' own text parser accepts: blanks and tabs between any two tokens, commas
    between labels left out or one too many, a value right behind the name or the brace, numbers as Go reads
    them (`Inf`, `infinity` and `nan` in any case; no hexadecimal, no `_`), timestamps of digits
    only, a last line without line break, any bytes in comments, unknown escapes as they stand.

    Refused are a carriage return before the line break, a number beyond the 64-bit range (one too small is 0), a
    TYPE other than the five, invalid UTF-8 in label values, help texts and quoted names; and, where Prometheus
    refuses the scrape after parsing, an empty name and a label name (or `__name__`) given twice. Two
    things Prometheus reads are refused besides: a raw line break between quotes and a NUL that ends the page early.
    """
    scanned = scan(body, limits.body_bytes, limits.lines, limits.line_bytes, limits.series, limits.labels)
    if scanned[0]:
        raise ExpositionError.at(body, scanned[0], scanned[1])
    return Exposition(body, scanned[2:])
