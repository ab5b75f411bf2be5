"""Unit tests of the burning alerts of rows that are measured in time slices.

They read verdicts, one an evaluation. What an alert must say to those is counted out here, window by window: how many
of the slices that fit into it were bad.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate, groupby, pairwise
from typing import Final

from rules.recording import static_labels
from rules.rule import Alerting
from rules.unit_tests import spoken
from rules.unit_tests.case import MOST_SAMPLES, Case, named
from rules.unit_tests.timeline import STEPS, lengths
from rules.unit_tests.untestable import Untestable
from rules.unit_tests.verge import above
from slo import names
from slo.burning import Conjunction, conjunctions, windows_of
from slo.duration import Duration
from slo.plan import Alert, Plan
from slo.selector import Labels

_GOOD: Final = 1
_BAD: Final = 0


@dataclass(frozen=True, slots=True)
class _Verdicts:
    """One verdict an evaluation, from the first on; `until` has the number of bad ones up to each."""

    values: Sequence[int]
    until: Sequence[int]

    def share(self, window: int, at: int) -> Decimal:
        """The bad ones among the last `window` up to and with that at `at`, of all that fit in there."""
        before = self.until[at - window] if at >= window else 0
        return Decimal(self.until[at] - before) / window


def cases(plan: Plan, alert: Alert, rule: Alerting, every: Duration, instance: Labels) -> Iterator[Case]:
    """The tests of a page or ticket, for each window pair; Untestable where promtool cannot hold the verdicts."""
    pairs, unit = conjunctions(alert.condition), plan.interval.ms
    if max(lengths(pair)[1] for pair in pairs) > MOST_SAMPLES * unit:
        raise Untestable(f"promtool reads at most {MOST_SAMPLES} verdicts at once, and its windows hold more")
    series = named(names.SLICE_GOOD, {*static_labels(plan), *instance})
    for pair in pairs:
        found, burnt = _burn(pair, pairs, unit)
        stride = every.ms // unit
        began, over = _turns(found, pairs, unit, stride)
        told = burnt // stride * stride
        name = f"{alert.name} over {windows_of(pair)} fires and recovers"
        case = Case(name, plan.interval, {series: _notation(found.values)})
        case.silent(alert.name, *(Duration(at * unit) for at in (began - STEPS * stride, over + STEPS * stride)))
        case.firing(alert.name, *(Duration(at * unit) for at in (began + STEPS * stride, over - STEPS * stride)))
        ratio = next(value for each in pairs if (value := _burning(found, each, unit, told)) is not None)
        case.fires(rule, Duration(told * unit), instance, spoken.burning(plan, alert, rule, instance, ratio))
        yield case


def _burn(pair: Conjunction, pairs: Sequence[Conjunction], unit: int) -> tuple[_Verdicts, int]:
    """Good ones for a short window, bad ones until the pair burns with a full short window, and good ones.

    No longer than that: bad ones are held against how many verdicts fit into a window, not against how many there are.
    Half as many bad ones as the pair takes come earlier, for a window that is longer than its own to show by them.
    Beside the verdicts the last evaluation of the burn. Bad ones come evenly, or one after the other where they would
    be too rare for the short window to hold as many as it takes.
    """
    short, long = (length // unit for length in lengths(pair))
    longest = max(lengths(each)[1] for each in pairs) // unit
    threshold, ratio = pair[0].threshold, above(pair)
    if int(ratio * short) <= threshold * short:
        ratio = Decimal(1)
    burn = max(int(threshold * long / ratio) + 1, short) + long // 8
    longer = [each[0].threshold * lengths(each)[1] / unit for each in pairs if lengths(each)[1] // unit > long]
    room = longer and min(longer) > 2 * threshold * long  # or the longer pair would burn first
    earlier = [_BAD] * int(threshold * long / 2) if room else []
    before = [_GOOD] * short + earlier + [_GOOD] * long
    values = before + _spread(ratio, burn) + [_GOOD] * (longest + 1)
    return _Verdicts(values, list(accumulate(value == _BAD for value in values))), len(before) + burn - 1


def _turns(found: _Verdicts, pairs: Sequence[Conjunction], unit: int, stride: int) -> tuple[int, int]:
    """The first evaluation at which some pair burns, and the first after that at which none does any more."""
    burns = [any(_burning(found, pair, unit, at) for pair in pairs) for at in range(0, len(found.values), stride)]
    began = burns.index(True)
    return began * stride, burns.index(False, began) * stride


def _burning(found: _Verdicts, pair: Conjunction, unit: int, at: int) -> Decimal | None:
    """The error ratio over the first window of a pair where all of its windows burn at an evaluation."""
    shares = [found.share(each.window.length.ms // unit, at) for each in pair]
    burns = all(share > each.threshold for share, each in zip(shares, pair, strict=True))
    return shares[0] if burns else None


def _spread(ratio: Decimal, count: int) -> list[int]:
    """Verdicts of which `ratio` are bad, evenly."""
    bad = [int(ratio * number) for number in range(count + 1)]
    return [_BAD if after > before else _GOOD for before, after in pairwise(bad)]


def _notation(verdicts: Sequence[int]) -> str:
    """Runs of equal samples in promtool's notation."""
    runs = ((value, len(list(run))) for value, run in groupby(verdicts))
    return " ".join(str(value) if count == 1 else f"{value}x{count - 1}" for value, count in runs)
