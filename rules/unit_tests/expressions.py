"""Unit tests of alerts on expressions of one's own: what they measure is taken as recorded."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from rules.burning import Conjunction, conjunctions
from rules.recording import static_labels
from rules.rule import Alerting
from rules.unit_tests import spoken
from rules.unit_tests.case import Case, named
from rules.unit_tests.timeline import Clock
from rules.unit_tests.verge import above, below
from slo import names
from slo.duration import Duration
from slo.plan import Alert, Plan

_STEPS: Final = 5


def cases(plan: Plan, alert: Alert, rule: Alerting, clock: Clock) -> Iterator[Case]:
    """For each window pair: both windows burn and recover, one of them alone stays silent, a little less does too."""
    for pair in conjunctions(alert.condition):
        high, low = above(pair[:1]), below(pair)  # levels move at once, so a twentieth shows
        name = f"{alert.name} over {' and '.join(str(each.window.length) for each in pair)}"
        length = _STEPS + -(-alert.hold.ms // clock.every.ms)
        last = Duration(2 * length * clock.every.ms)
        fires = Case(f"{name} fires and recovers", clock.every, _inputs(plan, pair, length, [high] * len(pair)))
        waits = (
            length * clock.every.ms + alert.hold.ms
        )  # the first sample that burns comes one step after the phase ends
        fires.silent(
            alert.name, *(Duration(at) for at in (length * clock.every.ms, waits, 3 * length * clock.every.ms))
        )
        instance = tuple((label, label) for label in plan.slo.by)
        fires.fires(rule, last, instance, spoken.burning(plan, alert, rule, instance, high))
        yield fires
        for quiet in range(len(pair)):
            ratios = [low if place == quiet else high for place in range(len(pair))]
            calm = Case(
                f"{name} stays silent without {pair[quiet].window.length}",
                clock.every,
                _inputs(plan, pair, length, ratios),
            )
            calm.silent(alert.name, last)
            yield calm


def _inputs(plan: Plan, pair: Conjunction, length: int, ratios: list[Decimal]) -> dict[str, str]:
    """Nothing burns, then each window does at its own ratio, then nothing again."""
    labels = {*static_labels(plan), *((label, label) for label in plan.slo.by)}
    return {
        named(names.error_ratio(burning.window.length), labels): f"0x{length} {ratio:f}x{length - 1} 0x{length - 1}"
        for burning, ratio in zip(pair, ratios, strict=True)
    }
