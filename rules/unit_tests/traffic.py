"""Traffic for an SLI: kinds of events, and how far each moves which counter.

What an event means is computed back through the selectors: traffic is either exactly as bad as it says, or refused.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import TypeAlias

from rules.unit_tests.series import Counter, counters, instances
from slo.selector import Labels, Selector
from slo.sli import Bad, Counted, Events, Interpolated, Remainder

Event: TypeAlias = dict[Counter, Fraction]
"""How far an average event moves each counter."""


@dataclass(frozen=True, slots=True)
class Traffic:
    """Good and bad events of one instance; `partly` bad ones lie inside a bucket and count with a weight."""

    instance: Labels
    good: Event
    bad: Event
    partly: Event
    weight: Fraction

    def event(self, ratio: Fraction) -> Event:
        """The average event at an error ratio; some are partly bad wherever there are such events."""
        partly = min(ratio, 1 - ratio) / 2
        bad = ratio - partly * self.weight
        return _sum((self.bad, bad), (self.partly, partly), (self.good, 1 - bad - partly))


@lru_cache(maxsize=8)  # each alert of a plan asks for the same
def traffic(sli: Events) -> Traffic:
    """Traffic that an SLI sees; ValueError where no series can be found for it."""
    for instance in instances(sli.selectors, sli.by):
        found = _traffic(sli, instance)
        if _counts(sli, found):
            return found
    raise ValueError("its selectors pick no series that would count a good and a bad event once each")


def _sides(bad: Bad) -> tuple[Selector, ...]:
    match bad:
        case Counted(selectors) | Remainder(selectors):
            return selectors
        case Interpolated(lower, upper, _):
            return (lower, upper)


def _traffic(sli: Events, instance: Labels) -> Traffic:
    sides = _sides(sli.bad)
    beside = _beside(sides, sli.total, instance)
    match sli.bad:
        case Counted():
            bad = _among(sides, sli.total, instance)
            return Traffic(instance, beside, bad, bad, Fraction(1))
        case Remainder():
            return Traffic(instance, _among(sides, sli.total, instance), beside, beside, Fraction(1))
        case Interpolated(lower, upper, weight):
            partly = _among((upper,), sli.total, instance)
            good = _sum((partly, Fraction(1)), (_moving(lower, (), instance), Fraction(1)))
            return Traffic(instance, good, beside, partly, 1 - Fraction(weight))


def _among(sides: Sequence[Selector], total: Sequence[Selector], instance: Labels) -> Event:
    """An event that the sides count, and the total too."""
    events = []
    for side in sides:
        event = _moving(side, [other for other in sides if other != side], instance)
        if not _moved(total, event):
            event = _sum((event, Fraction(1)), (_beside(sides, total, instance), Fraction(1)))
        events.append(event)
    return _mean(events)


def _beside(sides: Sequence[Selector], total: Sequence[Selector], instance: Labels) -> Event:
    """An event that the total counts and the sides do not."""
    return _mean([event for each in total if (event := _moving(each, sides, instance))])


def _moving(selector: Selector, avoid: Sequence[Selector], instance: Labels) -> Event:
    found = counters(selector, avoid, instance)
    return {counter: Fraction(1, len(found)) for counter in found}


def _moved(selectors: Sequence[Selector], event: Event) -> Fraction:
    shares = (share for selector in selectors for counter, share in event.items() if counter.counts_for(selector))
    return sum(shares, Fraction(0))


def _badness(bad: Bad, total: Fraction, event: Event) -> Fraction:
    match bad:
        case Counted(selectors):
            return _moved(selectors, event)
        case Remainder(selectors):
            return total - _moved(selectors, event)
        case Interpolated(lower, upper, weight):
            below, within = _moved((lower,), event), _moved((upper,), event)
            return total - (below + (within - below) * Fraction(weight))


def _counts(sli: Events, found: Traffic) -> bool:
    expected = ((found.good, Fraction(0)), (found.bad, Fraction(1)), (found.partly, found.weight))
    totals = [_moved(sli.total, event) for event, _ in expected]
    return all(
        total == 1 and _badness(sli.bad, total, event) == bad
        for total, (event, bad) in zip(totals, expected, strict=True)
    )


def _sum(*parts: tuple[Event, Fraction]) -> Event:
    found: Event = defaultdict(Fraction)
    for event, times in parts:
        for counter, share in event.items():
            found[counter] += share * times
    return dict(found)


def _mean(events: Sequence[Event]) -> Event:
    return _sum(*((event, Fraction(1, len(events))) for event in events))
