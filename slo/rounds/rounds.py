"""Live evaluation, round after round."""

from collections.abc import Sequence
from functools import reduce
from typing import Final

import numpy as np

from native.ranges import PROM_3_5, Profile
from slo.duration import Duration
from slo.plan import Plan
from slo.program import Compiled, compiled
from slo.rounds.layout import UNCERTAIN
from slo.rounds.memory import Memory, recalled
from slo.rounds.round import Round
from slo.rounds.source import History
from slo.rounds.standing import Standing
from slo.selector import Labels, Selector
from slo.sli import Events

_PATIENCE: Final = Duration.parse("10m")
"""How long composed sums may lack samples that came too late: history is dear to ask."""
_TOGETHER: Final = 32
"""Plans whose history is unpacked at once."""


class Rounds:
    """All plans of counted events together, evaluated every interval.

    The first round is worked out from history; from then on a round costs what samples came and went, as long as no
    series does and no sample goes before its time. Evaluations that were missed count in the sums over composed windows
    all the same, from the samples.
    """

    def __init__(self, plans: Sequence[Plan], history: History, at: int, profile: Profile = PROM_3_5) -> None:
        self._plans = tuple(plan for plan in plans if isinstance(plan.sli, Events))
        self._history = history
        self._profile = profile
        self._version, self._shortened_to = history.version, history.shortened_to
        self._late, self._begun = False, at
        history.arrivals()
        self._standing = self._open(at, None)
        self.latest: Round = self._standing.first(at)

    def advance(self, at: int) -> Round:
        """The round at `at`, a whole number of intervals after the last one; ValueError for any other time."""
        last, interval = self.latest.at, self.latest.compiled.program.interval
        if at <= last or (at - last) % interval:
            raise ValueError(f"{at - last} ms after the last evaluation there is none, they are {interval} ms apart")
        self._follow(last)
        for slot in range(last + interval, at, interval):
            self._standing.settle(slot)
        self.latest = self._standing.advance(at)
        return self.latest

    def _follow(self, at: int) -> None:
        """Begin anew where series have come or gone, and without memory where samples have: they cannot leave sums.

        So can samples not that come too late to join them, such as those that bring a time of their own.
        """
        version, shortened_to = self._history.version, self._history.shortened_to
        oldest = self._history.arrivals()
        joined = at - UNCERTAIN * self.latest.compiled.program.interval
        self._late = self._late or (oldest is not None and oldest <= joined)
        if shortened_to != self._shortened_to:
            self._standing = self._open(at, None)
        elif self._late and at - self._begun >= _PATIENCE.ms:
            self._standing = self._open(at, None, self._standing.memory)
        elif version != self._version:
            self._standing = self._open(at, self._standing.memory)
        self._version, self._shortened_to = version, shortened_to

    def _open(self, at: int, memory: Memory | None, states: Memory | None = None) -> Standing:
        """The standing of what is there now; `states` are alerts that go on whatever history says of them."""
        if memory is None:
            self._late, self._begun = False, at
        places: dict[int, int] = {}

        def numbers(selector: Selector) -> list[tuple[int, Labels]]:
            found = self._history.numbers(selector)
            return [(places.setdefault(number, len(places)), labels) for number, labels in found]

        program = compiled(self._plans, numbers)
        whole = self._recalled(program, at, memory)
        if states is not None:
            whole = whole.with_states(states)
        series = np.array(list(places), np.int64)
        return Standing.of(program, whole.of(program), self._history, series, self._profile)

    def _recalled(self, program: Compiled, at: int, memory: Memory | None) -> Memory:
        """What is remembered, and what history says of the plans that have error ratios or alerts beyond that."""
        known = {ratio.key for ratio in memory.ratios} if memory else set()
        fresh = list({ratio.plan.slo.id: ratio.plan for ratio in program.ratios if ratio.key not in known}.values())
        chunks = [fresh[first : first + _TOGETHER] for first in range(0, max(1, len(fresh)), _TOGETHER)]
        recall = (recalled(chunk, self._history, program.windows, at, self._profile) for chunk in chunks)
        return reduce(Memory.and_, recall if memory is None else (memory, *recall))
