"""Whether an alert's condition holds, computed over arrays: the other interpreter prints it as PromQL."""

from collections.abc import Callable
from functools import reduce

import numpy as np

from slo.condition import All, Any, Burning, Condition
from slo.readings import Readings
from slo.sli import Events
from slo.vector import Grid, Vector


def holding(condition: Condition, readings: Readings, grid: Grid) -> Vector | None:
    """Where the condition holds, as presence, per instance and time of the grid.

    Parts meet by instance, as PromQL's `and` and `or`. None where a part reads anything but counted events:
    those are not evaluated here.
    """
    match condition:
        case Burning(Events() as sli, window):
            ratio = readings.burn(sli, window, grid).error_ratio
            with np.errstate(invalid="ignore"):
                burns = ratio.present & (ratio.values > float(condition.threshold))
            return Vector(ratio.instances, ratio.values, burns)
        case All(parts):
            return _joined([holding(part, readings, grid) for part in parts], _and)
        case Any(parts):
            return _joined([holding(part, readings, grid) for part in parts], Vector.otherwise)
        case _:
            return None


def _joined(parts: list[Vector | None], join: Callable[[Vector, Vector], Vector]) -> Vector | None:
    known = [part for part in parts if part is not None]
    return reduce(join, known) if len(known) == len(parts) else None


def _and(left: Vector, right: Vector) -> Vector:
    return Vector(left.instances, left.values, left.present & right.over(left.instances).present)
