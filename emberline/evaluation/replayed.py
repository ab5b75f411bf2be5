"""An alert through time, up to an evaluation."""

from dataclasses import dataclass
from typing import Self

from emberline.evaluation.result import AlertState
from slo.alerts import INACTIVE, State, replay
from slo.horizon import watched
from slo.plan import Alert, Plan
from slo.readings import Readings
from slo.selector import Labels
from slo.verdict import holding


@dataclass(frozen=True, slots=True)
class Replayed:
    """The state of an alert in the end, for every instance that its condition speaks of."""

    alert: Alert
    states: dict[Labels, State]

    @classmethod
    def of(cls, plan: Plan, alert: Alert, readings: Readings, at: int) -> Self:
        """The alert of a plan, replayed up to `at` in ms since the epoch."""
        grid = watched(plan, alert, at)
        held = holding(alert.condition, readings, grid)
        final = replay(held.present, grid.times, alert.hold.ms).final
        return cls(alert, {labels: final[row] for row, labels in enumerate(held.instances)})

    @property
    def about_the_row(self) -> bool:
        """Whether it speaks of the row as a whole: what is missing has no instances."""
        return self.alert.kind == "no-data"

    @property
    def active(self) -> tuple[Labels, ...]:
        """For which it is pending or firing; the row as a whole is without labels."""
        return tuple(labels for labels, state in self.states.items() if state.status != "inactive")

    def state(self, instance: Labels) -> AlertState:
        """The state that an instance of the row has, or shares with all others."""
        state = self.states.get(() if self.about_the_row else instance, INACTIVE)
        return AlertState(self.alert, state.status, state.active_since)
