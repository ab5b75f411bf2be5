"""What live evaluation remembers from round to round: composed sums by error ratio, and states by alert."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from native.ranges import Profile, Series
from slo.alerts import Batch
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
        states = Batch(
            np.concatenate((self.states.status, other.states.status)),
            np.concatenate((self.states.times, other.states.times), axis=1),
        )
        return Memory(self.ratios + other.ratios, self.watches + other.watches, sums, states)

    def of(self, program: Compiled) -> "Memory":
        """What is remembered of the error ratios and alerts of a program, in its order; KeyError for one unknown."""
        ratio = {each.key: place for place, each in enumerate(self.ratios)}
        watch = {each.key: place for place, each in enumerate(self.watches)}
        ratios = np.array([ratio[each.key] for each in program.ratios], np.intp)
        watches = np.array([watch[each.key] for each in program.watches], np.intp)
        sums = {window: (bad.only(ratios), total.only(ratios)) for window, (bad, total) in self.sums.items()}
        return Memory(program.ratios, program.watches, sums, self.states.only(watches))


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
    past = Past(program, Series.of((track.timestamps, track.values) for track in tracks), profile)
    empty = RunningSums.empty(len(program.ratios))
    sums = {
        window: past.sums(window, at) if window in program.windows else (empty, empty)
        for window in windows
        if isinstance(window, Composed)
    }
    return Memory(program.ratios, program.watches, sums, past.states(at))


def _behind(sums: Sums, others: Sums) -> Sums:
    return sums[0].behind(others[0]), sums[1].behind(others[1])
