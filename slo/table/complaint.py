"""What pydantic found, in the words of the table: a path of written keys, and what is wrong there."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from pydantic import BaseModel, ValidationError

from slo import calendar, correction, indicator, spec, static_alert
from slo.table.document import Path

_MODELS: Final[tuple[type[BaseModel], ...]] = (
    spec.Slo,
    spec.Origin,
    calendar.Calendar,
    correction.Correction,
    static_alert.StaticAlert,
    indicator.RatioIndicator,
    indicator.LatencyIndicator,
    indicator.SliceIndicator,
    indicator.GateSpec,
    indicator.PromqlIndicator,
)
_ALIKE: Final = 0.7
"""How much of two keys must agree for one to be a slip of the other: `objectiv`, but not `version` for `decision`."""
_WORDS: Final = {
    "missing": "is missing",
    "union_tag_not_found": "`kind` is missing: ratio, latency, slice or promql",
    "union_tag_invalid": "kind {tag!r} is none of {expected_tags}",
    "string_type": "must be text",
    "string_too_short": "is empty",
    "string_pattern_mismatch": "does not match {pattern}",
    "literal_error": "is none of {expected}",
    "model_type": "must be a mapping",
    "model_attributes_type": "must be a mapping",
    "tuple_type": "must be a list",
    "too_short": "needs at least {min_length}",
    "too_long": "holds more than {max_length}",
    "bool_parsing": "must be true or false",
}


def vocabulary(*models: type[BaseModel]) -> tuple[str, ...]:
    """Every key that these models know."""
    return tuple(sorted({field.alias or name for model in models for name, field in model.model_fields.items()}))


_KEYS: Final = ("slos", *vocabulary(*_MODELS))


def complaints(error: ValidationError, keys: Sequence[str] = _KEYS) -> Iterator[tuple[Path, str]]:
    """Every fault of one value: its path in the written document, and a message for people.

    `keys` are those that the document knows anywhere, by default an SLO table's: a slip of one of them is recognised.
    """
    for detail in error.errors(include_url=False, include_input=False):
        path = _written(detail["loc"])
        context: Mapping[str, Any] = detail.get("ctx", {})
        cause = context.get("error")
        if isinstance(cause, spec.Misfits):
            yield from cause.faults
        elif isinstance(cause, ValueError):
            yield path, str(cause)
        elif detail["type"] == "extra_forbidden":
            yield path, _unknown(str(path[-1]), keys)
        elif detail["type"] in _WORDS:
            yield path, _WORDS[detail["type"]].format_map(context)
        else:
            yield path, detail["msg"]


def _written(location: Path) -> Path:
    """Without the tag that pydantic adds behind the indicator to say which kind it took it for."""
    if "indicator" not in location:
        return location
    tag = location.index("indicator") + 1
    return location[:tag] + location[tag + 1 :]


def _unknown(key: str, keys: Sequence[str]) -> str:
    if key in keys:
        return "does not belong here"
    near = difflib.get_close_matches(key, keys, 1, _ALIKE)
    return f"unknown key; did you mean {near[0]}?" if near else "unknown key"
