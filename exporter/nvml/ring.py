"""What the driver's ring of samples says, drained again and again: nothing counted twice, nothing lost in silence."""

from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median
from typing import Final

_MICROSECONDS: Final = 1e6
_SILENCE: Final = 60.0
_FULL: Final = 60
"""Samples that a full ring has at least: a drain of fewer cannot have lost any."""
_GAP: Final = 2.0
"""A step longer than so many ordinary ones is a gap, of which nothing is known beyond that length."""


@dataclass(frozen=True, slots=True)
class Drained:
    """What one drain added: seconds weighted with the value, and samples overwritten before they were read."""

    weighted_seconds: float = 0.0
    lost: int = 0


@dataclass(frozen=True, slots=True)
class Summary:
    """Time-weighted average, maximum and 95th percentile of the values in the window."""

    average: float
    most: float
    p95: float


class Ring:
    """One ring of one GPU; `window` is how many seconds the summary reaches back.

    The clock of the samples is the driver's (µs since whenever), so it is compared with itself only.
    """

    def __init__(self, window: float) -> None:
        self._window = window * _MICROSECONDS
        self._kept: deque[tuple[int, float, float]] = deque()  # time in µs, value, seconds it stands for
        self._cursor: int | None = None
        self._depth = 0
        self._heard = self._looked = float("-inf")
        self._looks_back = False

    @property
    def cursor(self) -> int:
        """The time of the newest sample seen, from which the next drain goes on; 0 before the first."""
        return self._cursor or 0

    def since(self, at: float) -> int:
        """From which time on to ask: from the newest sample seen, or once in a long silence for everything.

        A driver whose clock was set back would otherwise never again have anything newer.
        """
        self._looks_back = at - max(self._heard, self._looked) > _SILENCE
        if self._looks_back:
            self._looked = at
        return 0 if self._looks_back else self.cursor

    def drain(self, samples: Iterable[Iterable[float]], at: float) -> Drained:
        """Take in what the ring holds; `at` in monotonic seconds.

        The first drain adds nothing: nobody knows how much of it was counted before. A sample stands for the time
        since the one before it, at most twice the ordinary step.
        """
        told = sorted((int(time), value) for time, value in samples)
        if self._looks_back and told and told[-1][0] < self.cursor:  # the clock was set back
            self._cursor = None
            self._kept.clear()
        new = [(time, value) for time, value in told if time > self.cursor]
        if not new:
            return Drained()
        first, before = self._cursor is None, self._cursor or new[0][0]
        steps = self._steps(before, [time for time, _ in new])
        lost = 0 if first or len(new) < max(self._depth, _FULL) else self._lost(new[0][0] - before, steps)
        longest = _GAP * self._ordinary(steps)
        seconds = [min(step, longest) / _MICROSECONDS for step in steps]
        self._kept.extend((time, value, lasted) for (time, value), lasted in zip(new, seconds, strict=True))
        self._cursor, self._depth, self._heard = new[-1][0], max(self._depth, len(new)), at
        self._trim()
        weighted = sum(value * lasted for (_, value), lasted in zip(new, seconds, strict=True))
        return Drained(0.0 if first else weighted, lost)

    def summary(self, at: float) -> Summary | None:
        """Of the samples in the window; None where the last one came longer ago, as on an idle GPU."""
        total = sum(lasted for _, _, lasted in self._kept)
        if not total or at - self._heard > self._window / _MICROSECONDS:
            return None
        average = sum(value * lasted for _, value, lasted in self._kept) / total
        return Summary(average, max(value for _, value, _ in self._kept), self._quantile(0.95 * total))

    def _quantile(self, seconds: float) -> float:
        """The least value that so much of the time was not exceeded."""
        passed, reached = 0.0, 0.0
        for reached, lasted in sorted((value, lasted) for _, value, lasted in self._kept):  # noqa: B007 - the last one stays
            passed += lasted
            if passed >= seconds:
                break
        return reached

    def _steps(self, before: int, times: list[int]) -> list[int]:
        return [time - earlier for earlier, time in zip([before, *times], times, strict=False)]

    def _ordinary(self, steps: list[int]) -> float:
        """The median step, of those kept and the new ones."""
        known = [lasted * _MICROSECONDS for _, _, lasted in self._kept if lasted]
        return median([*known, *(step for step in steps if step)] or [0])

    def _lost(self, gap: int, steps: list[int]) -> int:
        """Samples that were overwritten: the ring was full, and its oldest does not follow on the newest seen."""
        ordinary = self._ordinary(steps[1:])
        return max(0, round(gap / ordinary) - 1) if ordinary and gap > _GAP * ordinary else 0

    def _trim(self) -> None:
        while self._kept and self._kept[0][0] <= self.cursor - self._window:
            self._kept.popleft()
