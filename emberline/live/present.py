"""From a snapshot to the words of the page."""

import math
from datetime import UTC, datetime
from itertools import groupby
from typing import Final

from dashboards.gpu import MEMORY_USED as USED
from dashboards.gpu import POWER, SM_CLOCK, TEMPERATURE, UP, UTILIZATION
from emberline import words
from emberline.evaluation import AlertState, Result, WindowBurn
from emberline.live.gpus import Gpu
from emberline.live.snapshot import Snapshot
from emberline.live.view import AlertView, AreaView, Burn, GpuView, PageView, RowView, TargetView, Tone
from emberline.sources.scraper import Health
from slo.condition import All, Any, Burning, Condition
from slo.indicator import LatencyIndicator, SliceIndicator
from slo.selector import Labels
from slo.spec import Slo

REFRESH_SECONDS: Final = 15
STALE_SECONDS: Final = 120
_TITLES: Final = {"ai-hub": "AI Hub", "banking": "Open banking"}
_TONES: Final[dict[str, Tone]] = {"met": "good", "not met": "bad", "no data": "warn"}
_UP: Final[dict[bool | None, tuple[str, Tone]]] = {
    True: ("up", "good"),
    False: ("down", "bad"),
    None: ("not scraped yet", "none"),
}
_ALERT_TONES: Final[dict[str, Tone]] = {"firing": "bad", "pending": "warn"}


def view(snapshot: Snapshot, at: int) -> PageView:
    """The page at `at` (ms since the epoch), which may be later than the evaluation it shows."""
    newest = snapshot.newest
    seconds = math.inf if newest is None else (at - newest) / 1000
    evaluated = datetime.fromtimestamp(snapshot.at / 1000, UTC)
    alerts = _alerts(snapshot, at)
    verdicts = [result.verdict for result in snapshot.results]
    return PageView(
        firing=sum(alert.state == "firing" for alert in alerts),
        met=verdicts.count("met"),
        rows=len(verdicts),
        age="never came" if newest is None else f"{words.age(seconds)} old",
        stale=seconds > STALE_SECONDS,
        evaluated=f"{evaluated:%H:%M:%S} UTC",
        evaluated_iso=evaluated.isoformat(),
        refresh_seconds=REFRESH_SECONDS,
        notices=snapshot.notices,
        alerts=alerts,
        areas=_areas(snapshot.results),
        gpus=tuple(map(_gpu, snapshot.gpus)),
        targets=tuple(_target(health, at) for health in snapshot.targets),
    )


def _areas(results: tuple[Result, ...]) -> tuple[AreaView, ...]:
    areas = []
    for area, group in groupby(results, key=lambda result: result.plan.slo.area):
        seen: set[str] = set()
        rows = tuple(_row(result, seen) for result in group)
        areas.append(AreaView(area, _TITLES.get(area, area.capitalize()), rows))
    return tuple(areas)


def _row(result: Result, seen: set[str]) -> RowView:
    slo, left, covered = result.plan.slo, result.error_budget_remaining, result.coverage
    first = slo.id not in seen
    seen.add(slo.id)
    counted = left is not None and not math.isnan(left)
    return RowView(
        id=slo.id,
        name=slo.name,
        instance=_instance(result.labels),
        anchor=first,
        state=result.verdict,
        tone=_TONES.get(result.verdict, "none"),
        note=result.note,
        objective=_objective(slo),
        budget=words.percent(left) if left is not None and counted else "",
        budget_percent=f"{min(max(left, 0), 1) * 100:.1f}" if left is not None and counted else "",
        coverage="" if covered is None else words.percent(covered),
        burns=_burns(result),
    )


def _objective(slo: Slo) -> str:
    share = words.objective(slo.objective)
    match slo.indicator:
        case LatencyIndicator(threshold=threshold):
            return f"{share} ≤ {threshold}"
        case SliceIndicator(good=good):
            return f"{share} {good.op} {good.value}"
        case _:
            return share


def _burns(result: Result) -> tuple[Burn, ...]:
    factors = _factors(tuple(alert.condition for alert in result.plan.alerts if alert.kind != "static"))
    return tuple(_burn(burn, factors.get(str(burn.window.length))) for burn in result.windows[:-1])


def _burn(burn: WindowBurn, factor: float | None) -> Burn:
    rate = burn.burn_rate
    if rate is None or math.isnan(rate):
        return Burn(str(burn.window.length), "–", hot=False)
    return Burn(str(burn.window.length), words.rate(rate), hot=factor is not None and rate > factor)


def _factors(conditions: tuple[Condition, ...]) -> dict[str, float]:
    """Per window the lowest factor that an alert compares its burn rate with."""
    found: dict[str, float] = {}
    for condition in conditions:
        match condition:
            case All(parts) | Any(parts):
                inner = _factors(parts)
            case Burning(_, window, factor):
                inner = {str(window.length): float(factor)}
            case _:
                inner = {}
        for length, factor_of in inner.items():
            found[length] = min(factor_of, found.get(length, math.inf))
    return found


def _alerts(snapshot: Snapshot, at: int) -> tuple[AlertView, ...]:
    pairs = [(r, a) for r in snapshot.results for a in r.alerts if a.status in _ALERT_TONES]
    pairs.sort(key=lambda pair: (pair[1].status != "firing", pair[1].active_at or 0))
    # What is said of a row as a whole stands with each of its instances, and is shown once.
    return tuple(dict.fromkeys(_alert(result, alert, at) for result, alert in pairs))


def _alert(result: Result, state: AlertState, at: int) -> AlertView:
    active = at if state.active_at is None else state.active_at
    return AlertView(
        name=state.alert.name,
        state=state.status,
        tone=_ALERT_TONES[state.status],
        severity=dict(state.alert.labels).get("severity", ""),
        row=result.plan.slo.id,
        instance="" if state.alert.kind == "no-data" else _instance(result.labels),
        since=words.age((at - active) / 1000),
    )


def _instance(labels: Labels) -> str:
    """A single label goes without its name: it is the one that the row is about."""
    return labels[0][1] if len(labels) == 1 else words.pairs(labels)


def _gpu(gpu: Gpu) -> GpuView:
    answers = gpu.value(UP) != 0
    slowed = ", ".join(gpu.throttles)
    used, size = gpu.value(USED), gpu.memory_size
    memory = "–" if used is None or not size else f"{used / 2**30:.1f} of {size / 2**30:.1f} GiB"
    return GpuView(
        index=gpu.index,
        model=gpu.model,
        host=gpu.host,
        state="does not answer" if not answers else f"throttled: {slowed}" if slowed else "ok",
        tone="bad" if not answers else "warn" if slowed else "good",
        utilization=_said(gpu.value(UTILIZATION), "{:.0f} %"),
        memory=memory,
        temperature=_said(gpu.value(TEMPERATURE), "{:.0f} °C"),
        power=_said(gpu.value(POWER), "{:.0f} W"),
        clock="–" if (clock := gpu.value(SM_CLOCK)) is None else f"{clock / 1e6:.0f} MHz",
    )


def _said(value: float | None, form: str) -> str:
    return "–" if value is None else form.format(value)


def _target(health: Health, at: int) -> TargetView:
    state, tone = _UP[health.up]
    return TargetView(
        name=health.target.label["job"],
        url=health.target.url,
        state=state,
        tone=tone,
        error=health.error,
        samples=str(health.samples) if health.up else "–",
        age="–" if health.at is None else f"{words.age((at - health.at) / 1000)} ago",
    )
