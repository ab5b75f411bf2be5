"""All that is asked about one GPU, and by whom: a call that never returns costs its own family of questions only."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from threading import Lock
from types import MappingProxyType
from typing import Final

from exporter.nvml.ask import REOPEN, Ask
from exporter.nvml.breaker import Breaker
from exporter.nvml.families import GONE, Families, Found
from exporter.nvml.line import Line, Mark
from exporter.nvml.reading import ANSWERS, Gpu, Identity, State
from exporter.nvml.worker import Worker

_PATIENT_DEADLINES: Final = 2
"""A turn of many calls may take as many deadlines before a GPU that says nothing counts as wedged."""

GIVEN_UP: Final = 3
"""So many threads of one GPU may be out in calls that do not return; then nothing more is asked about it."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How long one call may take, a family rests after its first overrun, and summaries of samples reach back."""

    deadline: float
    rest: float
    window: float


class Owner:
    """Puts the questions about the GPU of this index, one at a time, and holds a breaker for each family.

    `resting` are families that start with their breaker open, and for how many seconds; `mark` is told of each call
    before it begins.
    """

    def __init__(
        self,
        index: int,
        ask: Ask,
        pace: Pace,
        *,
        mark: Mark = lambda _: None,
        resting: Mapping[str, float] = MappingProxyType({}),
    ) -> None:
        self._index = index
        self._ask = ask
        self._pace = pace
        self._mark = mark
        self._families = Families(pace.window)
        self._began = False
        self._answered = time.monotonic()
        self._breakers: dict[str, Breaker] = {}
        self._lock = Lock()
        self._found: dict[str, Found] = {}
        self._gaps: dict[str, dict[str, str]] = {}
        self._told: dict[str, str] | None = None
        self._given_up: list[Worker] = []
        self._worker = self._hire(None)
        for family, seconds in resting.items():
            self._breakers[family] = Breaker(pace.rest, 1, time.monotonic() + seconds)

    def begin(self, families: Iterable[str]) -> None:
        """Put the questions of these families, as far as their breakers allow and no earlier call is still out."""
        at = time.monotonic()
        self._welcome_back(at)
        if self._overdue(at) and len(self._given_up) < GIVEN_UP:
            self._give_up(at)
        self._began = self._worker.idle
        if self._began and (self._worker.identity or self._allows("identity", at)):
            self._worker.turn(family for family in families if self._allows(family, at))

    def wait(self, seconds: float) -> bool:
        """Whether the turn is over within so many seconds; one that could not begin is not waited for."""
        return self._worker.wait(seconds if self._began else 0.0)

    def collect(self, until: float) -> Gpu:
        """What was answered since the last time, complete no later than `until` (monotonic seconds)."""
        worker = self._worker
        in_time = self.wait(until - time.monotonic())
        found = self._take()
        state, detail = self._state(worker, found, in_time=in_time)
        return Gpu(
            self._index,
            state,
            worker.identity,
            groups={family: got.values for family, got in found.items() if state in ANSWERS},
            counts=_sum(got.counts for got in found.values()),
            spent=worker.line.spent(),
            instances=found["instances"].instances if "instances" in found else None,
            processes=found["processes"].processes if "processes" in found else None,
            gaps=self._news(),
            detail=detail,
        )

    @property
    def reopen(self) -> bool:
        """Whether the last turn was refused for a reason that only a new process can mend."""
        error = self._worker.error
        return error is not None and error.code in REOPEN

    def _state(self, worker: Worker, found: dict[str, Found], *, in_time: bool) -> tuple[State, str]:
        """`in_time`: the turn is over."""
        if in_time and worker.error is not None:
            return GONE.get(worker.error.code, "failed"), str(worker.error)
        if in_time and found and not any(got.values for got in found.values()):
            return "failed", next((why for got in found.values() for why in got.gaps.values()), "it answers nothing")
        late = {family for family, breaker in list(self._breakers.items()) if not breaker.closed}
        if not in_time:
            late.add(worker.line.family)
        if not late:
            self._answered = time.monotonic()
            return "ok", ""
        at = time.monotonic()
        self._answered = at if found else self._answered
        answers = bool(found) or (not in_time and at - self._answered <= _PATIENT_DEADLINES * self._pace.deadline)
        return "slow" if answers else "wedged", f"the driver does not answer in time: {', '.join(sorted(late))}"

    def _report(self, family: str, found: Found | None) -> None:
        if found is None:  # what is known is not asked again, however long it took
            self._worker.line.late.discard(family)
        else:
            with self._lock:
                earlier = self._found.get(family)
                if earlier is not None:  # counted, and not yet collected
                    found.counts = _sum([earlier.counts, found.counts])
                self._found[family] = found
                self._gaps[family] = found.gaps
        if family in self._worker.line.late:
            self._worker.line.late.remove(family)
            self._overrun(family, time.monotonic())
        elif family in self._breakers:
            self._breakers[family] = self._breakers[family].answered()

    def _take(self) -> dict[str, Found]:
        with self._lock:
            found, self._found = self._found, {}
        return found

    def _news(self) -> dict[str, str] | None:
        """Why values are missing, where that is another story than last time."""
        gaps = {name: why for family in list(self._gaps.values()) for name, why in family.items()}
        if gaps == self._told:
            return None
        self._told = gaps
        return gaps

    def _allows(self, family: str, at: float) -> bool:
        if any(worker.line.family == family for worker in self._given_up):
            return False
        breaker = self._breakers.get(family)
        return breaker is None or breaker.allows(at)

    def _overdue(self, at: float) -> bool:
        return self._worker.line.waits(at) > self._pace.deadline

    def _give_up(self, at: float) -> None:
        """Leave the call that is out to its thread, and go on without its family."""
        worker = self._worker
        self._overrun(worker.line.family, at)
        worker.line.hang_up()
        self._given_up.append(worker)
        self._worker = self._hire(worker.identity)

    def _overrun(self, family: str, at: float) -> None:
        self._breakers[family] = self._breakers.get(family, Breaker(self._pace.rest)).overrun(at)

    def _welcome_back(self, at: float) -> None:
        """Calls that have returned after all: their families may be asked again."""
        for worker in [worker for worker in self._given_up if not worker.alive]:
            self._given_up.remove(worker)
            family = worker.line.family
            self._breakers[family] = self._breakers.get(family, Breaker(self._pace.rest)).returned(at)

    def _hire(self, identity: Identity | None) -> Worker:
        line = Line(self._ask, str(self._index), self._pace.deadline, self._mark)
        return Worker(line, self._families, identity, self._report)


def _sum(counts: Iterable[dict[str, float]]) -> dict[str, float]:
    total: dict[str, float] = {}
    for entry in counts:
        for name, added in entry.items():
            total[name] = total.get(name, 0.0) + added
    return total
