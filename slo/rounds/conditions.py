"""Conditions of alerts over many instances at once: those of one shape are one expression over arrays."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from native.ranges import Program
from native.ranges.program import holding

Flags = NDArray[np.bool_]
Places = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """Conditions that differ in their burnings alone: `codes` with the column of a burning in place of it."""

    codes: tuple[int, ...]
    alerts: Places
    burnings: Places

    def holding(self, burning: Flags) -> Flags:
        """Which of the alerts hold, from which of the program's burnings do."""
        return holding(self.codes, lambda column: burning[self.burnings[:, column]])


def shapes(program: Program) -> tuple[Shape, ...]:
    """The conditions of a program by shape."""
    found: dict[tuple[int, ...], list[int]] = {}
    for alert in range(len(program.holds)):
        codes = _codes(program, alert)
        found.setdefault(_shape(codes), []).append(alert)
    return tuple(
        Shape(shape, np.array(alerts), np.array([[c for c in _codes(program, a) if c >= 0] for a in alerts]))
        for shape, alerts in found.items()
    )


def burning(program: Program, ratios: NDArray[np.float64], present: Flags) -> Flags:
    """Which burnings hold, from the error ratios over every window, (window, ratio)."""
    places = program.burning_windows, program.burning_ratios
    with np.errstate(invalid="ignore"):
        found: Flags = present[places] & (ratios[places] > program.thresholds)
    return found


def _codes(program: Program, alert: int) -> list[int]:
    begin, end = program.condition_offsets[alert : alert + 2]
    codes: list[int] = program.conditions[begin:end].tolist()
    return codes


def _shape(codes: list[int]) -> tuple[int, ...]:
    columns = iter(range(len(codes)))
    return tuple(next(columns) if code >= 0 else code for code in codes)
