"""The status page as words: what stands in it, before any markup."""

from dataclasses import dataclass
from typing import Literal, TypeAlias

Tone: TypeAlias = Literal["good", "warn", "bad", "none"]


@dataclass(frozen=True, slots=True)
class Burn:
    """A window's burn rate; hot when it exceeds the factor of an alert that watches this window."""

    window: str
    rate: str
    hot: bool


@dataclass(frozen=True, slots=True)
class RowView:
    """One SLO instance. `anchor` marks the first instance of a row, which links point at."""

    id: str
    name: str
    instance: str
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
    """A pending or firing alert."""

    name: str
    state: str
    tone: Tone
    severity: str
    row: str
    instance: str
    since: str


@dataclass(frozen=True, slots=True)
class GpuView:
    """One GPU as its exporter last said."""

    index: str
    model: str
    host: str
    state: str
    tone: Tone
    utilization: str
    memory: str
    temperature: str
    power: str
    clock: str


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
class PageView:
    """Everything the page says."""

    firing: int
    met: int
    rows: int
    age: str
    stale: bool
    evaluated: str
    evaluated_iso: str
    refresh_seconds: int
    notices: tuple[str, ...]
    alerts: tuple[AlertView, ...]
    areas: tuple[AreaView, ...]
    gpus: tuple[GpuView, ...]
    targets: tuple[TargetView, ...]
