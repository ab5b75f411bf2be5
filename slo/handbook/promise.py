"""The handbook's other promises as people write them: each with an alert, or with what would make it observable."""

from typing import Annotated

from pydantic import Field, StringConstraints, ValidationInfo, field_validator

from slo.handbook.alert import Watch
from slo.handbook.expression import metrics
from slo.indicator import Written
from slo.scalar import Text
from slo.spec import Area, Origin


class Promise(Written):
    """One promise about one system: in the handbook's words (`promised`), and as the number we hold it to (`bound`).

    Exactly one of `alert` and `not_observable`, the switch or exporter that would make it observable. `source` is
    where the `metric` is proven to exist.
    """

    promise: Annotated[str, StringConstraints(pattern=r"^[XM][0-9]+$")]
    id: Annotated[str, StringConstraints(pattern=r"^[XM][0-9]+(-[a-z0-9-]+)?$")]
    area: Area
    name: Text
    promised: Text
    bound: Text
    metric: Text | None = None
    source: Annotated[Text | None, Field(validate_default=True)] = None
    decision: Text | None = None
    origin: Origin
    alert: Watch | None = None
    not_observable: Annotated[Text | None, Field(validate_default=True)] = None

    @field_validator("id")
    @classmethod
    def _names_the_promise(cls, own: str, info: ValidationInfo) -> str:
        promise = info.data.get("promise", own.partition("-")[0])
        if own.partition("-")[0] != promise:
            raise ValueError(f"starts with the promise it belongs to, {promise}")
        return own

    @field_validator("source")
    @classmethod
    def _is_proven(cls, source: str | None, info: ValidationInfo) -> str | None:
        if (source is None) != (info.data.get("metric") is None):
            raise ValueError("is needed exactly where there is a metric")
        return source

    @field_validator("alert")
    @classmethod
    def _reads_the_metric(cls, alert: Watch | None, info: ValidationInfo) -> Watch | None:
        metric = info.data.get("metric")
        if alert and metric and not any(metric in metrics(signal.expr) for signal in alert.signals):
            raise ValueError(f"no signal reads {metric}")
        return alert

    @field_validator("not_observable")
    @classmethod
    def _or_else_watched(cls, switch: str | None, info: ValidationInfo) -> str | None:
        if "alert" in info.data and (switch is None) == (info.data["alert"] is None):
            raise ValueError("exactly one of `alert` and `not_observable` is needed")
        return switch
