"""The routing tree of an Alertmanager, and what becomes of an alert in it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import product
from typing import Final, TypeAlias

from slo.duration import Duration
from slo.selector import Matcher

Position: TypeAlias = tuple[int, ...]
"""Where a route stands: its index among its siblings, after those of its parents. The root's is ()."""

_ANOTHER: Final = "another"
"""A label value that no matcher names."""


@dataclass(frozen=True, slots=True)
class Route:
    """A node of the tree; what is None or empty is its parent's, the receiver excepted.

    An alert that enters it goes on to the siblings behind it if it `continues`. Notifications wait until the time
    interval `active` where there is one.
    """

    receiver: str
    matchers: tuple[Matcher, ...] = ()
    group_by: tuple[str, ...] = ()
    group_wait: Duration | None = None
    group_interval: Duration | None = None
    repeat_interval: Duration | None = None
    active: str = ""
    continues: bool = False
    routes: tuple["Route", ...] = ()


def entered(route: Route, labels: Mapping[str, str]) -> dict[Position, Route]:
    """The routes that an alert enters, parents before children; none where it does not match."""
    if not all(matcher.matches(labels.get(matcher.label, "")) for matcher in route.matchers):
        return {}
    found: dict[Position, Route] = {(): route}
    for index, child in enumerate(route.routes):
        inside = {(index, *at): each for at, each in entered(child, labels).items()}
        found |= inside
        if inside and not child.continues:
            break
    return found


def receivers(route: Route, labels: Mapping[str, str]) -> tuple[str, ...]:
    """The receivers that are told of an alert: those of the routes it enters and goes no deeper from."""
    found = entered(route, labels)
    left = {at[:-1] for at in found if at}
    return tuple(dict.fromkeys(each.receiver for at, each in found.items() if at not in left))


def unreachable(route: Route) -> tuple[Position, ...]:
    """The routes that no alert enters, whatever its labels: siblings before them, or their parents, keep all away."""
    reached = {at for labels in _combinations(route) for at in entered(route, labels)}
    return tuple(at for at in positions(route) if at not in reached)


def positions(route: Route) -> dict[Position, Route]:
    """Every route of the tree, parents before children."""
    found: dict[Position, Route] = {(): route}
    for index, child in enumerate(route.routes):
        found |= {(index, *at): each for at, each in positions(child).items()}
    return found


def _combinations(route: Route) -> Iterator[dict[str, str]]:
    """Label sets that tell all routes apart, as long as patterns are a list of values, or ask for any."""
    values: dict[str, dict[str, None]] = {}
    for matcher in (matcher for each in positions(route).values() for matcher in each.matchers):
        first, _, _ = matcher.value.partition("|")
        values.setdefault(matcher.label, {"": None, _ANOTHER: None})[first] = None
    for chosen in product(*values.values()):
        yield dict(zip(values, chosen, strict=True))
