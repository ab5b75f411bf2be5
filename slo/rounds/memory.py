"""What live evaluation remembers from round to round: composed sums by error ratio, and states by alert."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from native.ranges import Profile
from slo.alerts import Batch
from slo.instant import packed
from slo.plan import Plan
from slo.program import Compiled, Ratio, Watch, compiled
from slo.rounds.begin import Past
from slo.rounds.sums import RunningSums
from slo.samples import Samples, Track
from slo.selector import Labels, Selector
from slo.window import Composed, Window

Sums = tuple[RunningSums, RunningSums]
"""Of bad and of total."""


@dataclass(frozen=True, slots=True, eq=False)
class Memory:
    """Sums over each composed window, by error ratio, and states, by alert."""

    ratios: tuple[Ratio, ...]
    watches: tuple[Watch, ...]
    sums: Mapping[Composed, Sums]
    states: Batch

    def and_(self, other: "Memory") -> "Memory":
        """What both remember; `other` goes behind."""
        sums = {window: _behind(sums, other.sums[window]) for window, sums in self.sums.items()}
        states = _joined(self.states, other.states)
        return Memory(self.ratios + other.ratios, self.watches + other.watches, sums, states)

    def with_states(self, other: "Memory") -> "Memory":
        """The same with the states that `other` has of its alerts."""
        places = _places(other.watches + self.watches, self.watches)
        return Memory(self.ratios, self.watches, self.sums, _joined(other.states, self.states).only(places))

    def of(self, program: Compiled) -> "Memory":
        """What is remembered of the error ratios and alerts of a program, in its order: nothing of one unknown."""
        ratios, watches = _places(self.ratios, program.ratios), _places(self.watches, program.watches)
        nothing = RunningSums.empty(1), RunningSums.empty(1)
        whole = {window: _behind(sums, nothing) for window, sums in self.sums.items()}
        sums = {window: (bad.only(ratios), total.only(ratios)) for window, (bad, total) in whole.items()}
        states = _joined(self.states, Batch.inactive(1)).only(watches)
        return Memory(program.ratios, program.watches, sums, states)


def recalled(plans: Sequence[Plan], samples: Samples, windows: Iterable[Window], at: int, profile: Profile) -> Memory:
    """What history says of some plans at `at`: what a live evaluation that had always run would remember."""
    tracks: list[Track] = []
    places: dict[Selector, range] = {}

    def numbers(selector: Selector) -> list[tuple[int, Labels]]:
        if selector not in places:
            found = samples.select(selector)
            places[selector] = range(len(tracks), len(tracks) + len(found))
            tracks.extend(found)
        return [(place, tracks[place].labels) for place in places[selector]]

    program = compiled(plans, numbers)
    past = Past(program, packed(tracks), profile)
    empty = RunningSums.empty(len(program.ratios))
    sums = {
        window: past.sums(window, at) if window in program.windows else (empty, empty)
        for window in windows
        if isinstance(window, Composed)
    }
    return Memory(program.ratios, program.watches, sums, past.states(at))


def _places(known: Sequence[Ratio | Watch], wanted: Sequence[Ratio | Watch]) -> NDArray[np.intp]:
    """Where each of the wanted stands first among the known: behind them all if it is not there."""
    places = {each.key: place for place, each in reversed(tuple(enumerate(known)))}
    return np.array([places.get(each.key, len(known)) for each in wanted], np.intp)


def _joined(states: Batch, others: Batch) -> Batch:
    return Batch(np.concatenate((states.status, others.status)), np.concatenate((states.times, others.times), axis=1))


def _behind(sums: Sums, others: Sums) -> Sums:
    return sums[0].behind(others[0]), sums[1].behind(others[1])
