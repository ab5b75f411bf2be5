"""Spans of time that an error budget does not count, each for a reason that was written down."""

from collections.abc import Iterator, Sequence
from typing import Final

from pydantic import Field, ValidationInfo, field_validator

from slo.indicator import Written
from slo.scalar import Moment, Text

MOST: Final = 366
"""Corrections of one row: one a day for a year."""


class Correction(Written):
    """An interval `[from, to)`, in ms since the epoch, that does not count towards the objective, and why."""

    from_: Moment = Field(alias="from")
    to: Moment
    reason: Text

    @field_validator("to")
    @classmethod
    def _is_later(cls, to: int, info: ValidationInfo) -> int:
        if to <= info.data.get("from_", to - 1):
            raise ValueError("is not later than `from`")
        return to


def overlaps(corrections: Sequence[Correction]) -> Iterator[tuple[int, str]]:
    """What is wrong with intervals that share time: the position of the later one, and a message."""
    order = sorted(range(len(corrections)), key=lambda index: (corrections[index].from_, index))
    last = order[0] if order else 0
    for index in order[1:]:
        if corrections[index].from_ < corrections[last].to:
            yield index, f"begins before corrections[{last}] ends"
        last = max(last, index, key=lambda each: corrections[each].to)
