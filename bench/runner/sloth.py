"""The rules that Sloth makes of an SLO over 30 days, read at v0.16: the peer of our own.

Eight recorded ratios, the longest a mean of the shortest; seven metadata rules; page and ticket, each of two pairs.
"""

from collections.abc import Callable, Sequence

from rules.promql import Aggregate, Binary, Call, Expr, Number, Written, chain, number, vector
from rules.rule import Alerting, Group, Recording
from slo.duration import Duration
from slo.plan import Plan
from slo.selector import Labels, Selector, labels_of
from slo.sli import Bad, Counted, Events, Interpolated, Remainder

_WINDOWS = ("5m", "30m", "1h", "2h", "6h", "1d", "3d")
_PERIOD = "30d"
_PAGE, _TICKET = (("5m", "1h", "14.4"), ("30m", "6h", "6")), (("2h", "1d", "3"), ("6h", "3d", "1"))


def sloth_groups(plan: Plan, sli: Events) -> tuple[Group, Group, Group]:
    """Its three groups, over the counters, `by` labels and interval of the plan."""
    identity = _identity(plan)
    name = dict(identity)["sloth_id"]
    chosen = "{" + ", ".join(f'{label}="{value}"' for label, value in identity) + "}"
    alerts = (_alert(sli, "page", _PAGE, chosen), _alert(sli, "ticket", _TICKET, chosen))
    return (
        Group(f"sloth-slo-sli-recordings-{name}", plan.interval, _ratios(sli, identity, chosen)),
        Group(f"sloth-slo-meta-recordings-{name}", plan.interval, _metadata(sli, identity, chosen)),
        Group(f"sloth-slo-alerts-{name}", plan.interval, alerts),
    )


def recorded_ratio(plan: Plan, instance: Labels) -> tuple[str, Labels]:
    """Name and labels of the ratio that is recorded over five minutes, of an instance."""
    return _name("5m"), labels_of((*_identity(plan), ("sloth_window", "5m"), *instance))


def _name(window: str) -> str:
    return f"slo:sli_error:ratio_rate{window}"


def _identity(plan: Plan) -> Labels:
    slo = plan.slo
    own = {"sloth_id": f"{slo.area}-{slo.id}".lower(), "sloth_service": slo.area, "sloth_slo": slo.id}
    return labels_of(own)


def _ratios(sli: Events, identity: Labels, chosen: str) -> tuple[Recording, ...]:
    short = f"{_name('5m')}{chosen}[{_PERIOD}]"
    mean = Written(f"sum_over_time({short})\n/ ignoring (sloth_window)\ncount_over_time({short})")
    exprs = {window: _ratio(sli, Duration.parse(window)) for window in _WINDOWS} | {_PERIOD: mean}
    return tuple(
        Recording(_name(window), expr, labels_of((*identity, ("sloth_window", window))))
        for window, expr in exprs.items()
    )


def _ratio(sli: Events, window: Duration) -> Expr:
    def side(selector: Selector) -> Expr:
        return Aggregate("sum", Call("rate", (vector(selector, window),)), sli.by)

    total = _sum(sli.total, side)
    return Binary("/", _bad(sli.bad, total, side), total)


def _sum(selectors: Sequence[Selector], side: Callable[[Selector], Expr]) -> Expr:
    return chain("+", tuple(map(side, selectors)))


def _bad(bad: Bad, total: Expr, side: Callable[[Selector], Expr]) -> Expr:
    match bad:
        case Counted(counters):
            return _sum(counters, side)
        case Remainder(good):
            return Binary("-", total, _sum(good, side))
        case Interpolated(lower, upper, weight):
            within = Binary("*", Binary("-", side(upper), side(lower)), Number(weight))
            return Binary("-", total, Binary("+", side(lower), within))


def _metadata(sli: Events, identity: Labels, chosen: str) -> tuple[Recording, ...]:
    share = f"/ on(sloth_id, sloth_slo, sloth_service) group_left\nslo:error_budget:ratio{chosen}"
    exprs = {
        "slo:objective:ratio": f"vector({number(sli.objective)})",
        "slo:error_budget:ratio": f"vector(1-{number(sli.objective)})",
        "slo:time_period:days": "vector(30)",
        "slo:current_burn_rate:ratio": f"{_name('5m')}{chosen}\n{share}",
        "slo:period_burn_rate:ratio": f"{_name(_PERIOD)}{chosen}\n{share}",
        "slo:period_error_budget_remaining:ratio": f"1 - slo:period_burn_rate:ratio{chosen}",
        "sloth_slo_info": "vector(1)",
    }
    return tuple(Recording(name, Written(expr), identity) for name, expr in exprs.items())


def _alert(sli: Events, severity: str, pairs: Sequence[tuple[str, str, str]], chosen: str) -> Alerting:
    def burns(window: str, factor: str) -> str:
        limit = f"({factor} * {number(sli.budget)})"
        return f"max({_name(window)}{chosen} > {limit}) without (sloth_window)"

    conditions = (
        f"(\n    {burns(short, factor)}\n    and\n    {burns(long, factor)}\n)" for short, long, factor in pairs
    )
    labels = labels_of({"sloth_severity": severity})
    return Alerting("SLOErrorBudgetBurn", Written("\nor\n".join(conditions)), Duration(0), labels, ())
