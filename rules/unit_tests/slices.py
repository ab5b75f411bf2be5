"""Unit tests of rows that are measured in time slices.

Their burning alerts read verdicts. Both ticket pairs spend the same share of the budget, so on evenly measured time
they fire together; a rush of measured slices keeps the longer one silent.
"""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from itertools import groupby
from typing import Final

from rules.burning import Conjunction, conjunctions
from rules.recording import static_labels
from rules.rule import Alerting
from rules.unit_tests import spoken
from rules.unit_tests.case import MOST_SAMPLES, Case, Untestable, named
from rules.unit_tests.timeline import Phase, fires, lengths
from rules.unit_tests.verge import above
from slo import names
from slo.duration import Duration
from slo.plan import Alert, Plan
from slo.selector import Labels

_SPACINGS: Final = tuple(map(Duration.parse, ("10m", "5m", "2m", "1m", "30s", "15s", "10s", "5s", "2s", "1s")))
"""How far apart verdicts may come; dense enough for the short window to show the error ratio."""
_RUSH: Final = 2
"""How many times denser they come in the rush before a ticket."""


def cases(plan: Plan, alert: Alert, rule: Alerting, every: Duration, instance: Labels) -> Iterator[Case]:
    """The tests of a page or ticket, for each window pair; Untestable where no density of verdicts would show it."""
    pairs = conjunctions(alert.condition)
    longest = max(lengths(pair)[1] for pair in pairs)
    spacing, dense = _spacing(pairs, every), _RUSH if every > plan.interval else 1
    step = Duration(spacing.ms // dense)
    series = named(names.SLICE_GOOD, {*static_labels(plan), *instance})
    for pair in pairs:
        short, long = lengths(pair)
        name = f"{alert.name} over {' and '.join(str(each.window.length) for each in pair)}"
        rush = Duration(max(longest - long, every.ms))
        burn = fires(pair, alert.hold, above(pair), every, rush, grain=int(spacing.ms / above(pair)))
        verdicts = _verdicts(burn.phases, step, dense)
        case = Case(f"{name} fires and recovers", step, {series: _notation(verdicts)})
        case.silent(alert.name, *burn.silent)
        case.firing(alert.name, *burn.firing)
        if burn.told is not None:
            ratio = _bad_share(verdicts, burn.told.ms // step.ms, short // step.ms)
            case.fires(rule, burn.told, instance, spoken.burning(plan, alert, rule, instance, ratio))
        yield case


def _spacing(pairs: Sequence[Conjunction], every: Duration) -> Duration:
    """The widest spacing of verdicts at which every short window holds enough bad ones to burn, wherever it begins."""
    longest = max(lengths(pair)[1] for pair in pairs)
    for spacing in _SPACINGS:
        if longest * _RUSH // spacing.ms > MOST_SAMPLES:
            break
        if spacing <= every and all(_shows(pair, lengths(pair)[0] // spacing.ms) for pair in pairs):
            return spacing
    raise Untestable(f"promtool reads at most {MOST_SAMPLES} verdicts at once, too few to show a budget so small")


def _shows(pair: Conjunction, verdicts: int) -> bool:
    return int(above(pair) * verdicts) > pair[0].threshold * verdicts


def _verdicts(phases: Sequence[Phase], step: Duration, dense: int) -> list[int | None]:
    """One verdict a step: 1 good, 0 bad, None not measured; bad ones are spread evenly."""
    found: list[int | None] = [1]
    for phase in phases:
        owed = Decimal(0)
        for sample in range(1, phase.length.ms // step.ms + 1):
            if not phase.rush and sample % dense:
                found.append(None)
                continue
            owed += phase.ratio
            found.append(0 if owed >= 1 else 1)
            owed -= owed >= 1
    return found


def _bad_share(verdicts: list[int | None], at: int, samples: int) -> float:
    measured = [each for each in verdicts[at - samples + 1 : at + 1] if each is not None]
    return measured.count(0) / len(measured)


def _notation(verdicts: Sequence[int | None]) -> str:
    """Runs of equal samples in promtool's notation."""
    return " ".join(_run(value, len(list(run))) for value, run in groupby(verdicts))


def _run(value: int | None, count: int) -> str:
    if value is None:
        return "_" if count == 1 else f"_x{count}"
    return str(value) if count == 1 else f"{value}x{count - 1}"
