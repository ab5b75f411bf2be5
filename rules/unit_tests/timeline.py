"""The life of an error budget in a unit test: when which events come, and what an alert must say to it.

One window pair is tested at a time, on traffic that is flat but for a rush of good events at the start, which keeps
every window longer than the pair's own from burning:

    rush    good events by the thousand
    clean   good events, until the long window L holds nothing else
    burn    events at the error ratio e, until the alert fires, and a little longer
    calm    good events, until it recovers

For a threshold f b (factor times budget), the alert is due f b L / e after the burn began, as the long window needs
that many bad events, plus its `for`; it is over S (1 - f b / e) after the burn ended, when the short window S has let
enough of them go (SRE Workbook, chapter 5).
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from slo.burning import Conjunction
from slo.duration import Duration

_FINE: Final = Duration.parse("6h")
"""The longest window that is tested with samples as dense as scrapes are."""
STEPS: Final = 2
"""Evaluations between a computed instant and the moments at which the alert must be silent, or fire."""


@dataclass(frozen=True, slots=True)
class Clock:
    """Samples every `step`, evaluations every `every`."""

    step: Duration
    every: Duration


SCRAPES: Final = Clock(Duration.parse("15s"), Duration.parse("1m"))
"""For pages and static alerts: a scrape's interval, and that of their rule groups."""
TENTHS: Final = Clock(Duration.parse("10m"), Duration.parse("10m"))
"""For tickets, which look back for days."""


@dataclass(frozen=True, slots=True)
class Phase:
    """A length of time at one error ratio; a rush has far more events in it."""

    length: Duration
    ratio: Decimal
    rush: bool = False


@dataclass(frozen=True, slots=True)
class Timeline:
    """Phases in their order, and moments: `silent` ones, `firing` ones, and `told`: the short window is all burn."""

    phases: tuple[Phase, ...]
    silent: tuple[Duration, ...]
    firing: tuple[Duration, ...] = ()
    told: Duration | None = None


def is_fine(pair: Conjunction) -> bool:
    """Whether a pair is tested with samples as dense as scrapes are, and not once every ten minutes."""
    return lengths(pair)[1] <= _FINE.ms


def fires(pair: Conjunction, hold: Duration, ratio: Decimal, every: Duration, rush: Duration) -> Timeline:
    """The timeline of a budget that burns faster than the pair allows."""
    short, long = lengths(pair)
    around, every_ms = STEPS * every.ms, every.ms
    share = pair[0].threshold / ratio
    clean, calm = (
        _up(long, every_ms),
        _up(short + 2 * around, every_ms),
    )  # phases are of whole steps, windows need not be
    began = rush.ms + clean
    due = began + int(share * long) + hold.ms
    full = max(due, began + short)  # from then on the short window holds nothing but the burn
    ended = _up(full + 2 * around, every_ms)
    over = ended + int(short * (1 - share))
    phases = (
        Phase(rush, Decimal(0), rush=True),
        Phase(Duration(clean), Decimal(0)),
        Phase(Duration(ended - began), ratio),
        Phase(Duration(calm), Decimal(0)),
    )
    return Timeline(
        phases,
        silent=(_down(due - around, every_ms), Duration(_up(over + around, every_ms))),
        firing=(Duration(_up(due + around, every_ms)), _down(over - around, every_ms)),
        told=Duration(ended),
    )


def stays_silent(pair: Conjunction, hold: Duration, ratio: Decimal, every: Duration, rush: Duration) -> Timeline:
    """The timeline of a budget that burns for ever, but slower than the pair allows."""
    short, long = lengths(pair)
    length = Duration(_up(long + short + hold.ms, every.ms))
    return Timeline((Phase(rush, Decimal(0), rush=True), Phase(length, ratio)), (Duration(rush.ms + length.ms),))


def lengths(pair: Conjunction) -> tuple[int, int]:
    """The short and the long window of a pair, in ms; one window is both."""
    found = [each.window.length.ms for each in pair]
    return min(found), max(found)


def _up(ms: int, every: int) -> int:
    return -(-ms // every) * every


def _down(ms: int, every: int) -> Duration:
    return Duration(ms // every * every)
