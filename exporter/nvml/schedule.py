"""How often each family of questions is put to the driver.

A family is what a circuit breaker opens for and what driver time is counted by. Readings are as far apart as the
operator wishes; the rings of samples hold ten seconds all the same, so that between two readings there are turns for
them alone.
"""

from math import ceil
from typing import Final

FAMILIES: Final = {
    "utilization": 0.0,
    "memory": 0.0,
    "temperature": 0.0,
    "power": 0.0,
    "clocks": 0.0,
    "fields": 0.0,
    "samples": 2.0,
    "codec": 2.0,
    "profiling": 2.0,
    "instances": 2.0,
    "processes": 5.0,
    "status": 10.0,
    "limits": 60.0,
}
"""Seconds from one turn of a family to its next, 0 for every reading; but for `samples` never less than an interval."""
_DRAINED: Final = "samples"


KEEP_TURNS: Final = 3
"""Values older than so many turns of their family vanish from the page."""

ON_REQUEST: Final = frozenset({"processes"})
"""Families that cost the driver much and are of no use to most."""


def turn(interval: float) -> float:
    """Seconds from one turn to the next when readings are `interval` seconds apart: often enough to drain the rings."""
    return interval / max(1, ceil(interval / FAMILIES[_DRAINED]))


def due(interval: float, number: int, wanted: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """The families that the n-th turn belongs to, in order: all at the first; `wanted` of those on request."""
    unwanted = ON_REQUEST - wanted
    return tuple(name for name in FAMILIES if number % _stride(name, interval) == 0 and name not in unwanted)


def lasts(family: str, interval: float) -> float:
    """Seconds from one turn of a family to its next when readings are `interval` seconds apart."""
    return _stride(family, interval) * turn(interval)


def keeps(family: str, interval: float) -> float:
    """Seconds for which a family's answers are shown: three of its turns."""
    return KEEP_TURNS * lasts(family, interval)


def _stride(family: str, interval: float) -> int:
    every = FAMILIES[family] if family == _DRAINED else max(FAMILIES[family], interval)
    return max(1, round(every / turn(interval)))
