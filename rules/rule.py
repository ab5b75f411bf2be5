"""Rules as values: what a rule file holds, before it is written."""

from dataclasses import dataclass

from rules.promql import Expr
from slo.duration import Duration
from slo.selector import Labels


@dataclass(frozen=True, slots=True)
class Recording:
    """The series `record` is what `expr` yields at every evaluation, with `labels` set on top."""

    record: str
    expr: Expr
    labels: Labels


@dataclass(frozen=True, slots=True)
class Alerting:
    """An alert per series that `expr` yields, firing once it did so for `hold`."""

    alert: str
    expr: Expr
    hold: Duration
    labels: Labels
    annotations: Labels


@dataclass(frozen=True, slots=True)
class Group:
    """Rules that are evaluated every `interval`, one after the other: each reads what those before it wrote."""

    name: str
    interval: Duration
    rules: tuple[Recording | Alerting, ...]
