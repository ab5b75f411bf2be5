"""Instant vectors at many times at once, with the operators of PromQL that the rules print."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from slo.selector import Labels

Floats: TypeAlias = NDArray[np.float64]
Flags: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Grid:
    """Evaluation times: `count` of them, `step` ms apart, the last at `end`, in ms since the epoch."""

    end: int
    step: int
    count: int = 1

    @property
    def times(self) -> NDArray[np.int64]:
        """The times, ascending."""
        return self.end - self.step * np.arange(self.count - 1, -1, -1, dtype=np.int64)

    def before(self, length: int, interval: int) -> "Grid":
        """Every time that is whole `interval`s from the end and within `length` ms (left-open) of some time here."""
        if self.step % interval:
            msg = f"evaluations {self.step} ms apart do not meet rules that are evaluated every {interval} ms"
            raise ValueError(msg)
        return Grid(self.end, interval, (self.count - 1) * (self.step // interval) + -(-length // interval))


@dataclass(frozen=True, slots=True, eq=False)
class Vector:
    """One value per instance and time: (instance, time) float64 beside presence; 0 where nothing is present.

    Instances are distinct label sets, ascending.
    """

    instances: tuple[Labels, ...]
    values: Floats
    present: Flags

    def over(self, instances: tuple[Labels, ...]) -> "Vector":
        """The same for other instances; those that are not here are absent."""
        if instances == self.instances:
            return self
        values = np.zeros((len(instances), self.values.shape[1]))
        present = np.zeros(values.shape, np.bool_)
        here = {labels: index for index, labels in enumerate(self.instances)}
        for row, labels in enumerate(instances):
            if (index := here.get(labels)) is not None:
                values[row], present[row] = self.values[index], self.present[index]
        return Vector(instances, values, present)

    def latest(self, instances: tuple[Labels, ...]) -> list[float | None]:
        """The value of each instance at the last time, None where it is absent."""
        here = self.over(instances)
        pairs = zip(here.values[:, -1].tolist(), here.present[:, -1].tolist(), strict=True)
        return [value if present else None for value, present in pairs]

    def shown(self) -> tuple[Labels, ...]:
        """The instances that are present at the last time."""
        return tuple(labels for labels, shown in zip(self.instances, self.present[:, -1], strict=True) if shown)

    def otherwise(self, other: "Vector") -> "Vector":
        """`self or other`, per instance and time."""
        instances = _union(self, other)
        left, right = self.over(instances), other.over(instances)
        values = np.where(left.present, left.values, right.values)
        return Vector(instances, values, left.present | right.present)

    def with_(self, other: "Vector", operator: Callable[[Floats, Floats], Floats]) -> "Vector":
        """`self <operator> other` where both are present."""
        instances = tuple(labels for labels in self.instances if labels in set(other.instances))
        left, right = self.over(instances), other.over(instances)
        present = left.present & right.present
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            return Vector(instances, np.where(present, operator(left.values, right.values), 0.0), present)

    def map(self, operator: Callable[[Floats], Floats]) -> "Vector":
        """`operator` of every value that is present."""
        with np.errstate(invalid="ignore", over="ignore"):
            return Vector(self.instances, np.where(self.present, operator(self.values), 0.0), self.present)


def _union(left: Vector, right: Vector) -> tuple[Labels, ...]:
    if left.instances == right.instances:
        return left.instances
    return tuple(sorted({*left.instances, *right.instances}))
