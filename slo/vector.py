"""Instant vectors at many times at once, with the operators of PromQL that the rules print."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
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

    def pieces(self, count: int) -> Iterator["Grid"]:
        """The same times in grids of `count` at most, from the first time on."""
        for first in range(0, self.count, count):
            rest = max(0, self.count - first - count)
            yield Grid(self.end - rest * self.step, self.step, self.count - first - rest)

    def before(self, length: int, interval: int, *, closed: bool = False) -> "Grid":
        """Every time that is whole `interval`s from the end and within `length` ms of some time here.

        That at the left end of a window counts where windows are `closed`.
        """
        if self.step % interval:
            msg = f"evaluations {self.step} ms apart do not meet rules that are evaluated every {interval} ms"
            raise ValueError(msg)
        slots = length // interval + 1 if closed else -(-length // interval)
        return Grid(self.end, interval, (self.count - 1) * (self.step // interval) + slots)


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

    @property
    def anywhere(self) -> Flags:
        """At which times any instance is present: (time)."""
        found: Flags = np.any(self.present, axis=0)
        return found

    def last(self, count: int) -> "Vector":
        """The same at the last `count` times."""
        return Vector(self.instances, self.values[:, -count:], self.present[:, -count:])

    def shown(self) -> tuple[Labels, ...]:
        """The instances that are present at the last time."""
        return tuple(labels for labels, shown in zip(self.instances, self.present[:, -1], strict=True) if shown)

    def otherwise(self, other: "Vector") -> "Vector":
        """`self or other`, per instance and time."""
        instances = _union(self.instances, other.instances)
        left, right = self.over(instances), other.over(instances)
        values = np.where(left.present, left.values, right.values)
        return Vector(instances, values, left.present | right.present)

    def with_(self, other: "Vector", operator: Callable[[Floats, Floats], Floats]) -> "Vector":
        """`self <operator> other` where both are present."""
        known = set(other.instances)
        instances = tuple(labels for labels in self.instances if labels in known)
        left, right = self.over(instances), other.over(instances)
        present = left.present & right.present
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            return Vector(instances, np.where(present, operator(left.values, right.values), 0.0), present)

    def map(self, operator: Callable[[Floats], Floats]) -> "Vector":
        """`operator` of every value that is present."""
        with np.errstate(invalid="ignore", over="ignore"):
            return Vector(self.instances, np.where(self.present, operator(self.values), 0.0), self.present)


def joined(parts: Sequence[Vector]) -> Vector:
    """One vector after the other in time; an instance that a part does not know is absent there."""
    instances = reduce(_union, (part.instances for part in parts))
    whole = [part.over(instances) for part in parts]
    values = np.concatenate([part.values for part in whole], axis=1)
    return Vector(instances, values, np.concatenate([part.present for part in whole], axis=1))


def _union(left: tuple[Labels, ...], right: tuple[Labels, ...]) -> tuple[Labels, ...]:
    return left if left == right else tuple(sorted({*left, *right}))
