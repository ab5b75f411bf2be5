"""Prometheus' text exposition format, read into columns and written from them, without a Python object per sample."""

from native.exposition.faults import ExpositionError
from native.exposition.kernel import COMPILED
from native.exposition.layout import Layout, encode, render
from native.exposition.limits import Limits
from native.exposition.model import NO_TIMESTAMP, Family, FamilySpan, FamilyType, Labels, Sample
from native.exposition.page import Exposition, parse

__all__ = [
    "COMPILED",
    "NO_TIMESTAMP",
    "Exposition",
    "ExpositionError",
    "Family",
    "FamilySpan",
    "FamilyType",
    "Labels",
    "Layout",
    "Limits",
    "Sample",
    "encode",
    "parse",
    "render",
]
