"""The handbook's own alert on a row, as written, and whether it fits what the row measures."""

from collections.abc import Iterator
from typing import Annotated, Final

from pydantic import Field, StringConstraints

from slo.buckets import At
from slo.duration import Duration
from slo.indicator import Indicator, LatencyIndicator, SliceIndicator, Written
from slo.priority import Priority
from slo.scalar import Comparison, Length, Ratio, Span

_BOUNDS: Final = ("below", "errors_above", "slower_than", "value")
_FITTING: Final = {
    "ratio": ("below", "errors_above"),
    "promql": ("below", "errors_above"),
    "latency": ("slower_than",),
    "slice": ("value",),
}


class StaticAlert(Written):
    """The handbook's own alert on a row.

    Exactly one bound: `below` a success ratio or `errors_above` an error ratio (ratio rows), `slower_than` a
    duration (latency rows: more than the budgeted share is slower), `value` a comparison in the unit of the
    series (slice rows; under the row's gate only if `gated`). `action` is the id of the automatic answer to it.
    """

    name: Annotated[str, StringConstraints(pattern=r"^[A-Z][A-Za-z0-9]*$")]
    for_: Length = Field(alias="for")
    window: Span = Duration(300_000)
    priority: Priority
    action: Annotated[str, StringConstraints(pattern=r"^[A-Z]+[0-9]+$")] | None = None
    below: Ratio | None = None
    errors_above: Ratio | None = None
    slower_than: Span | None = None
    at: At = "exact"
    value: Comparison | None = None
    gated: bool = False


def misfits(alert: StaticAlert, indicator: Indicator) -> Iterator[tuple[str, str]]:
    """Every way in which the alert does not fit the indicator: the key of the alert, and what is wrong."""
    fitting = _FITTING[indicator.kind]
    given = [name for name in _BOUNDS if getattr(alert, name) is not None]
    wanted = " or ".join(f"`{name}`" for name in fitting)
    for name in given:
        if name not in fitting:
            yield name, f"does not belong to a {indicator.kind} row, whose alert has {wanted}"
    if len([name for name in given if name in fitting]) != 1:
        yield "", f"exactly one bound is needed: {wanted}"
    if isinstance(indicator, LatencyIndicator) and alert.slower_than is not None:
        try:
            indicator.slower_than(alert.slower_than, alert.at)
        except ValueError as error:
            yield "slower_than", str(error)
    if isinstance(indicator, SliceIndicator) and "window" in alert.model_fields_set:
        yield "window", "a slice is compared as it stands, over no window"
    if alert.gated and not (isinstance(indicator, SliceIndicator) and indicator.gate is not None):
        yield "gated", "the row has no gate"
