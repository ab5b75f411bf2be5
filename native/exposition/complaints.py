"""What keeps a family from being written so that it reads back the same."""

from collections.abc import Iterator
from itertools import chain

from native.exposition.model import OPEN_ENDINGS, TYPES, Family, Sample, belongs
from native.exposition.spelling import spell_seconds
from native.exposition.wire import Format


def check(family: Family, page_format: Format) -> None:
    """Refuse a family that could not be read back, with a ValueError that names it and the first reason."""
    complaint = next(_complaints(family, page_format), None)
    if complaint is not None:
        message = f"family {family.name!r}: {complaint}"
        raise ValueError(message)


def _complaints(family: Family, page_format: Format) -> Iterator[str]:
    if not family.name:
        yield "it has no name"
    if "\0" in family.name:
        yield "its name has a NUL in it"
    if family.type not in TYPES:
        yield f"unknown type {family.type!r}"
    if family.type == "gaugehistogram" and page_format == "text":
        yield "the text format has no gaugehistogram"
    stem = family.name.removesuffix(OPEN_ENDINGS.get(family.type, ""))
    if family.unit and (family.type in {"info", "stateset"} or not stem.endswith(f"_{family.unit}")):
        yield f"the unit {family.unit!r} is not the last word of the name, or the type has none"
    for sample in family.samples:
        yield from chain(_sample_complaints(sample, family), _time_complaints(sample, page_format))


def _sample_complaints(sample: Sample, family: Family) -> Iterator[str]:
    names = [label for label, _ in sample.labels]
    if not belongs(sample.name, family.name, family.type):
        yield f"a {family.type} has no sample {sample.name!r}"
    if "" in names or len({"__name__", *names}) <= len(names):
        yield f"label names of {sample.name!r} must be distinct and not empty or '__name__': {names}"
    if any("\0" in name for name in names):
        yield f"a label name of {sample.name!r} has a NUL in it: {names}"


def _time_complaints(sample: Sample, page_format: Format) -> Iterator[str]:
    time = sample.timestamp_ms
    if time is None:
        return
    if page_format == "text" and not 0 <= time < 2**63:
        yield f"the text format has no timestamp {time}"
    if page_format == "openmetrics" and not (abs(time) < 2**63 and spell_seconds(time)):
        yield f"OpenMetrics has no timestamp {time}, in milliseconds"
