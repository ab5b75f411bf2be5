"""A parsed page, held as columns."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from native.exposition.faults import ExpositionError
from native.exposition.kernel import rescan, scan
from native.exposition.limits import Limits
from native.exposition.lines import Scanned
from native.exposition.model import (
    NO_TIMESTAMP,
    OPEN_SUFFIXES,
    SUFFIXES,
    TYPES,
    FamilySpan,
    Labels,
    Sample,
    belongs,
)
from native.exposition.spelling import name_of, split_key, unescape, unescape_help
from native.exposition.wire import FORMATS, Format

_FAMILY_FIELDS = 9


_DEFAULT = Limits()


@dataclass(frozen=True, eq=False, repr=False)
class Exposition:
    """The samples of one page in wire order, as columns over the page's own bytes.

    Nothing per sample exists until it is asked for: names and labels are slices of `body`, checked
    when the page was parsed and read when named. A label with an empty value is kept, though to
    Prometheus it is no label.
    """

    body: bytes
    _columns: tuple[bytes, bytes, bytes, bytes]
    format: Format = "text"
    limits: Limits = _DEFAULT

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

        A TYPE, HELP or UNIT line opens a family, or adds to the last one when that has the same name. A sample
        that does not belong to the last family opens an untyped one of its own name, so one name can
        stand here twice. In OpenMetrics a counter's name lacks the `_total` of its samples.
        """
        rows = memoryview(self._columns[3]).cast("I")
        return tuple(self._family(*rows[at : at + _FAMILY_FIELDS]) for at in range(0, len(rows), _FAMILY_FIELDS))

    def _family(self, *row: int) -> FamilySpan:
        name, help_text, unit = (self.body[row[at] : row[at + 1]] for at in (0, 2, 4))
        read = unescape if self.format == "openmetrics" else unescape_help
        kind, first, count = row[6:]
        text = read(help_text).decode()
        return FamilySpan(unescape(name).decode(), TYPES[kind], text, first, count, unescape(unit).decode())

    @property
    def layout(self) -> tuple[bytes, bytes]:
        """The columns that say where keys and families stand."""
        return self._columns[2:]

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
        suffixes = OPEN_SUFFIXES if self.format == "openmetrics" else SUFFIXES
        for family in self.families:
            if belongs(name, family.name, family.type, suffixes):
                for index in range(family.first, family.first + family.count):
                    if self.name(index) == name:
                        yield self.sample(index)


def parse(
    body: bytes,
    limits: Limits = _DEFAULT,
    format: Format = "text",  # noqa: A002 - as in `format_of`
    known: Exposition | None = None,
) -> Exposition:
    """The samples of a page, or an ExpositionError for its first fault; `format_of` finds the format.

    A `known` page changes nothing but the time it takes: where this one differs from it in its numbers alone, as the
    next page of the same target mostly does, keys are compared and not read again (text format, same limits).

    Text (0.0.4 or 1.0.0): accepted is what Prometheus' own parser accepts: blanks and tabs between any two tokens,
    commas between labels left out or one too many, a value right behind the name or the brace, numbers as Go reads
    them (`Inf`, `infinity` and `nan` in any case; no hexadecimal, no `_`), timestamps of digits only, a last line
    without line break, any bytes in comments, unknown escapes as they stand.
    Refused are a carriage return before the line break, a number beyond the 64-bit range (one too small is 0), a
    TYPE other than the five, a NUL in a name, invalid UTF-8 in label values, help texts and quoted names; and, where
    Prometheus refuses the scrape after parsing, an empty name and a label name (or `__name__`) given twice.

    OpenMetrics 1.0: as strict as Prometheus' own parser too, which wants one blank between tokens and none elsewhere,
    no comments and a last line `# EOF`, and leaves open how families, their endings and their samples belong
    together. Timestamps are cut to milliseconds. Exemplars are checked and not kept: columns hold numbers.

    Some things that Prometheus reads are refused besides, in both: a raw line break between quotes, an empty or
    ill-formed name behind HELP or TYPE, a label name for the metric name (`{foo}`, of which Prometheus makes `o`), a
    NUL outside quotes and texts. In OpenMetrics alone, a page without a byte and a timestamp beyond 64 bits.
    """
    scanned = (
        _again(body, known) if known and (known.limits, known.format, format) == (limits, "text", "text") else None
    )
    if scanned is None:
        bounds = (limits.body_bytes, limits.lines, limits.line_bytes, limits.series, limits.labels)
        scanned = scan(body, *bounds, FORMATS.index(format))
    if scanned[0]:
        raise ExpositionError.at(body, scanned[0], scanned[1])
    return Exposition(body, scanned[2:], format, limits)


def _again(body: bytes, known: Exposition) -> Scanned | None:
    limits = known.limits
    return rescan(body, known.body, *known.layout, limits.body_bytes, limits.line_bytes)
