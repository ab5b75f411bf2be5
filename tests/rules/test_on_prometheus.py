"""Recordings and alerts in a real Prometheus, on counters that rise evenly up to now."""

import time
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from functools import partial
from typing import Any

import pytest

from rules.files import rule_files
from rules.promtool import series
from rules.recording import recordings, static_labels
from rules.traffic import Event, traffic
from slo.duration import Duration
from slo.plan import Plan
from slo.sli import Events
from tests.rules.plans import event_plans, events
from tests.servers import PrometheusServer, until

STEP = 15
SAMPLES = 100
EVENTS = 1000
RATIO = Fraction(4, 5)
"""Bad enough for every alert: pages of 95 % rows need 72 %."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrometheusServer]:
    """A server with all rules and half an hour of every counter, which evaluates each second."""
    plans = [replace(plan, interval=Duration(1000)) for plan in event_plans()]
    rules = {name: text for name, text in rule_files(plans).items() if "/" not in name}
    with PrometheusServer.running(tmp_path_factory.mktemp("rules"), rules=rules, backfill=backfill(plans)) as running:
        recorded = sum(len(recordings(plan, events(plan))) for plan in plans)
        count = 'count(count by (slo, __name__) ({__name__=~"slo:.+"}))'
        until(lambda: [1 for each in instant(running, count) if each["value"][1] == str(recorded)], what="all records")
        yield running


def backfill(plans: list[Plan]) -> str:
    """OpenMetrics text of every counter that some SLI reads."""
    counters: Event = {}
    for plan in plans:
        for sli in (plan.sli, plan.static):
            if isinstance(sli, Events):
                counters |= traffic(sli).event(RATIO)
    end = int(time.time())
    lines = [
        f"{series(counter)} {float(share * EVENTS * at)} {end - STEP * (SAMPLES - at)}"
        for counter, share in sorted(counters.items())
        for at in range(SAMPLES + 1)
    ]
    return "\n".join([*lines, "# EOF\n"])


def instant(server: PrometheusServer, expression: str) -> list[dict[str, Any]]:
    return server.query(expression, at=time.time())


@pytest.mark.parametrize("plan", event_plans(), ids=lambda plan: plan.slo.id)
def test_every_recording_has_its_labels_and_counts_events(plan: Plan, server: PrometheusServer) -> None:
    instance = traffic(events(plan)).instance
    chosen = "".join(f',{name}="{value}"' for name, value in instance)
    found = instant(server, f'{{slo="{plan.slo.id}",__name__=~"slo:.+"{chosen}}}')
    values = {sample["metric"].pop("__name__"): float(sample["value"][1]) for sample in found}
    expected = dict((*static_labels(plan), *instance))
    assert [sample["metric"] for sample in found] == [expected] * len(found)
    assert set(values) == {each.record for each in recordings(plan, events(plan))}
    for name, value in values.items():
        side, _, window = name.rpartition(":increase")
        total = values[f"slo:total_events:increase{window}"]
        assert value / total == pytest.approx(1 if side == "slo:total_events" else RATIO)
    # Between two samples and the last evaluation the window is up to a scrape short.
    assert values["slo:total_events:increase5m"] == pytest.approx(EVENTS * 300 / STEP, rel=0.2)


def test_every_burn_alert_fires_and_static_ones_wait(server: PrometheusServer) -> None:
    for kind, state in (("page", "firing"), ("ticket", "firing"), ("static", "pending")):
        names = {alert.name for plan in event_plans() for alert in plan.alerts if alert.kind == kind}
        until(partial(told, server, state, names), what=f"every {kind} {state}")


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
