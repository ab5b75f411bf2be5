"""The handbook's alerts and incidents as people write them: the rim where text becomes frozen values."""

from collections.abc import Iterator
from typing import Annotated, TypeAlias

from pydantic import AfterValidator, Field, StringConstraints, ValidationInfo, field_validator

from slo.handbook.expression import metrics
from slo.handbook.signal import Signal
from slo.handbook.template import Template, labels_in, shows_value
from slo.indicator import Written
from slo.priority import Priority
from slo.scalar import Promql, Text, some
from slo.spec import Area, Instances, Namespace, Origin

AlertName = Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Za-z0-9]*$")]


class Watch(Written):
    """An alert of one name: what it says, whom it concerns, and the signals by which it is raised.

    `by` are labels that every signal yields; texts may show them. `namespace` is where the trouble is, for signals
    that do not yield that label themselves. `runbook` is a path relative to the documentation.
    """

    alert: AlertName
    by: Instances = ()  # before all that is checked against it
    namespace: Annotated[Namespace | None, Field(validate_default=True)] = None
    priority: Priority
    runbook: Text
    summary: Template
    description: Template
    look_first: Template
    signals: Annotated[tuple[Signal, ...], AfterValidator(some)]

    @field_validator("namespace")
    @classmethod
    def _stands_once(cls, namespace: str | None, info: ValidationInfo) -> str | None:
        if "by" in info.data and (namespace is None) != ("namespace" in info.data["by"]):
            raise ValueError("is needed exactly where `by` does not hold it")
        return namespace

    @field_validator("summary", "description", "look_first")
    @classmethod
    def _shows_what_is_there(cls, template: str, info: ValidationInfo) -> str:
        unknown = labels_in(template) - set(info.data.get("by", labels_in(template)))
        if unknown:
            raise ValueError(f"shows labels that are not in `by`: {', '.join(sorted(unknown))}")
        if info.field_name != "description" and shows_value(template):
            raise ValueError("only the description may show $value")
        return template

    @field_validator("signals")
    @classmethod
    def _signals_fit(cls, signals: tuple[Signal, ...], info: ValidationInfo) -> tuple[Signal, ...]:
        faults = list(_misfits(signals, info.data.get("by", ()), info.data.get("description")))
        if faults:
            raise ValueError("; ".join(faults))
        return signals


def _misfits(signals: tuple[Signal, ...], by: tuple[str, ...], description: str | None) -> Iterator[str]:
    names = [signal.name for signal in signals]
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"{name} is listed twice"
    read = frozenset().union(*(metrics(signal.expr) for signal in signals))
    for signal in signals:
        if unread := sorted({series.metric for series in signal.proof.series} - read):
            yield f"{signal.name}: no expression reads {', '.join(unread)}, which its proof holds"
        known, said = dict(signal.proof.labels).keys(), signal.description or description
        if missing := sorted({*by, *labels_in(said or "")} - known):
            yield f"{signal.name}: the labels of its proof lack {', '.join(missing)}"
        if said is not None and shows_value(said) != (signal.proof.value is not None):
            yield f"{signal.name}: its proof needs `value` exactly where the description shows $value"


class Action(Written):
    """What the handbook does by itself when an alert fires; its id is that of the alert."""

    what: Text


class Verification(Written):
    """How to see that the trouble is over: `query` yields series for as long as it lasts."""

    what: Text
    query: Promql


class OwnAlert(Watch):
    """An alert of the handbook that no SLO row has: the automatic action on it, and how that is verified.

    `decision` names what is decided beyond the handbook: thresholds, and metrics that stand for what is not exported.
    """

    id: Annotated[str, StringConstraints(pattern=r"^[A-Z]A[0-9]+$")]
    area: Area
    origin: Origin
    decision: Text | None = None
    action: Action
    verification: Verification


class RowAlert(Written):
    """An alert of the handbook that is the static alert of the SLO row `row`, and generated from that row alone."""

    id: Annotated[str, StringConstraints(pattern=r"^[A-Z]A[0-9]+$")]
    area: Area
    alert: AlertName
    row: Text
    action: Action
    verification: Verification


Alert: TypeAlias = OwnAlert | RowAlert


class Incident(Written):
    """An incident of the handbook, and the alerts that announce it."""

    id: Annotated[str, StringConstraints(pattern=r"^I[0-9]+$")]
    name: Text
    area: Area
    priority: Priority
    runbook: Text
    alerts: Annotated[tuple[AlertName, ...], AfterValidator(some)]
    what: Text
