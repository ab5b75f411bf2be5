"""Whether an alert's condition holds, computed over arrays: the other interpreter prints it as PromQL."""

import operator
from functools import reduce
from typing import assert_never

import numpy as np

from slo.condition import All, Any, Burning, Condition, Level, Unmeasured
from slo.readings import Readings
from slo.sli import Events, Slices
from slo.vector import Flags, Grid, Vector


def holding(condition: Condition, readings: Readings, grid: Grid) -> Vector:
    """Where the condition holds, as presence, per instance and time of the grid.

    Parts meet by instance, as PromQL's `and` and `or`. What is missing has no instances: the only one there has no
    labels. Unevaluated where a part reads an expression and nothing evaluates PromQL.
    """
    match condition:
        case Burning(sli, window):
            ratio = readings.error_ratio(sli, window, grid)
            with np.errstate(invalid="ignore"):
                burns = ratio.present & (ratio.values > float(condition.threshold))
            return Vector(ratio.instances, ratio.values, burns)
        case Level(series, bound):
            return readings.slices.level(series, bound, grid)
        case Unmeasured():
            measured = _measured(condition, readings, grid)
            return Vector(((),), np.where(measured, 0.0, 1.0)[None], ~measured[None])
        case All(parts):
            return reduce(_and, (holding(part, readings, grid) for part in parts))
        case Any(parts):
            return reduce(Vector.otherwise, (holding(part, readings, grid) for part in parts))
        case _:
            assert_never(condition)


def _measured(condition: Unmeasured, readings: Readings, grid: Grid) -> Flags:
    """At which times what must be there is: (time)."""
    match condition.sli:
        case Slices() as sli:
            return reduce(operator.and_, (readings.slices.exists(selector, grid) for selector in sli.selectors))
        case Events() as sli:
            return readings.burn(sli, condition.window, grid).bad.anywhere
        case sli:
            return readings.error_ratio(sli, condition.window, grid).anywhere


def _and(left: Vector, right: Vector) -> Vector:
    return Vector(left.instances, left.values, left.present & right.over(left.instances).present)
