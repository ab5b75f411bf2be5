"""The few kinds of panels that all boards are made of."""

from dataclasses import dataclass
from typing import Final, TypeAlias

from dashboards.board import Color, Link, Panel, Query, Step
from dashboards.quantity import Quantity

Asked: TypeAlias = Quantity | Query


@dataclass(frozen=True, slots=True)
class Marks:
    """How values are judged: `base` is the color below the first step."""

    steps: tuple[Step, ...] = ()
    base: Color = "green"


PLAIN: Final = Marks()
"""Values that are neither good nor bad."""
ANY: Final = Marks((Step(1, "red"),))
"""One is one too many."""


def from_above(warn: float, bad: float) -> Marks:
    """Less is better: orange from one bound on, red from another."""
    return Marks((Step(warn, "orange"), Step(bad, "red")))


def from_below(bad: float, good: float) -> Marks:
    """More is better: red, orange from one bound on, green from another."""
    return Marks((Step(bad, "orange"), Step(good, "green")), "red")


def stat(
    title: str,
    teaches: str,
    asked: Asked,
    *,
    width: int = 4,
    marks: Marks = PLAIN,
    steady: str = "",
    link: Link | None = None,
    decimals: int | None = None,
) -> Panel:
    """One number, and its last hours behind it."""
    query = _query(asked, title)
    return Panel(
        title,
        teaches,
        (query,),
        query.unit,
        "stat",
        width,
        4,
        base=marks.base,
        steps=marks.steps,
        steady=steady,
        link=link,
        decimals=decimals,
    )


def lines(
    title: str,
    teaches: str,
    *asked: Asked,
    width: int = 12,
    height: int = 8,
    minimum: float | None = 0,
    maximum: float | None = None,
    marks: Marks = PLAIN,
    steady: str = "",
    stacked: bool = False,
    link: Link | None = None,
) -> Panel:
    """Values over time; a quantity's series are called by its labels, or by the title of the panel."""
    queries = tuple(_query(each, title) for each in asked)
    return Panel(
        title,
        teaches,
        queries,
        _unit(title, queries),
        width=width,
        height=height,
        minimum=minimum,
        maximum=maximum,
        base=marks.base,
        steps=marks.steps,
        steady=steady,
        stacked=stacked,
        link=link,
    )


def table(
    title: str, teaches: str, key: tuple[str, ...], *columns: Query, width: int = 24, height: int = 8, steady: str = ""
) -> Panel:
    """A line for each combination of the labels `key`, now."""
    return Panel(title, teaches, columns, "short", "table", width, height, steady=steady, key=key)


def heat(title: str, teaches: str, asked: Quantity, *, width: int = 12) -> Panel:
    """How values of a histogram spread, over time."""
    return Panel(title, teaches, (asked.named("{{le}}"),), asked.unit, "heatmap", width)


def text(title: str, markdown: str, *, width: int = 24, height: int = 8) -> Panel:
    """Something to read."""
    return Panel(title, "What the SLO tables promise.", (), "none", "text", width, height, text=markdown)


def _query(asked: Asked, title: str) -> Query:
    if isinstance(asked, Query):
        return asked
    return asked.named(" ".join(f"{{{{{label}}}}}" for label in asked.by) or title)


def _unit(title: str, queries: tuple[Query, ...]) -> str:
    units = {query.unit for query in queries}
    if len(units) != 1:
        raise ValueError(f"{title}: one panel has one unit, not {', '.join(sorted(units))}")
    return units.pop()
