"""Unit tests for `promtool test rules`: each alert fires when it should, and only then.

For every window pair of an alert one test burns the budget a little faster than allowed (silent, firing, silent
again) and one a little slower (silent). Series, thresholds and texts come from the Plan, so a rule file whose alert
is missing, reads other windows or compares with another number fails.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any, Final

from rules.alerting import alerting
from rules.annotation import filled
from rules.burning import Conjunction, conjunctions
from rules.promql import Vector, text
from rules.recording import static_labels
from rules.series import Counter
from rules.timeline import Timeline, timeline
from rules.traffic import Traffic, traffic
from rules.verge import above, below
from slo.duration import Duration
from slo.plan import Alert, Plan
from slo.selector import Labels, Matcher
from slo.sli import Events

_EVENTS: Final = 1_000_000
"""Events in a step: enough for every error ratio to be a whole number of them."""


@dataclass(frozen=True, slots=True)
class UnitTest:
    """One promtool test, as its YAML mapping, and how often rules are evaluated in it."""

    every: Duration
    content: dict[str, Any]


def unit_tests(plan: Plan) -> Iterator[UnitTest]:
    """Two tests for each window pair of each alert; ValueError where no series can be found for an SLI."""
    for alert in plan.alerts:
        for pair in conjunctions(alert.condition):
            yield from _pair_tests(plan, alert, pair)


def unit_test_file(rule_file: str, every: Duration, tests: Sequence[UnitTest]) -> dict[str, Any]:
    """The content of a test file; `rule_file` is relative to it."""
    return {
        "rule_files": [rule_file],
        "evaluation_interval": str(every),
        "tests": [test.content for test in tests if test.every == every],
    }


def _pair_tests(plan: Plan, alert: Alert, pair: Conjunction) -> Iterator[UnitTest]:
    sli = pair[0].sli
    if not isinstance(sli, Events):
        raise TypeError("only events make traffic")
    events = traffic(sli)
    fast, slow = (timeline(pair, alert.hold, ratio) for ratio in (above(pair), below(pair)))
    fires = [_fires(plan, alert, events.instance, fast.ratio)]
    name = f"{alert.name} over {' and '.join(str(each.window.length) for each in pair)}"
    moments = [(fast.before, []), (fast.after, fires), (fast.recovered, [])]
    yield UnitTest(fast.every, _test(f"{name} fires and recovers", alert, fast, events, moments))
    yield UnitTest(slow.every, _test(f"{name} stays silent", alert, slow, events, [(slow.after, [])]))


def _test(
    name: str, alert: Alert, line: Timeline, events: Traffic, moments: list[tuple[Duration, list[Any]]]
) -> dict[str, Any]:
    return {
        "name": name,
        "interval": str(line.step),
        "input_series": [
            {"series": series(counter), "values": values} for counter, values in sorted(_values(line, events).items())
        ],
        "alert_rule_test": [
            {"eval_time": str(at), "alertname": alert.name, "exp_alerts": alerts} for at, alerts in moments
        ],
    }


def _fires(plan: Plan, alert: Alert, instance: Labels, ratio: Decimal) -> dict[str, Any]:
    annotations = alerting(plan, alert).annotations
    return {
        "exp_labels": dict(sorted({*static_labels(plan), *instance, *alert.labels})),
        "exp_annotations": {name: filled(words, instance, ratio, plan.sli.budget) for name, words in annotations},
    }


def _values(line: Timeline, events: Traffic) -> dict[Counter, str]:
    """Each counter over the phases, in promtool's notation: start, then `first+increment x further samples`."""
    found: dict[Counter, list[str]] = {}
    level: dict[Counter, Fraction] = {}
    counters = {*events.good, *events.bad, *events.partly}
    for phase in line.phases:
        event = events.event(Fraction(phase.ratio))
        for counter in counters:
            increment = event.get(counter, Fraction(0)) * phase.volume * _EVENTS
            start = level.get(counter, Fraction(0))
            found.setdefault(counter, ["0"]).append(
                f"{_plain(start + increment)}+{_plain(increment)}x{phase.steps - 1}"
            )
            level[counter] = start + increment * phase.steps
    return {counter: " ".join(parts) for counter, parts in found.items()}


def _plain(value: Fraction) -> str:
    return str(value.numerator) if value.denominator == 1 else f"{float(value):.15g}"


def series(counter: Counter) -> str:
    """A counter as promtool and exposition formats write it."""
    return text(Vector(counter.metric, tuple(Matcher(label, "=", value) for label, value in counter.labels)))
