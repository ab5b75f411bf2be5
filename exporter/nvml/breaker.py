"""Circuit breaker of one GPU and one family of questions: a fold over what happened, with time as an argument."""

from dataclasses import dataclass
from typing import Final

REST_INTERVALS: Final = 10
"""The first rest of a family, in intervals between two readings."""
LONGEST_REST: Final = 600.0
"""Seconds after which even the slowest family is tried again."""


@dataclass(frozen=True, slots=True)
class Breaker:
    """Closed while answers come in time; open for a rest that doubles with each question that did not.

    After the rest one question is let through; its answer closes the breaker, its delay opens it again. `rest` is the
    first rest, `until` the end of the present one (monotonic seconds).
    """

    rest: float
    overruns: int = 0
    until: float = 0.0

    @property
    def closed(self) -> bool:
        """Whether the last question was answered in time."""
        return self.overruns == 0

    def allows(self, at: float) -> bool:
        """Whether a question may be put at this moment."""
        return at >= self.until

    def overrun(self, at: float) -> "Breaker":
        """After a question that was not answered in time."""
        rest = min(LONGEST_REST, self.rest * 2.0 ** min(self.overruns, 16))
        return Breaker(self.rest, self.overruns + 1, at + rest)

    def remaining(self, at: float) -> float:
        """Seconds of rest that are left."""
        return max(0.0, self.until - at)

    def returned(self, at: float) -> "Breaker":
        """After a question that had no answer in time returned at last: the next may be put at once."""
        return Breaker(self.rest, self.overruns, min(self.until, at))

    def answered(self) -> "Breaker":
        """After an answer in time."""
        return Breaker(self.rest)
