"""Unit tests of alerts on expressions of one's own: what they measure is taken as recorded."""

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Final

from rules.recording import static_labels
from rules.rule import Alerting
from rules.unit_tests import spoken
from rules.unit_tests.case import Case, named
from rules.unit_tests.verge import above, below
from slo import names
from slo.burning import Conjunction, conjunctions, windows_of
from slo.duration import Duration
from slo.plan import Alert, Plan
from slo.selector import Labels

_STEPS: Final = 5


def cases(plan: Plan, alert: Alert, rule: Alerting, every: Duration, instance: Labels) -> Iterator[Case]:
    """For each window pair: both windows burn and recover, one of them alone stays silent, a little less does too."""
    for pair in conjunctions(alert.condition):
        high, low = above(pair[:1]), below(pair)  # levels move at once, so a twentieth shows
        name = f"{alert.name} over {windows_of(pair)}"
        length = _STEPS + -(-alert.hold.ms // every.ms)
        last = Duration(2 * length * every.ms)
        fires = Case(
            f"{name} fires and recovers",
            every,
            _inputs({*static_labels(plan), *instance}, pair, length, [high] * len(pair)),
        )
        # The first sample that burns comes one step after its phase begins.
        calm_until, back = length * every.ms, 3 * length * every.ms
        fires.silent(alert.name, *map(Duration, (calm_until, calm_until + alert.hold.ms, back)))
        fires.fires(rule, last, instance, spoken.burning(plan, alert, rule, instance, high))
        yield fires
        for quiet in range(len(pair)):
            ratios = [low if place == quiet else high for place in range(len(pair))]
            calm = Case(
                f"{name} stays silent without {pair[quiet].window.length}",
                every,
                _inputs({*static_labels(plan), *instance}, pair, length, ratios),
            )
            calm.silent(alert.name, last)
            yield calm


def _inputs(labels: Iterable[tuple[str, str]], pair: Conjunction, length: int, ratios: list[Decimal]) -> dict[str, str]:
    """Nothing burns, then each window does at its own ratio, then nothing again."""
    return {
        named(names.error_ratio(burning.window.length), labels): f"0x{length} {ratio:f}x{length - 1} 0x{length - 1}"
        for burning, ratio in zip(pair, ratios, strict=True)
    }
