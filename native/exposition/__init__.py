"""Prometheus' text format and OpenMetrics, to columns and from them, without a Python object per sample."""

from native.exposition.faults import ExpositionError
from native.exposition.kernel import COMPILED
from native.exposition.layout import Layout, encode, render
from native.exposition.limits import Limits
from native.exposition.model import NO_TIMESTAMP, Family, FamilySpan, FamilyType, Labels, Sample
from native.exposition.page import Exposition, parse
from native.exposition.wire import Escaping, Format, format_of

__all__ = [
    "COMPILED",
    "NO_TIMESTAMP",
    "Escaping",
    "Exposition",
    "ExpositionError",
    "Family",
    "FamilySpan",
    "FamilyType",
    "Format",
    "Labels",
    "Layout",
    "Limits",
    "Sample",
    "encode",
    "format_of",
    "parse",
    "render",
]
