"""Recordings and alerts of every row in a real Prometheus, on series that are bad and steady up to now."""

import re
import time
from collections.abc import Iterator, Sequence
from fractions import Fraction
from functools import partial
from typing import Any

import pytest

from rules.recording import recordings, static_labels
from rules.unit_tests.case import named, series
from rules.unit_tests.levels import around, instance_of
from rules.unit_tests.series import Counter, counters
from rules.unit_tests.traffic import Event, traffic
from slo import names
from slo.plan import Plan
from slo.sli import Events, Series, Slices
from tests.rules.plans import event_plans, events, rule_files, shipped_plan, shipped_plans
from tests.servers import PrometheusServer, until

STEP = 15
SAMPLES = 100
EVENTS = 1000
BAD_SLICES = 240
"""Minutes: enough for every alert on slices, were all of them bad."""
RATIO = Fraction(4, 5)
"""Bad enough for every alert: pages of 95 % rows need 72 %."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrometheusServer]:
    """A server with all rules and half an hour of every counter, which evaluates each second."""
    plans = shipped_plans()
    texts = {name: text for name, text in rule_files(plans).items() if "/" not in name}
    rules = {name: text.replace("interval: 1m", "interval: 1s") for name, text in texts.items()}
    with PrometheusServer.running(tmp_path_factory.mktemp("rules"), rules=rules, backfill=backfill(plans)) as running:
        recorded = sum(len(recordings(plan)) for plan in plans)
        count = 'count(count by (slo, __name__) ({__name__=~"slo:.+(increase.+|bool)"}))'
        until(lambda: [1 for each in instant(running, count) if each["value"][1] == str(recorded)], what="all records")
        yield running


def backfill(plans: Sequence[Plan]) -> str:
    """OpenMetrics text of every series that some SLI reads: counters rise evenly, gauges stand still."""
    rises: Event = {}
    levels: dict[Counter, float] = {}
    for plan in plans:
        for sli in (plan.sli, plan.static):
            if isinstance(sli, Events):
                rises |= {counter: share * EVENTS for counter, share in traffic(sli).event(RATIO).items()}
        for read, value in bad_levels(plan):
            (counter, *_) = counters(read.selector, (), instance_of(slices(plan)))
            if read.rate is None:
                levels[counter] = value
            else:
                rises[counter] = Fraction(value) * STEP
    end = int(time.time())
    verdicts = [
        f"{named(names.SLICE_GOOD, (*static_labels(plan), *instance_of(plan.sli)))} 0 {end - 60 * (BAD_SLICES - at)}"
        for plan in plans
        if isinstance(plan.sli, Slices)
        for at in range(BAD_SLICES)
    ]
    lines = [
        f"{series(counter)} {levels[counter] if counter in levels else float(rises[counter] * at)} "
        f"{end - STEP * (SAMPLES - at)}"
        for counter in sorted({*rises, *levels})
        for at in range(SAMPLES + 1)
    ]
    return "\n".join([*lines, *verdicts, "# EOF\n"])


def bad_levels(plan: Plan) -> Iterator[tuple[Series, float]]:
    """For slices: a value at which the static alert fires, which is bad too, and an open gate."""
    if isinstance(plan.sli, Slices) and plan.slo.alert.value is not None:
        yield plan.sli.series, float(around(plan.slo.alert.value)[0])
        if plan.sli.gate is not None:
            yield plan.sli.gate.series, float(around(plan.sli.gate.bound)[0])


def slices(plan: Plan) -> Slices:
    assert isinstance(plan.sli, Slices)
    return plan.sli


def instant(server: PrometheusServer, expression: str) -> list[dict[str, Any]]:
    return server.query(expression, at=time.time())


@pytest.mark.parametrize("plan", event_plans(), ids=lambda plan: plan.slo.id)
def test_every_recording_has_its_labels_and_counts_events(plan: Plan, server: PrometheusServer) -> None:
    instance = traffic(events(plan)).instance
    chosen = "".join(f',{name}="{value}"' for name, value in instance)
    found = instant(server, f'{{slo="{plan.slo.id}",__name__=~"slo:.+_events:.+"{chosen}}}')
    values = {sample["metric"].pop("__name__"): float(sample["value"][1]) for sample in found}
    expected = dict((*static_labels(plan), *instance))
    assert [sample["metric"] for sample in found] == [expected] * len(found)
    assert set(values) == {each.record for each in recordings(plan)}
    for name, value in values.items():
        side, _, window = name.rpartition(":increase")
        total = values[f"slo:total_events:increase{window}"]
        assert value / total == pytest.approx(1 if side == "slo:total_events" else RATIO)
    # Between two samples and the last evaluation the window is up to a scrape short.
    assert values["slo:total_events:increase5m"] == pytest.approx(EVENTS * 300 / STEP, rel=0.2)


def test_every_burn_alert_fires_and_static_ones_wait(server: PrometheusServer) -> None:
    for kind, state in (("page", "firing"), ("ticket", "firing"), ("static", "pending")):
        names = {alert.name for plan in shipped_plans() for alert in plan.alerts if alert.kind == kind}
        until(partial(told, server, state, names), what=f"every {kind} {state}")


@pytest.mark.parametrize("row", ["A2", "A5", "F1", "F2", "F4"])
def test_every_slice_is_measured_and_bad(row: str, server: PrometheusServer) -> None:
    found = {
        sample["metric"]["__name__"]: sample for sample in instant(server, f'{{slo="{row}",__name__=~"slo:.+_.+"}}')
    }
    assert float(found["slo:slice_good:bool"]["value"][1]) == 0
    expected = dict((*static_labels(shipped_plan(row)), *instance_of(slices(shipped_plan(row)))))
    for window in ("5m", "30m", "1h", "2h", "6h", "1d", "3d", "30d"):
        bad, total = (found[f"slo:{side}_events:increase{window}"] for side in ("bad", "total"))
        assert float(bad["value"][1]) == float(total["value"][1]) > 0
        assert {name: value for name, value in total["metric"].items() if name != "__name__"} == expected


def test_budgets_are_exhausted_and_no_data_is_missing(server: PrometheusServer) -> None:
    exhausted, missing = (
        {guard.name for plan in shipped_plans() for guard in plan.guards if guard.kind == kind}
        for kind in ("exhausted", "no-data")
    )
    until(partial(told, server, "firing", exhausted), what="every exhausted budget")
    known = {each["metric"]["alertname"] for each in instant(server, "ALERTS")}
    assert known & missing == set()


def test_a_page_says_what_is_spent_and_who_spends_it(server: PrometheusServer) -> None:
    """What is asked of the recorded series is answered, and no template fails."""
    alerts = server.get("alerts")["alerts"]
    failed = [text for alert in alerts for text in alert["annotations"].values() if "<error" in text or "{{" in text]
    assert failed == []
    page = next(a for a in alerts if a["labels"]["slo"] == "P3" and "Page" in a["labels"]["alertname"])
    # 80 % bad on a budget of 0.1 %: 800 times spent, so nothing is said of a rest.
    assert page["annotations"]["budget"] == "80000.0% of the error budget of 30d is spent."
    own = page["labels"]["envoy_cluster_name"]
    assert re.fullmatch(
        rf"Bad events over 1h by instance: .*{re.escape(own)} \d.*%.*\.", page["annotations"]["contributors"]
    )


def test_every_rule_is_healthy(server: PrometheusServer) -> None:
    """Several backends behind the gateway (P3) are several instances: their series meet one to one."""
    rules = [rule for group in server.get("rules")["groups"] for rule in group["rules"]]
    assert [(rule["name"], rule["lastError"]) for rule in rules if rule["health"] != "ok"] == []
    assert (
        len({each["metric"]["envoy_cluster_name"] for each in instant(server, 'slo:bad_events:increase5m{slo="P3"}')})
        > 1
    )


def told(server: PrometheusServer, state: str, names: set[str]) -> bool:
    return names <= {each["metric"]["alertname"] for each in instant(server, f'ALERTS{{alertstate="{state}"}}')}
