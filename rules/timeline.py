"""The life of an error budget in a unit test: when which events come, and what an alert must say to it.

One window pair is tested at a time. Its budget burns evenly after a rush of good events, which keeps longer windows
from burning, and the pair's long window too until the rush has left it. Four samples fill the short window, and rules
are evaluated once for each short window:

    rush    good events by the thousand, for a short window
    burn    events at one error ratio, until the long window holds nothing else and the alert's `for` is over
    calm    hardly any events, all good: the short window recovers, the long one still burns
"""

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Final

from rules.burning import Conjunction
from slo.duration import Duration

_SAMPLES: Final = 4
_RUSH: Final = 1000


@dataclass(frozen=True, slots=True)
class Phase:
    """`steps` samples, each after `volume` times the usual number of events, of which `ratio` are bad."""

    steps: int
    volume: Fraction
    ratio: Decimal


@dataclass(frozen=True, slots=True)
class Timeline:
    """Phases of samples `step` apart, and evaluations `every` so often.

    A pair that burns is silent at `before`, fires one evaluation later at `after` and is silent when `recovered`.
    """

    step: Duration
    every: Duration
    ratio: Decimal
    phases: tuple[Phase, ...]
    before: Duration
    after: Duration
    recovered: Duration


def timeline(pair: Conjunction, hold: Duration, ratio: Decimal) -> Timeline:
    """The timeline of a window pair whose budget burns at an error ratio."""
    every, step = evaluation(pair), Duration(evaluation(pair).ms // _SAMPLES)
    burning = -(-max(each.window.length.ms for each in pair) // every.ms) - (-hold.ms // every.ms)
    phases = (
        Phase(_SAMPLES, Fraction(_RUSH), Decimal(0)),
        Phase(_SAMPLES * (burning + 1), Fraction(1), ratio),
        Phase(_SAMPLES * 2, Fraction(1, _RUSH), Decimal(0)),
    )
    before, after, recovered = (Duration(at * every.ms) for at in (burning, burning + 1, burning + 4))
    return Timeline(step, every, ratio, phases, before, after, recovered)


def evaluation(pair: Conjunction) -> Duration:
    """How often rules are evaluated to test a pair: once for each short window."""
    return min(each.window.length for each in pair)
