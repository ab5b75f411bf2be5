"""Unit tests of alerts on counted events: each pair fires and recovers in time; a lone window stays silent too."""

from collections.abc import Iterator
from fractions import Fraction
from typing import Final

from rules.burning import conjunctions
from rules.recording import static_labels
from rules.rule import Alerting
from rules.unit_tests import spoken
from rules.unit_tests.case import Case, named, series
from rules.unit_tests.series import Counter
from rules.unit_tests.timeline import Clock, Phase, Timeline, fires, stays_silent
from rules.unit_tests.traffic import Traffic, traffic
from rules.unit_tests.verge import above, below
from slo import names
from slo.duration import Duration
from slo.plan import Alert, Plan
from slo.sli import Events
from slo.window import Composed

_EVENTS: Final = 1_000_000
"""Events in a step: enough for every error ratio to be a whole number of them."""
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
    found = {series(counter): _values(line.phases, counter, events, clock) for counter in counters}
    windows = {each.window for pair in conjunctions(alert.condition) for each in pair}
    for of in sorted({window.of for window in windows if isinstance(window, Composed)}):
        labels = {*static_labels(plan), *events.instance}
        levels = [(phase.length.ms // clock.step.ms, _volume(phase), phase.ratio) for phase in line.phases]
        found[named(names.total_events(of), labels)] = " ".join(["_", *(f"{each}x{n - 1}" for n, each, _ in levels)])
        bad = (f"{_plain(Fraction(ratio) * volume)}x{n - 1}" for n, volume, ratio in levels)
        found[named(names.bad_events(of), labels)] = " ".join(["_", *bad])
    return found


def _values(phases: tuple[Phase, ...], counter: Counter, events: Traffic, clock: Clock) -> str:
    """A counter over the phases, in promtool's notation: start, then `first+increment x further samples`."""
    parts, level = ["0"], Fraction(0)
    for phase in phases:
        steps = phase.length.ms // clock.step.ms
        increment = events.event(Fraction(phase.ratio)).get(counter, Fraction(0)) * _volume(phase)
        parts.append(f"{_plain(level + increment)}+{_plain(increment)}x{steps - 1}")
        level += increment * steps
    return " ".join(parts)


def _volume(phase: Phase) -> int:
    return _EVENTS * (_RUSH if phase.rush else 1)


def _plain(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else f"{float(value):.15g}"
