"""A dashboard as a value: rows of panels that read top to bottom as a diagnosis."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, TypeAlias

from rules.promql import Expr

Shape: TypeAlias = Literal["timeseries", "stat", "table", "heatmap", "text"]
Color: TypeAlias = Literal["green", "yellow", "orange", "red", "blue"]


@dataclass(frozen=True, slots=True)
class Link:
    """Where to read on: `url` is a path on the same Grafana, or an address that the user named."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Step:
    """From `above` on, a value is shown in `color`."""

    above: float
    color: Color


@dataclass(frozen=True, slots=True)
class Query:
    """One PromQL query, and how its series are called: `legend` uses `{{label}}` for the labels it names.

    In a table it is a column of that name, with a unit, steps, a link and digits of its own.
    """

    expr: Expr
    legend: str
    unit: str = ""
    steps: tuple[Step, ...] = ()
    link: Link | None = None
    decimals: int | None = None


@dataclass(frozen=True, slots=True)
class Panel:
    """One picture. `description` teaches what good looks like; `unit` is a Grafana unit id.

    `steady` says why its values need not move within minutes (a state, a limit); empty where they must. A table has
    a line for each combination of the labels `key`; `base` is the color below the first step. `decimals` are digits
    that must be seen: of 99.95 % Grafana shows three. A text has no query.
    """

    title: str
    description: str
    queries: tuple[Query, ...]
    unit: str
    shape: Shape = "timeseries"
    width: int = 12
    height: int = 8
    minimum: float | None = None
    maximum: float | None = None
    base: Color = "green"
    steps: tuple[Step, ...] = ()
    steady: str = ""
    stacked: bool = False
    key: tuple[str, ...] = ()
    link: Link | None = None
    decimals: int | None = None
    text: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """Panels that answer one question; a `folded` row asks its queries once it is opened."""

    title: str
    panels: tuple[Panel, ...]
    folded: bool = False


@dataclass(frozen=True, slots=True)
class Variable:
    """A choice at the top of the dashboard: the values that `label` has on `metrics` under the choices before it.

    "All" stands for `everything`: `.+`, or `.*` where series may lack the label.
    """

    name: str
    title: str
    metrics: tuple[str, ...]
    label: str
    everything: str = ".*"


@dataclass(frozen=True, slots=True)
class Pick:
    """A choice of one among names known beforehand: value and what is shown for it."""

    name: str
    title: str
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Board:
    """A dashboard. `uid` never changes, so that links and bookmarks keep working.

    `alerts` picks the firing alerts that are marked in its graphs.
    """

    id: str
    uid: str
    title: str
    description: str
    tags: tuple[str, ...]
    variables: tuple[Variable | Pick, ...]
    rows: tuple[Row, ...]
    alerts: Expr | None = None
    links: tuple[Link, ...] = ()

    @property
    def panels(self) -> Iterator[Panel]:
        """Every panel, top to bottom."""
        return (panel for row in self.rows for panel in row.panels)
