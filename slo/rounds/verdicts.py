"""The verdicts on time slices that live evaluation remembers, one for each evaluation of a period."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from slo.selector import Labels
from slo.vector import Vector

_ABSENT: Final = -1


@dataclass(slots=True, eq=False)
class Verdicts:
    """Verdicts by instance and evaluation, the newest last: (instance, evaluation) int8, 1 good, 0 bad, -1 none."""

    instances: tuple[Labels, ...]
    marks: NDArray[np.int8]

    @classmethod
    def of(cls, verdicts: Vector) -> "Verdicts":
        """The verdicts of consecutive evaluations."""
        return cls(verdicts.instances, _marks(verdicts))

    def record(self, verdict: Vector) -> None:
        """Take the verdicts of the next evaluation; the oldest ones go."""
        if not {*verdict.shown()} <= {*self.instances}:
            self._admit(verdict.shown())
        self.marks[:, :-1] = self.marks[:, 1:]
        self.marks[:, -1] = _marks(verdict.over(self.instances))[:, -1]

    def _admit(self, coming: tuple[Labels, ...]) -> None:
        """Make room for instances that come; those go of which no verdict is left, or they would add up for ever."""
        left = (self.marks != _ABSENT).any(axis=1)
        known = {labels: row for row, labels in enumerate(self.instances) if left[row]}
        instances = tuple(sorted({*known, *coming}))
        marks = np.full((len(instances), self.marks.shape[1]), _ABSENT, np.int8)
        for row, labels in enumerate(instances):
            if labels in known:
                marks[row] = self.marks[known[labels]]
        self.instances, self.marks = instances, marks

    def last(self, evaluations: int) -> Vector | None:
        """The verdicts of the last evaluations; None where not so many are remembered."""
        if evaluations > self.marks.shape[1]:
            return None
        own = self.marks[:, -evaluations:]
        return Vector(self.instances, (own > 0).astype(np.float64), own != _ABSENT)

    def counts(self, evaluations: int) -> tuple[Vector, Vector]:
        """How many slices of the last evaluations were measured, and how many were good: absent without any."""
        own = self.marks[:, -evaluations:]
        total, good = ((own >= least).sum(axis=1, keepdims=True) for least in (0, 1))
        present = total > 0
        return (
            Vector(self.instances, total.astype(np.float64), present),
            Vector(self.instances, good.astype(np.float64), present),
        )


def _marks(verdicts: Vector) -> NDArray[np.int8]:
    return np.where(verdicts.present, verdicts.values, _ABSENT).astype(np.int8)
