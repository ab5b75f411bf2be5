"""Unit tests of alerts on counted events: each pair fires and recovers in time; a lone window stays silent too."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import Final

from rules.burning import conjunctions
from rules.recording import static_labels
from rules.rule import Alerting
from rules.unit_tests import spoken
from rules.unit_tests.case import Case, named, series
from rules.unit_tests.timeline import Clock, Phase, Timeline, fires, stays_silent
from rules.unit_tests.traffic import Event, Traffic, traffic
from rules.unit_tests.verge import above, below
from slo import names
from slo.duration import Duration
from slo.plan import Alert, Plan
from slo.sli import Events
from slo.window import Composed

_EVENTS: Final = 1_000_000
"""Events in a step: enough for every error ratio to be a whole number of them."""
_NONE: Final = Fraction(0)
_RUSH: Final = 1000
"""How many times more of them come in a rush."""


def cases(plan: Plan, alert: Alert, rule: Alerting, clock: Clock) -> Iterator[Case]:
    """The tests of one alert; ValueError where no series can be found for its SLI."""
    for pair in conjunctions(alert.condition):
        sli = pair[0].sli
        if not isinstance(sli, Events):
            raise TypeError("only events make traffic")
        events, rush = traffic(sli), Duration(max(4 * clock.step.ms, clock.every.ms))
        name = f"{alert.name} over {' and '.join(str(each.window.length) for each in pair)}"
        burn = fires(pair, alert.hold, above(pair), clock.every, rush)
        case = Case(f"{name} fires and recovers", clock.step, _inputs(plan, alert, burn, events, clock))
        case.silent(alert.name, *burn.silent)
        case.firing(alert.name, *burn.firing)
        if burn.told is not None:
            texts = spoken.burning(plan, alert, rule, events.instance, above(pair))
            case.fires(rule, burn.told, events.instance, texts)
        yield case
        if len(pair) > 1:
            continue  # two steps before it was due the alert was silent: that tells more than silence for ever
        calm = stays_silent(pair, alert.hold, below(pair), clock.every, rush)
        case = Case(f"{name} stays silent", clock.step, _inputs(plan, alert, calm, events, clock))
        case.silent(alert.name, *calm.silent)
        yield case


def _inputs(plan: Plan, alert: Alert, line: Timeline, events: Traffic, clock: Clock) -> dict[str, str]:
    """The counters, and what is recorded of them where a window is composed: those are too coarse to be recorded."""
    counters = sorted({*events.good, *events.bad, *events.partly})
    each_step = [_scaled(events.event(Fraction(phase.ratio)), _volume(phase)) for phase in line.phases]
    steps = [phase.length.ms // clock.step.ms for phase in line.phases]
    found = {
        series(counter): _rising([event.get(counter, _NONE) for event in each_step], steps) for counter in counters
    }
    windows = {each.window for pair in conjunctions(alert.condition) for each in pair}
    for of in sorted({window.of for window in windows if isinstance(window, Composed)}):
        labels = {*static_labels(plan), *events.instance}
        total = [Fraction(_volume(phase)) for phase in line.phases]
        bad = [volume * Fraction(phase.ratio) for volume, phase in zip(total, line.phases, strict=True)]
        found[named(names.total_events(of), labels)] = _flat(total, steps)
        found[named(names.bad_events(of), labels)] = _flat(bad, steps)
    return found


def _scaled(event: Event, volume: int) -> Event:
    return {counter: share * volume for counter, share in event.items()}


def _rising(increments: Sequence[Fraction], steps: Sequence[int]) -> str:
    """A counter over the phases, in promtool's notation: start, then `first+increment x further samples`."""
    parts, level = ["0"], Fraction(0)
    for increment, count in zip(increments, steps, strict=True):
        parts.append(f"{_plain(level + increment)}+{_plain(increment)}x{count - 1}")
        level += increment * count
    return " ".join(parts)


def _flat(levels: Sequence[Fraction], steps: Sequence[int]) -> str:
    """A gauge over the phases; it has no first sample."""
    return " ".join(["_", *(f"{_plain(level)}x{count - 1}" for level, count in zip(levels, steps, strict=True))])


def _volume(phase: Phase) -> int:
    return _EVENTS * (_RUSH if phase.rush else 1)


def _plain(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else f"{float(value):.15g}"
