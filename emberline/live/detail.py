"""From a snapshot and a burn-down to the words of one instance's page."""

import math
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from typing import Final

from emberline import words
from emberline.evaluation import Result, WindowBurn
from emberline.live.burndown import BurnDown
from emberline.live.chart import chart
from emberline.live.hardware import NONE
from emberline.live.present import alert_view, head, href, instance, row_views, runbook, title
from emberline.live.snapshot import Snapshot
from emberline.live.view import InstanceView, PairView
from slo.burning import Conjunction, conjunctions, windows_of
from slo.condition import Burning

_SCALE: Final = 2
"""A bar is so many factors long: its mark is in the middle, and what burns faster than that fills it."""


def found(snapshot: Snapshot, row: str, labels: Mapping[str, str]) -> Result | None:
    """The instance of a row with exactly these labels, None without one."""
    wanted = dict(labels)
    return next((each for each in snapshot.results if each.plan.slo.id == row and dict(each.labels) == wanted), None)


def instance_view(snapshot: Snapshot, result: Result, curve: BurnDown | None, at: int) -> InstanceView:
    """The page of an instance at `at` (ms since the epoch)."""
    slo = result.plan.slo
    siblings = [each for each in snapshot.results if each.plan.slo.id == slo.id and each.labels != result.labels]
    return InstanceView(
        head=head(snapshot, at),
        row=row_views([result])[0],
        area=title(slo.area),
        about=slo.description,
        facts=tuple(_facts(result)),
        runbook=runbook(slo.runbook),
        json=href(slo.id, result.labels, "/api/slos/"),
        chart=None if curve is None else chart(curve),
        pairs=tuple(_pairs(result)),
        alerts=tuple(alert_view(result, state, at) for state in result.alerts),
        corrections=tuple(
            (_moment(each.correction.from_), _moment(each.correction.to), each.correction.reason)
            for each in result.corrections
        ),
        others=tuple((instance(each.labels) or each.plan.slo.name, href(slo.id, each.labels)) for each in siblings),
    )


def _facts(result: Result) -> Iterator[tuple[str, str]]:
    """What there is to say beside the curve, by name."""
    slo, left = result.plan.slo, result.error_budget_remaining
    yield "Period", f"{_moment(result.period.start)} to {_moment(result.period.end)}"
    if left is not None and math.isfinite(left):
        lasting = result.time_to_exhaustion
        yield "Budget left", words.percent(left)
        yield "At this pace it lasts", NONE if lasting is None else words.age(lasting)
    if result.coverage is not None:
        yield "Coverage", words.percent(result.coverage)
    for traffic in result.minimum_traffic:
        if traffic.seen is not None and traffic.seen < traffic.needed:
            windows = " and ".join(map(str, traffic.windows))
            needed = f"{traffic.needed:.0f} events in {windows}, there were {traffic.seen:.0f}"
            yield "Too little traffic", f"one bad event pages below {needed}"
    if result.overcounted:
        yield "Counts do not add up", "more events are good, or bad, than there are"
    if slo.decision:
        yield "Our decision", slo.decision


def _pairs(result: Result) -> Iterator[PairView]:
    """Each window of each pair that burns an alert, fastest first."""
    burns = {str(burn.window.length): burn for burn in result.windows}
    for alert in (alert for alert in result.plan.alerts if alert.kind != "static"):
        for pair in conjunctions(alert.condition):
            yield from (_pair(alert.kind, pair, each, burns.get(str(each.window.length))) for each in pair)


def _pair(kind: str, pair: Conjunction, burning: Burning, burn: WindowBurn | None) -> PairView:
    rate, factor = None if burn is None else burn.burn_rate, float(burning.factor)
    known = rate is not None and not math.isnan(rate)
    share = min(rate / factor / _SCALE, 1.0) if rate is not None and known else 0.0
    return PairView(
        alert=kind,
        pair=windows_of(pair),
        window=str(burning.window.length),
        rate=words.rate(rate) if rate is not None and known else NONE,
        factor=words.rate(factor),
        hot=known and rate is not None and rate > factor,
        length=f"{max(share, 0) * 100:.1f}",
        mark=f"{100 / _SCALE:.0f}",
    )


def _moment(at: int) -> str:
    return f"{datetime.fromtimestamp(at / 1000, UTC):%Y-%m-%d %H:%M} UTC"
