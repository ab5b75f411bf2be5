"""Samples and families as values, for those who make pages or look at single samples."""

from dataclasses import dataclass
from typing import Literal, get_args

# OpenMetrics says `unknown` for untyped, and alone knows the last three.
FamilyType = Literal["untyped", "counter", "gauge", "histogram", "summary", "gaugehistogram", "info", "stateset"]

# In the order of the codes that stand in the family column; shared with `columns.hpp`.
TYPES: tuple[FamilyType, ...] = get_args(FamilyType)

Suffixes = dict[FamilyType, tuple[str, ...]]

# The names that the samples of a family may have, as endings of the family's own name. Here and in the text format a
# counter or an info is named as its samples are.
SUFFIXES: Suffixes = {
    "untyped": ("",),
    "counter": ("",),
    "gauge": ("",),
    "histogram": ("", "_bucket", "_sum", "_count"),
    "summary": ("", "_sum", "_count"),
    "gaugehistogram": ("", "_bucket", "_gsum", "_gcount"),
    "info": ("",),
    "stateset": ("",),
}

# The same on a page in OpenMetrics.
OPEN_SUFFIXES: Suffixes = {
    **SUFFIXES,
    "counter": ("", "_total", "_created"),
    "histogram": ("", "_bucket", "_sum", "_count", "_created"),
    "summary": ("", "_sum", "_count", "_created"),
    "info": ("", "_info"),
}

# What OpenMetrics takes off the name of a family that has it.
OPEN_ENDINGS: dict[FamilyType, str] = {"counter": "_total", "info": "_info"}

# The names of the types in OpenMetrics.
OPEN_TYPES: dict[FamilyType, str] = {kind: "unknown" if kind == "untyped" else kind for kind in TYPES}

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
    """A metric with its samples, whose names are `name` or, in histograms and summaries, `name` with an ending.

    A unit is the last word of the name, `_total` not counted: `seconds` of `cpu_seconds_total`. Only OpenMetrics
    shows it.
    """

    name: str
    type: FamilyType
    help: str = ""
    samples: tuple[Sample, ...] = ()
    unit: str = ""


@dataclass(frozen=True, slots=True)
class FamilySpan:
    """A metric of a parsed page: its samples are those from `first` up to `first + count`."""

    name: str
    type: FamilyType
    help: str
    first: int
    count: int
    unit: str = ""


def belongs(name: str, family: str, kind: FamilyType, suffixes: Suffixes = SUFFIXES) -> bool:
    """Whether a sample of this name can stand in the family."""
    return name.startswith(family) and name[len(family) :] in suffixes[kind]
