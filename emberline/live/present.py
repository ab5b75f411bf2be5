"""From a snapshot to the words of the first page."""

import math
from collections.abc import Iterable
from datetime import UTC, datetime
from functools import lru_cache
from itertools import chain, groupby
from typing import Final, TypeAlias
from urllib.parse import quote, urlencode

from emberline import words
from emberline.evaluation import AlertState, Result, WindowBurn
from emberline.live.hardware import NONE, gpu_view, model_view, target_view
from emberline.live.snapshot import Snapshot
from emberline.live.view import AlertView, AreaView, Burn, HeadView, PageView, RowView, Tone
from slo.burning import burnings
from slo.indicator import LatencyIndicator, SliceIndicator
from slo.plan import Plan
from slo.selector import Labels
from slo.spec import Slo

REFRESH_SECONDS: Final = 15
STALE_SECONDS: Final = 120
_TITLES: Final = {"ai-hub": "AI Hub", "banking": "Open banking"}
_TONES: Final[dict[str, Tone]] = {"met": "good", "not met": "bad", "no data": "warn"}
_ALERT_TONES: Final[dict[str, Tone]] = {"firing": "bad", "pending": "warn"}

_Watched: TypeAlias = tuple[str, float]
"""A window, and the factor beyond which its burn rate is hot."""


def view(snapshot: Snapshot, at: int) -> PageView:
    """The page at `at` (ms since the epoch), which may be later than the evaluation it shows."""
    top = head(snapshot, at)
    return PageView(
        **{name: getattr(top, name) for name in HeadView.__slots__},
        alerts=_alerts(snapshot, at),
        areas=_areas(snapshot.results),
        gpus=tuple(map(gpu_view, snapshot.gpus)),
        models=tuple(map(model_view, snapshot.models)),
        targets=tuple(target_view(health, at) for health in snapshot.targets),
    )


def head(snapshot: Snapshot, at: int) -> HeadView:
    """What stands at the top of every page."""
    newest = snapshot.newest
    seconds = math.inf if newest is None else (at - newest) / 1000
    evaluated = datetime.fromtimestamp(snapshot.at / 1000, UTC)
    verdicts = [result.verdict for result in snapshot.results]
    return HeadView(
        firing=sum(state.status == "firing" for _, state in active(snapshot)),
        met=verdicts.count("met"),
        rows=len(verdicts),
        age="never came" if newest is None else f"{words.age(seconds)} old",
        stale=seconds > STALE_SECONDS,
        evaluated=f"{evaluated:%H:%M:%S} UTC",
        evaluated_iso=evaluated.isoformat(),
        refresh_seconds=REFRESH_SECONDS,
        notices=snapshot.notices,
    )


def title(area: str) -> str:
    """The name of an area for people."""
    return _TITLES.get(area, area.capitalize())


def _areas(results: tuple[Result, ...]) -> tuple[AreaView, ...]:
    rows: dict[str, list[RowView]] = {}  # by area: several tables may hold rows of one
    for _, same in groupby(results, key=lambda result: id(result.plan)):
        of_one = tuple(same)
        rows.setdefault(of_one[0].plan.slo.area, []).extend(row_views(of_one))
    return tuple(AreaView(area, title(area), tuple(found)) for area, found in rows.items())


def row_views(results: Iterable[Result]) -> tuple[RowView, ...]:
    """The instances of one plan; what they have in common is said once."""
    rows = tuple(results)
    objective, watched = _common(_Identity(rows[0].plan))
    return tuple(_row(result, objective, watched, anchor=place == 0) for place, result in enumerate(rows))


class _Identity:
    """A plan that equals itself alone: plans are the same for the life of a process, and dear to compare."""

    __slots__ = ("plan",)

    def __init__(self, plan: Plan) -> None:
        self.plan = plan

    def __hash__(self) -> int:
        return id(self.plan)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Identity) and self.plan is other.plan


