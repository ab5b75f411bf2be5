"""How often each family of questions is put to the driver.

A family is what a circuit breaker opens for and what driver time is counted by.
"""

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
"""Seconds from one turn of a family to its next, 0 for every reading. Rings hold 10 s, so samples are drained often."""


KEEP_TURNS: Final = 3
"""Values older than so many turns of their family vanish from the page."""

ON_REQUEST: Final = frozenset({"processes"})
"""Families that cost the driver much and are of no use to most."""


def due(interval: float, reading: int, wanted: frozenset[str] = frozenset()) -> tuple[str, ...]:
    """The families whose turn it is at the n-th reading, in order: all at the first; `wanted` of those on request."""
    unwanted = ON_REQUEST - wanted
    return tuple(
        name for name, every in FAMILIES.items() if reading % _stride(every, interval) == 0 and name not in unwanted
    )


def lasts(family: str, interval: float) -> float:
    """Seconds from one turn of a family to its next when readings are `interval` seconds apart."""
    return _stride(FAMILIES[family], interval) * interval


def keeps(family: str, interval: float) -> float:
    """Seconds for which a family's answers are shown: three of its turns."""
    return KEEP_TURNS * lasts(family, interval)


def _stride(every: float, interval: float) -> int:
    return max(1, round(every / interval))
