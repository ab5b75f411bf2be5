"""Pages made from families: everything but the numbers is text that never changes."""

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain
from typing import Any, Self, TypeAlias

from native.exposition import kernel
from native.exposition.model import TYPES, Family, Sample, belongs
from native.exposition.spelling import escape_help, spell_key, spell_name

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
    def of(cls, families: Iterable[Family]) -> Self:
        """The layout of these families in text format 0.0.4; names beyond its characters are quoted as in 1.0.0.

        Timestamps are part of the layout. A ValueError names the family that could not be read back.
        """
        gaps = [""]
        for family in families:
            _check(family)
            gaps[-1] += _heading(family)
            for sample in family.samples:
                gaps[-1] += f"{spell_key(sample.name, sample.labels)} "
                gaps.append("\n" if sample.timestamp_ms is None else f" {sample.timestamp_ms}\n")
        pieces = [gap.encode() for gap in gaps]
        ends = array("I")
        size = 0
        for piece in pieces[:-1]:
            size += len(piece)
            ends.append(size)
        return cls(b"".join(pieces), ends.tobytes())


def _heading(family: Family) -> str:
    name = spell_name(family.name)
    text = f"# HELP {name} {escape_help(family.help)}\n" if family.help else ""
    return f"{text}# TYPE {name} {family.type}\n"


def _check(family: Family) -> None:
    complaint = next(_complaints(family), None)
    if complaint is not None:
        message = f"family {family.name!r}: {complaint}"
        raise ValueError(message)


def _complaints(family: Family) -> Iterator[str]:
    if not family.name:
        yield "it has no name"
    if family.type not in TYPES:
        yield f"unknown type {family.type!r}"
    yield from chain.from_iterable(_sample_complaints(sample, family) for sample in family.samples)


def _sample_complaints(sample: Sample, family: Family) -> Iterator[str]:
    names = [label for label, _ in sample.labels]
    if not belongs(sample.name, family.name, family.type):
        yield f"a {family.type} has no sample {sample.name!r}"
    if "" in names or len({"__name__", *names}) <= len(names):
        yield f"label names of {sample.name!r} must be distinct and not empty or '__name__': {names}"
    if sample.timestamp_ms is not None and not 0 <= sample.timestamp_ms < 2**63:
        yield f"the text format has no timestamp {sample.timestamp_ms}"


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


def encode(families: Iterable[Family]) -> bytes:
    """The page of these families with their samples' values, in text format 0.0.4 (see Layout.of)."""
    kept = tuple(families)
    return render(Layout.of(kept), array("d", (sample.value for family in kept for sample in family.samples)))
