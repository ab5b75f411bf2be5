"""Pages made from families: everything but the numbers is text that never changes."""

from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Self, TypeAlias

from native.exposition import kernel
from native.exposition.model import Family
from native.exposition.wire import Escaping, Format
from native.exposition.writer import Writer

# What a value can be given as: `array("d")`, a memoryview or an ndarray of float64.
Buffer: TypeAlias = "array[float] | memoryview[Any]"


@dataclass(frozen=True, slots=True)
class Layout:
    """A page without its numbers: `text`, and the byte in it before which each number goes.

    `ends` holds one unsigned 32-bit offset a sample. The values of the samples it is made from do not matter.
    """

    text: bytes
    ends: bytes

    def __len__(self) -> int:
        """Number of samples."""
        return len(self.ends) // 4

    @classmethod
    def of(
        cls,
        families: Iterable[Family],
        format: Format = "text",  # noqa: A002 - as in `format_of`
        escaping: Escaping = "underscores",
    ) -> Self:
        """The layout of these families in a format, with names beyond the classic characters in that spelling.

        Text is 0.0.4; with `allow-utf-8` it is 1.0.0, whose names stand in quotes where they must. OpenMetrics takes
        `_total` off the name of a counter and `_info` off that of an info, and calls unknown those whose name
        has no such ending, or clashes with another family without it. Text has gauges for infos and statesets.

        Timestamps are part of the layout. A ValueError names the family that could not be read back.
        """
        kept = tuple(families)
        writer = Writer(kept, format, escaping)
        gaps = [""]
        for family in kept:
            gaps[-1] += writer.heading(family)
            for before, behind in writer.samples(family):
                gaps[-1] += before
                gaps.append(behind)
        gaps[-1] += writer.end
        pieces = [gap.encode() for gap in gaps]
        ends = array("I")
        size = 0
        for piece in pieces[:-1]:
            size += len(piece)
            ends.append(size)
        return cls(b"".join(pieces), ends.tobytes())


def render(layout: Layout, values: Buffer) -> bytes:
    """The page of a layout with these numbers: (sample,) float64, contiguous, in the layout's order."""
    view: memoryview[float] = memoryview(values)
    if view.format != "d" or view.ndim != 1 or not view.c_contiguous:
        message = f"values must be one contiguous row of float64, not {view.format!r} in {view.ndim} dimensions"
        raise TypeError(message)
    if len(view) != len(layout):
        message = f"{len(layout)} samples need as many values, not {len(view)}"
        raise ValueError(message)
    return kernel.render(layout.text, layout.ends, view)


def encode(
    families: Iterable[Family],
    format: Format = "text",  # noqa: A002 - as in `format_of`
    escaping: Escaping = "underscores",
) -> bytes:
    """The page of these families with their samples' values (see Layout.of)."""
    kept = tuple(families)
    values = array("d", (sample.value for family in kept for sample in family.samples))
    return render(Layout.of(kept, format, escaping), values)