@lru_cache(maxsize=4096)
def _common(same: _Identity) -> tuple[str, tuple[_Watched, ...]]:
    """The objective of a plan in words, and what its windows are compared with."""
    plan = same.plan
    factors = _factors(plan)
    watched = tuple((str(window.length), factors.get(window.length.ms, math.inf)) for window in plan.windows[:-1])
    return _objective(plan.slo), watched


def _row(result: Result, objective: str, watched: tuple[_Watched, ...], *, anchor: bool) -> RowView:
    slo, left, covered = result.plan.slo, result.error_budget_remaining, result.coverage
    counted = left is not None and not math.isnan(left)
    return RowView(
        id=slo.id,
        name=slo.name,
        instance=instance(result.labels),
        href=href(slo.id, result.labels),
        anchor=anchor,
        state=result.verdict,
        tone=_TONES.get(result.verdict, "none"),
        note=result.note,
        objective=objective,
        budget=words.percent(left) if left is not None and counted else "",
        budget_percent=f"{min(max(left, 0), 1) * 100:.1f}" if left is not None and counted else "",
        coverage="" if covered is None else words.percent(covered),
        burns=tuple(map(_burn, watched, result.windows)),
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


def _burn(watched: _Watched, burn: WindowBurn) -> Burn:
    (length, factor), rate = watched, burn.burn_rate
    if rate is None or math.isnan(rate):
        return Burn(length, NONE, hot=False)
    return Burn(length, words.rate(rate), rate > factor)


def _factors(plan: Plan) -> dict[int, float]:
    """Per window, by its length in ms, the lowest factor that an alert compares its burn rate with."""
    found: dict[int, float] = {}
    for burning in chain.from_iterable(burnings(alert.condition) for alert in plan.alerts if alert.kind != "static"):
        length, factor = burning.window.length.ms, float(burning.factor)
        found[length] = min(factor, found.get(length, math.inf))
    return found


def active(snapshot: Snapshot) -> tuple[tuple[Result, AlertState], ...]:
    """Pending and firing alerts, firing first, the longest active first.

    What is said of a row as a whole stands with each of its instances, and counts once.
    """
    pairs = [(r, a) for r in snapshot.results for a in r.alerts if a.status in _ALERT_TONES]
    pairs.sort(key=lambda pair: (pair[1].status != "firing", pair[1].active_at or 0))
    once: dict[tuple[str, Labels], tuple[Result, AlertState]] = {}
    for result, state in pairs:
        once.setdefault((state.alert.name, () if state.alert.kind == "no-data" else result.labels), (result, state))
    return tuple(once.values())


def _alerts(snapshot: Snapshot, at: int) -> tuple[AlertView, ...]:
    return tuple(alert_view(result, alert, at) for result, alert in active(snapshot))


def alert_view(result: Result, state: AlertState, at: int) -> AlertView:
    """One alert, active or not."""
    slo, about_row = result.plan.slo, state.alert.kind == "no-data"
    begun = state.active_at if state.status in _ALERT_TONES else None
    return AlertView(
        name=state.alert.name,
        state=state.status,
        tone=_ALERT_TONES.get(state.status, "none"),
        severity=dict(state.alert.labels).get("severity", ""),
        row=slo.id,
        instance="" if about_row else instance(result.labels),
        href=href(slo.id, result.labels),
        since="" if begun is None else words.age((at - begun) / 1000),
        runbook=runbook(slo.runbook),
    )


def runbook(path: str) -> str:
    """Where a runbook is: published at an address of its own, or served beside the page."""
    return path if path.startswith(("https://", "http://")) else f"/{quote(path.lstrip('/'))}"


def instance(labels: Labels) -> str:
    """A single label goes without its name: it is the one that the row is about."""
    return labels[0][1] if len(labels) == 1 else words.pairs(labels)


@lru_cache(maxsize=8192)
def href(row: str, labels: Labels, prefix: str = "/slo/") -> str:
    """The page of an instance; its labels are the query. Ids of rows are plain words."""
    path = f"{prefix}{row}"
    return f"{path}?{urlencode(labels)}" if labels else path
