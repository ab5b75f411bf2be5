"""The data that prove a signal: series that are quiet, then make it fire, then are quiet again."""

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Annotated, Final, Literal

from pydantic import AfterValidator, BeforeValidator, field_validator

from slo.duration import Duration
from slo.indicator import Written
from slo.scalar import Span, Text, some
from slo.selector import Labels, labels_of, parse_selector

_COURSE: Final = re.compile(
    r"(?P<absent>absent)|(?P<clock>now)(?P<shift>[-+]\d+)?(?P<ms> in ms)?|(?P<rise>\+)?(?P<level>-?\d+(\.\d+)?)"
)


@dataclass(frozen=True, slots=True)
class Course:
    """What a series does through one phase.

    `level` stays at the number, `rise` grows by it with every sample, `clock` is the time of the sample plus so many
    seconds, and `absent` has no sample at all. `per_second` is how many units of a clock make a second.
    """

    kind: Literal["absent", "clock", "level", "rise"]
    number: Decimal = Decimal(0)
    per_second: int = 1


def _course(value: object) -> Course:
    if isinstance(value, Course):
        return value
    shape = _COURSE.fullmatch(str(value).strip())
    if shape is None:
        raise ValueError(f"{value!r} is none of a number, +number (a counter), now-seconds (a timestamp) and absent")
    if shape["absent"]:
        return Course("absent")
    if shape["clock"]:
        return Course("clock", Decimal(shape["shift"] or 0), 1000 if shape["ms"] else 1)
    return Course("rise" if shape["rise"] else "level", Decimal(shape["level"]))


def _labels(value: object) -> object:
    if isinstance(value, tuple):
        return value
    if not isinstance(value, dict):
        raise ValueError("must be a mapping")  # noqa: TRY004  pydantic reports a ValueError
    return labels_of({str(name): str(text) for name, text in value.items()})


class ProofSeries(Written):
    """One series, as `metric{label="value"}`, and its course while the signal is quiet and while it fires.

    A course is a number (`80`), a rise with every sample (`+5`), a timestamp (`now`, `now-86400`, which
    is `now-86400 in ms` where the metric counts milliseconds), or `absent`.
    """

    series: str
    quiet: Annotated[Course, BeforeValidator(_course)]
    firing: Annotated[Course, BeforeValidator(_course)]

    @field_validator("series")
    @classmethod
    def _is_one(cls, series: str) -> str:
        if any(matcher.op != "=" for matcher in parse_selector(series).matchers):
            raise ValueError("one series is needed: every label has one value, written with =")
        return series

    @property
    def metric(self) -> str:
        """The name of its metric."""
        return parse_selector(self.series).metric


class Proof(Written):
    """Three phases, quiet, firing and quiet again, and a test without any data.

    Samples come and rules are evaluated every `interval`. `labels` are those of the instance that fires, `value` is
    its value as the description shows it.
    """

    interval: Span = Duration(60_000)
    series: Annotated[tuple[ProofSeries, ...], AfterValidator(some)]
    labels: Annotated[Labels, BeforeValidator(_labels)]
    value: Text | None = None
    without_data: Literal["silent", "fires"] = "silent"
