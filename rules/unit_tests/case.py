"""One test as promtool reads it: series over time, and what each moment must say."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final, TypeAlias

from rules.promql import Aggregate, Expr, Vector, text
from rules.rule import Alerting
from rules.unit_tests.series import Counter
from slo.duration import Duration
from slo.selector import Labels, Matcher, labels_of

Texts: TypeAlias = Mapping[str, str]
"""The annotations of a firing alert, as Prometheus fills them in."""

MOST_SAMPLES: Final = 9_000
"""What promtool's queries may read at once, 10,000 samples, with room for what else they read."""


@dataclass(slots=True)
class Case:
    """A test under construction: input series in promtool's notation, `step` apart, and moments."""

    name: str
    step: Duration
    series: Mapping[str, str]
    alerts: list[dict[str, Any]] = field(default_factory=list)
    values: list[dict[str, Any]] = field(default_factory=list)

    def silent(self, alert: str, *moments: Duration) -> None:
        """The alert does not fire then."""
        self.alerts += [_alert(at, alert, []) for at in moments]

    def firing(self, alert: str, *moments: Duration) -> None:
        """The alert fires then, once; what it says is left open."""
        fired = Vector("ALERTS", (Matcher("alertname", "=", alert), Matcher("alertstate", "=", "firing")))
        for at in moments:
            self.yields(Aggregate("count", fired), at, {(): 1})

    def fires(self, rule: Alerting, at: Duration, instance: Labels, texts: Texts) -> None:
        """The alert fires then, for that instance, and says exactly this."""
        labels = dict(sorted({*rule.labels, *instance}))
        self.alerts.append(_alert(at, rule.alert, [{"exp_labels": labels, "exp_annotations": dict(texts)}]))

    def yields(self, expr: Expr, at: Duration, samples: Mapping[Labels, float]) -> None:
        """An expression has these values then, by labels; a metric's name is its label `__name__`."""
        found = [{"labels": _spelt(labels), "value": value} for labels, value in samples.items()]
        self.values.append({"expr": text(expr), "eval_time": str(at), "exp_samples": found})

    @property
    def content(self) -> dict[str, Any]:
        """Its YAML mapping."""
        found: dict[str, Any] = {"name": self.name, "interval": str(self.step)}
        found["input_series"] = [{"series": name, "values": values} for name, values in sorted(self.series.items())]
        return found | {
            key: what for key, what in (("alert_rule_test", self.alerts), ("promql_expr_test", self.values)) if what
        }


def content(rule_file: str, every: Duration, cases: Iterable[Case]) -> dict[str, Any]:
    """A test file; `rule_file` is relative to it."""
    return {
        "rule_files": [rule_file],
        "evaluation_interval": str(every),
        "tests": [case.content for case in cases],
    }


def series(counter: Counter) -> str:
    """A series as promtool and exposition formats write it."""
    return text(Vector(counter.metric, tuple(Matcher(label, "=", value) for label, value in counter.labels)))


def named(metric: str, labels: Iterable[tuple[str, str]]) -> str:
    """A series of that name, as promtool writes it."""
    return series(Counter(metric, labels_of(labels)))


def _alert(at: Duration, name: str, expected: list[Any]) -> dict[str, Any]:
    return {"eval_time": str(at), "alertname": name, "exp_alerts": expected}


def _spelt(labels: Labels) -> str:
    name = dict(labels).get("__name__", "")
    plain = tuple(pair for pair in labels if pair[0] != "__name__")
    return named(name, plain) if name or plain else "{}"
