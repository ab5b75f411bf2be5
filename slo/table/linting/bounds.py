"""Static alerts that fire on what is good."""

from collections.abc import Iterator

from slo.indicator import LatencyIndicator, SliceIndicator
from slo.sli import Bound
from slo.spec import Slo
from slo.table.finding import Remark


def kept_while_fired(slo: Slo) -> Iterator[Remark]:
    """A bound of the static alert that good events or slices can break."""
    match slo.indicator:
        case LatencyIndicator(threshold=threshold):
            slow = slo.alert.slower_than
            if slow is not None and slow < threshold:
                message = f"fires on events within {threshold}, which are good"
                yield Remark(("alert", "slower_than"), message, f"slower_than = {slow} < threshold = {threshold}")
        case SliceIndicator(good=good):
            value = slo.alert.value
            if value is not None and _overlap(value, good):
                message = f"fires on slices that are good, {good.op} {good.value}"
                formula = f"some x is {value.op} {value.value} and {good.op} {good.value}"
                yield Remark(("alert", "value"), message, formula)
        case _:
            pass


def _overlap(alert: Bound, good: Bound) -> bool:
    """Whether some value breaks the alert's bound and keeps the good one."""
    if alert.op[0] == good.op[0]:
        return True
    below, above = (alert, good) if alert.op[0] == "<" else (good, alert)
    if below.value == above.value:
        return below.op == "<=" and above.op == ">="
    return below.value > above.value
