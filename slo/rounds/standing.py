"""A program on the move: its windows over the series, and what it remembers."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from native.ranges import Profile
from native.ranges.algebra import Column
from slo.alerts import Batch, advance
from slo.program import Compiled
from slo.rounds.conditions import Shape, burning, shapes
from slo.rounds.counts import Counts
from slo.rounds.layout import Layout, layout
from slo.rounds.memory import Memory
from slo.rounds.round import Round
from slo.rounds.source import History, Moving

Events = tuple[Column, Column]
"""Bad and total, by row of the layout and error ratio."""


@dataclass(slots=True, eq=False)
class Standing:
    """What stays the same from round to round while no series comes or goes, and the memory that does not."""

    compiled: Compiled
    memory: Memory
    counts: Counts
    layout: Layout
    shapes: tuple[Shape, ...]
    moving: Moving

    @classmethod
    def of(
        cls, compiled: Compiled, memory: Memory, history: History, series: NDArray[np.int64], profile: Profile
    ) -> "Standing":
        """The standing of a program whose series have these numbers in the history."""
        program = compiled.program
        rows = layout(compiled.windows, program.interval, closed=profile.closed)
        moving = history.moving(series, rows.offsets, rows.lengths, profile)
        return cls(compiled, memory, Counts.of(program, profile), rows, shapes(program), moving)

    def first(self, at: int) -> Round:
        """The round at which the memory stands already."""
        return self._round(at, self.counts.events(*self.moving.increase(at)), self.memory.states)

    def settle(self, at: int) -> Events:
        """Bad and total at an evaluation; what has become certain by now joins the sums."""
        events = self.counts.events(*self.moving.increase(at))
        for points in self.layout.composed:
            for sums, (values, present) in zip(self.memory.sums[points.window], events, strict=True):
                sums.join((values[points.joining], present[points.joining]))
                sums.leave((values[points.leaving], present[points.leaving]))
        return events

    def advance(self, at: int) -> Round:
        """The round at `at`, one interval after what was settled last."""
        program = self.compiled.program
        found = self._round(at, self.settle(at), self.memory.states)
        burns = burning(program, *found.error_ratio)
        holding = np.zeros(len(program.holds), np.bool_)
        for shape in self.shapes:
            holding[shape.alerts] = shape.holding(burns)
        states = advance(self.memory.states, holding, at, program.holds, program.keeps)
        self.memory = replace(self.memory, states=states)
        return replace(found, states=states)

    def _round(self, at: int, events: Events, states: Batch) -> Round:
        shape = (len(self.compiled.windows), len(self.compiled.ratios))
        bad, total = ((np.zeros(shape), np.zeros(shape, np.bool_)) for _ in events)
        measured = np.zeros(shape, np.int64)
        places = {window: place for place, window in enumerate(self.compiled.windows)}
        for into, found in zip((bad, total), events, strict=True):
            for window, row in self.layout.direct.items():
                into[0][places[window]], into[1][places[window]] = found[0][row], found[1][row]
        for points in self.layout.composed:
            place, rows = places[points.window], points.youngest
            for into, found, sums in zip((bad, total), events, self.memory.sums[points.window], strict=True):
                into[0][place], into[1][place] = sums.with_(*((found[0][row], found[1][row]) for row in rows))
            seen = self.memory.sums[points.window][1].points
            measured[place] = seen + sum(events[1][1][row].astype(np.int64) for row in rows)
        return Round(at, self.compiled, bad, total, measured, states)
