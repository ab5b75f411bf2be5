"""Samples and families as values, for those who make pages or look at single samples."""

from dataclasses import dataclass
from typing import Literal, get_args

FamilyType = Literal["untyped", "counter", "gauge", "histogram", "summary"]

# In the order of the codes that stand in the family column; shared with `columns.hpp`.
TYPES: tuple[FamilyType, ...] = get_args(FamilyType)

# The names that the samples of a family may have, as endings of the family's own name.
SUFFIXES: dict[FamilyType, tuple[str, ...]] = {
    "untyped": ("",),
    "counter": ("",),
    "gauge": ("",),
    "histogram": ("", "_bucket", "_sum", "_count"),
    "summary": ("", "_sum", "_count"),
}

Labels = tuple[tuple[str, str], ...]

NO_TIMESTAMP = -(2**63)


@dataclass(frozen=True, slots=True)
class Sample:
    """One number of one series: full name, labels in wire order without `__name__`, value, milliseconds or None."""

    name: str
    labels: Labels = ()
    value: float = 0.0
    timestamp_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Family:
    """A metric with its samples, whose names are `name` or, in histograms and summaries, `name` with an ending."""

    name: str
    type: FamilyType
    help: str = ""
    samples: tuple[Sample, ...] = ()


@dataclass(frozen=True, slots=True)
class FamilySpan:
    """A metric of a parsed page: its samples are those from `first` up to `first + count`."""

    name: str
    type: FamilyType
    help: str
    first: int
    count: int


def belongs(name: str, family: str, kind: FamilyType) -> bool:
    """Whether a sample of this name can stand in the family."""
    return name.startswith(family) and name[len(family) :] in SUFFIXES[kind]
