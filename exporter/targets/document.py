"""Bodies of probed servers, read with limits: JSON documents and metric pages."""

import json
import re
from typing import Any, Final

from exporter.targets.answer import Failed, Reason
from native.exposition import Exposition, ExpositionError, Limits, Sample, parse

PAGE_BYTES: Final = 8 << 20
"""A Milvus with hundreds of collections fills a few MiB."""
PAGE_LIMITS: Final = Limits(body_bytes=PAGE_BYTES, lines=100_000, series=50_000)
NAME_CHARACTERS: Final = 512
"""Longest model or collection name that becomes a label."""

_SURROGATE: Final = re.compile("[\ud800-\udfff]")
"""JSON can spell half a character (`"\\ud800"`), which no page can hold."""


def read_json(body: bytes) -> dict[str, Any] | Failed:
    """The JSON object in a body; NaN, Infinity and nesting without end are garbage."""
    try:
        document = json.loads(body, parse_constant=_refuse)
    except (ValueError, RecursionError) as error:
        return Failed(Reason.GARBAGE, f"not JSON: {type(error).__name__}")
    if not isinstance(document, dict):
        return Failed(Reason.GARBAGE, f"a JSON object was expected, not {type(document).__name__}")
    return document


def read_page(body: bytes, known: Exposition | None = None) -> Exposition | Failed:
    """The samples of a metrics page, or where it stops being one; with the target's last page it takes less time."""
    try:
        return parse(body, PAGE_LIMITS, known=known)
    except ExpositionError as error:
        return Failed(Reason.GARBAGE, f"not a metrics page: {error}")


def is_name(value: object) -> bool:
    """Whether a value from outside may become a label: text, not empty, not endless, and with a form in UTF-8."""
    return isinstance(value, str) and 0 < len(value) <= NAME_CHARACTERS and not _SURROGATE.search(value)


def samples(page: Exposition, name: str) -> list[Sample]:
    """Every sample of that name; a page that does not hold the name is not searched twice."""
    return list(page.find(name)) if name.encode() in page.body else []


def values(page: Exposition, name: str) -> list[float]:
    """The values of every sample of that name."""
    return [sample.value for sample in samples(page, name)]


def total(page: Exposition, name: str) -> float | None:
    """Sum over every sample of that name; None when there is none."""
    found = values(page, name)
    return sum(found) if found else None


def _refuse(constant: str) -> float:
    msg = f"{constant} is not JSON"
    raise ValueError(msg)
