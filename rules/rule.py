"""Rules as values: what a rule file holds, before it is written."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

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


@dataclass(frozen=True, slots=True)
class RuleFile:
    """Groups that are loaded together: a Prometheus file, a PrometheusRule object or a Mimir namespace of that name."""

    name: str
    groups: tuple[Group, ...]

    @property
    def alerts(self) -> tuple[Alerting, ...]:
        """Its alert rules, in their order."""
        return tuple(rule for group in self.groups for rule in group.rules if isinstance(rule, Alerting))


@dataclass(frozen=True, slots=True)
class TestFile:
    """A file of unit tests for `promtool test rules`, and the rule file that only it needs, if any.

    `content` is its YAML mapping; it is empty where `untested` says why there can be no test. `name` is the file's
    without ending; it ends with `_test`.
    """

    __test__ = False  # pytest would take the name for a test's

    name: str
    content: Mapping[str, Any]
    rules: RuleFile | None = None
    untested: str = ""
