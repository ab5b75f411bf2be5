"""The shipped catalogue against the handbook: 21 rows, their targets and their static alerts."""

from decimal import Decimal

import pytest

from emberline.catalogue import AREAS, shipped
from rules.promql.printer import text
from rules.promql.tree import vector
from slo.condition import All, Burning, Level
from slo.plan import Plan, plan
from slo.selector import Selector, parse_selector
from slo.sli import Bound, Counted, Events, Interpolated, Remainder, Slices
from slo.wording import percent, static_bound

PLANS = {slo.id: plan(slo) for slo in shipped()}

# id, area, kind, target, static alert, its `for`
HANDBOOK = [
    ("P1", "platform", "ratio", "99.9%", "< 99.5%", "5m"),
    ("P2", "platform", "latency", "500ms", "p95 > 1s", "5m"),
    ("P3", "platform", "ratio", "99.9%", "errors > 1%", "5m"),
    ("A1", "ai-hub", "latency", "5s", "p95 > 10s", "5m"),
    ("A2", "ai-hub", "slice", "> 50", "< 20", "5m"),
    ("A3", "ai-hub", "latency", "100ms", "p95 > 500ms", "5m"),
    ("A4", "ai-hub", "latency", "500ms", "p95 > 2s", "5m"),
    ("A5", "ai-hub", "slice", "> 60", "< 30", "15m"),
    ("A6", "ai-hub", "latency", "50ms", "p95 > 200ms", "5m"),
    ("B1", "banking", "latency", "200ms", "p95 > 500ms", "5m"),
    ("B2", "banking", "ratio", "99.95%", "< 99.5%", "5m"),
    ("B3", "banking", "ratio", "99%", "< 95%", "5m"),
    ("F1", "fabric", "slice", "< 50", "> 200", "5m"),
    ("F2", "fabric", "slice", "< 30000", "> 60000", "5m"),
    ("F3", "fabric", "latency", "1s", "p95 > 5s", "5m"),
    ("F4", "fabric", "slice", "< 10000", "> 60000", "5m"),
    ("F5", "fabric", "latency", "500ms", "p95 > 2s", "5m"),
    ("R1", "relay", "ratio", "99.5%", "< 98%", "15m"),
    ("R2", "relay", "latency", "2s", "p95 > 5s", "5m"),
    ("R3", "relay", "latency", "500ms", "p95 > 2s", "5m"),
    ("R4", "relay", "ratio", "99%", "< 95%", "5m"),
]
HANDBOOK_ALERTS = {
    "P2": ("HighLatency", "PA6"),
    "P3": ("HighErrorRate", "PA3"),
    "A1": ("VLLMHighLatency", "AA1"),
    "A5": ("GPUUtilizationLow", "AA3"),
    "A6": ("MilvusQuerySlow", "AA5"),
    "B1": ("KeycloakHighLatency", "BA1"),
}


def target(of: Plan) -> str:
    indicator = of.slo.indicator
    if indicator.kind == "latency":
        return str(indicator.threshold)
    if indicator.kind == "slice":
        return f"{indicator.good.op} {indicator.good.value}"
    return percent(of.slo.objective)


def selectors(of: Plan) -> list[Selector]:
    match of.sli:
        case Events(total=total, bad=Counted(counters) | Remainder(counters)):
            found = [*total, *counters]
        case Events(total=total, bad=Interpolated(lower=lower, upper=upper)):
            found = [*total, lower, upper]
        case Slices(series=series, gate=gate):
            found = [series.selector, *([gate.series.selector] if gate else [])]
        case _:
            found = []
    assert found
    return found


def test_the_ids_and_their_order_are_the_handbooks() -> None:
    assert list(PLANS) == [row[0] for row in HANDBOOK]


@pytest.mark.parametrize("row", HANDBOOK, ids=lambda row: row[0])
def test_a_row_promises_what_the_handbook_does(row: tuple[str, ...]) -> None:
    found = PLANS[row[0]]
    slo = found.slo
    assert (slo.id, slo.area, slo.indicator.kind, target(found), static_bound(slo), str(slo.alert.for_)) == row
    assert str(slo.window) == "30d"
    assert slo.objective * 100 == 95 or slo.indicator.kind == "ratio"


