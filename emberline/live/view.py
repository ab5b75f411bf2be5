"""The status page as words: what stands in it, before any markup."""

from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

Tone: TypeAlias = Literal["good", "warn", "bad", "none"]


class Burn(NamedTuple):
    """A window's burn rate; hot when it exceeds the factor of an alert that watches this window."""

    window: str
    rate: str
    hot: bool


@dataclass(frozen=True, slots=True)
class RowView:
    """One SLO instance, and where its own page is. `anchor` marks the first instance of a row, which links point at."""

    id: str
    name: str
    instance: str
    href: str
    anchor: bool
    state: str
    tone: Tone
    note: str
    objective: str
    budget: str
    budget_percent: str
    coverage: str
    burns: tuple[Burn, ...]


@dataclass(frozen=True, slots=True)
class AreaView:
    """The rows of one area, in the handbook's order."""

    name: str
    title: str
    rows: tuple[RowView, ...]


@dataclass(frozen=True, slots=True)
class AlertView:
    """An alert, and where its instance and its runbook are; `since` is empty while it is inactive."""

    name: str
    state: str
    tone: Tone
    severity: str
    row: str
    instance: str
    href: str
    since: str
    runbook: str


@dataclass(frozen=True, slots=True)
class GpuView:
    """One GPU as its exporter last said; `peak` is its highest utilization, whatever was scraped between."""

    index: str
    model: str
    host: str
    state: str
    tone: Tone
    owners: tuple[str, ...]
    utilization: str
    peak: str
    p95: str
    busy: str
    memory: str
    temperature: str
    power: str
    power_peak: str
    clock: str
    xids: str


@dataclass(frozen=True, slots=True)
class ModelView:
    """One model server as the exporter judges it."""

    target: str
    models: tuple[str, ...]
    state: str
    tone: Tone
    running: str
    waiting: str
    kv_cache: str


@dataclass(frozen=True, slots=True)
class TargetView:
    """One scraped target."""

    name: str
    url: str
    state: str
    tone: Tone
    error: str
    samples: str
    age: str


@dataclass(frozen=True, slots=True)
class HeadView:
    """What stands at the top of every page."""

    firing: int
    met: int
    rows: int
    age: str
    stale: bool
    evaluated: str
    evaluated_iso: str
    refresh_seconds: int
    notices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PageView(HeadView):
    """Everything the first page says."""

    alerts: tuple[AlertView, ...]
    areas: tuple[AreaView, ...]
    gpus: tuple[GpuView, ...]
    models: tuple[ModelView, ...]
    targets: tuple[TargetView, ...]


@dataclass(frozen=True, slots=True)
class PairView:
    """A burn rate against a factor: a window of a pair that must burn together before an alert fires.

    `length` and `mark` are percentages of a bar, of the rate and of the factor.
    """

    alert: str
    pair: str
    window: str
    rate: str
    factor: str
    hot: bool
    length: str
    mark: str


@dataclass(frozen=True, slots=True)
class ChartView:
    """A curve in a box of 100 by 100: `line` and `area` are paths; `zero` is the height at which nothing is left.

    `days` say the same in words, a line a day: time and share left.
    """

    line: str
    area: str
    zero: str
    top: str
    bottom: str
    first: str
    last: str
    days: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class InstanceView:
    """Everything the page of an SLO instance says; `chart` is None where nothing was counted."""

    head: HeadView
    row: RowView
    area: str
    about: str
    facts: tuple[tuple[str, str], ...]
    runbook: str
    json: str
    chart: ChartView | None
    pairs: tuple[PairView, ...]
    alerts: tuple[AlertView, ...]
    corrections: tuple[tuple[str, str, str], ...]
    others: tuple[tuple[str, str], ...]
