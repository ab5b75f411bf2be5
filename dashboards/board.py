"""A dashboard as a value: rows of panels that read top to bottom as a diagnosis."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from rules.promql import Expr

Shape: TypeAlias = Literal["timeseries", "stat"]


@dataclass(frozen=True, slots=True)
class Query:
    """One PromQL query, and how its series are called: `legend` uses `{{label}}` for the labels it names."""

    expr: Expr
    legend: str


@dataclass(frozen=True, slots=True)
class Step:
    """From `above` on, a value is shown in `color`."""

    above: float
    color: Literal["green", "yellow", "orange", "red", "blue"]


@dataclass(frozen=True, slots=True)
class Panel:
    """One picture. `description` teaches what good looks like; `unit` is a Grafana unit id.

    `steady` says why its values need not move within minutes (a state, a limit); empty where they must.
    """

    title: str
    description: str
    queries: tuple[Query, ...]
    unit: str
    shape: Shape = "timeseries"
    width: int = 12
    minimum: float | None = None
    maximum: float | None = None
    steps: tuple[Step, ...] = ()
    steady: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """Panels that answer one question."""

    title: str
    panels: tuple[Panel, ...]


@dataclass(frozen=True, slots=True)
class Variable:
    """A choice at the top of the dashboard: the values that `label` has on `metric` under the choices before it."""

    name: str
    title: str
    metric: str
    label: str


@dataclass(frozen=True, slots=True)
class Board:
    """A dashboard. `uid` never changes, so that links and bookmarks keep working."""

    id: str
    uid: str
    title: str
    description: str
    tags: tuple[str, ...]
    variables: tuple[Variable, ...]
    rows: tuple[Row, ...]

    @property
    def panels(self) -> Iterator[Panel]:
        """Every panel, top to bottom."""
        return (panel for row in self.rows for panel in row.panels)
