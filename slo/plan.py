"""The Plan: what one SLO means, worked out once. Rules, dashboards and engine are readings of it."""

from dataclasses import dataclass
from typing import Literal

from slo.condition import Condition
from slo.duration import Duration
from slo.selector import Labels
from slo.sli import Events, Sli
from slo.spec import Slo
from slo.window import Window


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert of one SLO: it fires once `condition` has held for `hold`.

    `labels` are the static ones (severity, priority, area, slo, and namespace unless it is in `by`); each
    instance adds its `by` labels.
    """

    name: str
    kind: Literal["page", "ticket", "static"]
    condition: Condition
    hold: Duration
    labels: Labels
    action: str | None = None


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that follows from one SLO.

    `windows` ascend and end with the period. `static` is the sibling SLI of a latency row's static alert
    (its own threshold, same total); None where the alert burns the row's own SLI. Rules are evaluated
    every `interval`.
    """

    slo: Slo
    sli: Sli
    static: Events | None
    windows: tuple[Window, ...]
    alerts: tuple[Alert, ...]
    interval: Duration

    @property
    def period(self) -> Window:
        """The window over which the objective is promised."""
        return self.windows[-1]
