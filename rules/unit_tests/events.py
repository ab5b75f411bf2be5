"""Unit tests of alerts on counted events: each pair fires and recovers in time; a lone window stays silent too."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Final

from rules.recording import static_labels
from rules.rule import Alerting
from rules.unit_tests import spoken
from rules.unit_tests.case import Case, named, series
from rules.unit_tests.series import Counter, decoys, replicas
from rules.unit_tests.timeline import Clock, Phase, Timeline, fires, stays_silent
from rules.unit_tests.traffic import Traffic, traffic
from rules.unit_tests.verge import above, below
from slo import names
from slo.burning import conjunctions, windows_of
from slo.duration import Duration
from slo.plan import Alert, Plan
from slo.selector import Selector
from slo.sli import Events
from slo.window import Composed

_EVENTS: Final = 10_000_000_000
"""Events in a step: so many that counters can rise by whole numbers, whose sums are exact, and show every ratio."""
_RUSH: Final = 1000
"""How many times more of them come in a rush."""


def cases(plan: Plan, alert: Alert, rule: Alerting, clock: Clock) -> Iterator[Case]:
    """The tests of one alert; ValueError where no series can be found for its SLI."""
    for pair in conjunctions(alert.condition):
        sli = pair[0].sli
        if not isinstance(sli, Events):
            raise TypeError("only events make traffic")
        events, rush = traffic(sli), Duration(max(4 * clock.step.ms, clock.every.ms))
        closely = sli.selectors if len(pair) == 1 else ()
        name = f"{alert.name} over {windows_of(pair)}"
        burn = fires(pair, alert.hold, above(pair), clock.every, rush)
        case = Case(f"{name} fires and recovers", clock.step, _inputs(plan, alert, burn, events, clock, closely))
        case.silent(alert.name, *burn.silent)
        case.firing(alert.name, *burn.firing)
        if burn.told is not None:
            texts = spoken.burning(plan, alert, rule, events.instance, above(pair))
            case.fires(rule, burn.told, events.instance, texts)
        yield case
        if len(pair) > 1:
            continue  # two steps before it was due the alert was silent: that tells more than silence for ever
        calm = stays_silent(pair, alert.hold, below(pair), clock.every, rush)
        case = Case(f"{name} stays silent", clock.step, _inputs(plan, alert, calm, events, clock, closely))
        case.silent(alert.name, *calm.silent)
        yield case


def _inputs(
    plan: Plan, alert: Alert, line: Timeline, events: Traffic, clock: Clock, selectors: Sequence[Selector]
) -> dict[str, str]:
    """The counters, and what is recorded of them where a window is composed: those are too coarse to be recorded.

    With `selectors` the counters have replicas and decoys; once is enough, for other windows read them alike.
    """
    counters = sorted({*events.good, *events.bad, *events.partly})
    each_step = [events.event(Fraction(phase.ratio)) for phase in line.phases]
    steps = [phase.length.ms // clock.step.ms for phase in line.phases]
    found: dict[str, str] = {}
    for counter in counters:
        rises = [
            round(event.get(counter, Fraction(0)) * _volume(phase))
            for event, phase in zip(each_step, line.phases, strict=True)
        ]
        found |= _thorough(counter, rises, steps, selectors) if selectors else {series(counter): _rising(rises, steps)}
    windows = {each.window for pair in conjunctions(alert.condition) for each in pair}
    for of in sorted({window.of for window in windows if isinstance(window, Composed)}):
        labels = {*static_labels(plan), *events.instance}
        total = [_volume(phase) for phase in line.phases]
        bad = [round(volume * Fraction(phase.ratio)) for volume, phase in zip(total, line.phases, strict=True)]
        found[named(names.total_events(of), labels)] = _flat(total, steps)
        found[named(names.bad_events(of), labels)] = _flat(bad, steps)
    return found


def _thorough(
    counter: Counter, rises: Sequence[int], steps: Sequence[int], selectors: Sequence[Selector]
) -> dict[str, str]:
    """A counter from two replicas that count unevenly, beside series that the selectors must not pick."""
    first, second = replicas(counter)
    less = [rise // 4 for rise in rises]
    found = {
        series(first): _rising(less, steps),
        series(second): _rising([rise - part for rise, part in zip(rises, less, strict=True)], steps),
    }
    return found | {series(each): _rising([_EVENTS] * len(steps), steps) for each in decoys(counter, selectors)}


def _rising(rises: Sequence[int], steps: Sequence[int]) -> str:
    """A counter over the phases, in promtool's notation: start, then `first+rise x further samples`."""
    parts, level = ["0"], 0
    for rise, count in zip(rises, steps, strict=True):
        parts.append(f"{level + rise}+{rise}x{count - 1}")
        level += rise * count
    return " ".join(parts)


def _flat(levels: Sequence[int], steps: Sequence[int]) -> str:
    """A gauge over the phases; it has no first sample."""
    return " ".join(["_", *(f"{level}x{count - 1}" for level, count in zip(levels, steps, strict=True))])


def _volume(phase: Phase) -> int:
    return _EVENTS * (_RUSH if phase.rush else 1)