def test_alerts_of_the_handbook_carry_their_names_and_actions() -> None:
    found = {id_: (of.slo.alert.name, of.slo.alert.action) for id_, of in PLANS.items() if of.slo.alert.action}
    assert found == HANDBOOK_ALERTS


@pytest.mark.parametrize("id_", PLANS)
def test_every_selector_prints_as_promql_that_parses_back(id_: str) -> None:
    for selector in selectors(PLANS[id_]):
        read = parse_selector(text(vector(selector)))
        assert (read.metric, set(read.matchers)) == (selector.metric, set(selector.conditions))


@pytest.mark.parametrize("id_", ["A2", "A5", "F1", "F2", "F4"])
def test_our_own_share_of_good_time_is_marked_as_a_decision(id_: str) -> None:
    assert "95 % is ours" in (PLANS[id_].slo.decision or "")


@pytest.mark.parametrize(
    ("id_", "lower", "upper", "weight"),
    [
        ("A3", "0.07481827642679217", "0.11222741464018826", "0.67314364286"),
        ("A6", "32", "64", "0.5625"),
        ("R2", "1930.6977288832506", "2682.6957952797266", "0.092157512384"),
    ],
)
def test_thresholds_off_the_buckets_are_weighted_pairs(id_: str, lower: str, upper: str, weight: str) -> None:
    sli = PLANS[id_].sli
    assert isinstance(sli, Events)
    assert isinstance(sli.bad, Interpolated)
    assert (str(sli.bad.lower.le), str(sli.bad.upper.le), str(sli.bad.weight)) == (lower, upper, weight)


def test_keycloaks_buckets_name_the_setting_that_makes_them() -> None:
    b1 = PLANS["B1"].slo
    assert b1.indicator.kind == "latency"
    setting = "http-metrics-slos=" + ",".join(f"{bound * 1000:.0f}" for bound in b1.indicator.buckets)
    assert setting in b1.origin.enable


def test_the_embedding_servers_buckets_are_the_doubles_that_it_computes() -> None:
    a3 = PLANS["A3"].slo
    assert a3.indicator.kind == "latency"
    bound, computed = 0.00001, []
    for _ in range(35):
        bound *= 1.5
        computed.append(bound)
    assert [float(written) for written in a3.indicator.buckets] == computed


def test_only_the_throughput_alert_waits_for_load() -> None:
    assert isinstance(PLANS["A2"].alerts[2].condition, All)
    idle_gpu = PLANS["A5"].alerts[2].condition
    assert isinstance(idle_gpu, Level)
    assert idle_gpu.series.selector.metric == "DCGM_FI_DEV_GPU_UTIL"
    assert idle_gpu.bound == Bound("<", Decimal(30))


@pytest.mark.parametrize(
    ("id_", "factor"), [("P1", 5), ("P3", 10), ("B2", 10), ("B3", 5), ("R1", 4), ("R4", 5), ("A1", 1)]
)
def test_static_alerts_are_burn_rates(id_: str, factor: int) -> None:
    condition = PLANS[id_].alerts[2].condition
    assert isinstance(condition, Burning)
    assert condition.factor == factor
    assert str(condition.window.length) == "5m"


def test_mail_counts_both_ends_of_a_delivery() -> None:
    sli = PLANS["R1"].sli
    assert isinstance(sli, Events)
    assert [selector.metric for selector in sli.total] == ["delivery_dsn_success", "delivery_dsn_perm_fail"]
    assert sli.bad == Counted((Selector("delivery_dsn_perm_fail"),))


@pytest.mark.parametrize("id_", PLANS)
def test_a_row_says_where_its_metric_comes_from_and_where_to_look(id_: str) -> None:
    slo = PLANS[id_].slo
    assert slo.runbook == f"runbooks/{id_}.md"
    assert slo.area in AREAS
    assert len(slo.origin.component) > 3
    assert len(slo.origin.enable) > 3


def test_alert_names_are_unique() -> None:
    names = [alert.name for of in PLANS.values() for alert in of.alerts]
    assert len(set(names)) == len(names) == 63
