"""Rows in the words of the handbook: short texts for tables and pages."""

from decimal import Decimal

from slo.condition import Burning
from slo.number import leading, plain
from slo.spec import Slo


def percent(ratio: Decimal) -> str:
    """A ratio as a percentage without trailing zeros: `99.95%`."""
    return f"{plain(ratio * 100)}%"


def static_bound(slo: Slo) -> str:
    """What the static alert of a row looks for: `< 99.5%`, `errors > 1%`, `p95 > 1s`, or a bound on the series."""
    alert = slo.alert
    if alert.below is not None:
        return f"< {percent(alert.below)}"
    if alert.errors_above is not None:
        return f"errors > {percent(alert.errors_above)}"
    if alert.slower_than is not None:
        return f"p{percent(slo.objective)[:-1]} > {alert.slower_than}"
    return "" if alert.value is None else f"{alert.value.op} {alert.value.value:f}"


def fewest(burning: Burning) -> str:
    """How many events keep a single bad one from burning, as a formula of factor and budget."""
    formula = f"1 / ({plain(burning.factor)} · {plain(burning.sli.budget)})"
    return f"1 / (f·b) = {formula} = {leading(burning.fewest)}"
