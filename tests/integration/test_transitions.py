"""Alerts change at the very evaluations at which they change in a real Prometheus 3.5 with our rules.

The whole history is written ahead of time, so that no evaluation waits for a sample; then the server evaluates in real
time, every second. Its groups choose their own times, and the engine is asked at those.
"""

import time
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import product

import numpy as np
import pytest
import yaml
from numpy.typing import NDArray

from native.ranges import Series, transitions
from rules.grouping import groups
from rules.render import rule_file
from rules.rule import Group
from slo import names
from slo.alerts import replay
from slo.alerts.batch import STATUSES
from slo.plan import Alert, Plan
from slo.program import compiled
from slo.readings import Readings
from slo.selector import Labels, Selector
from slo.sli import Slices
from slo.vector import Grid
from slo.verdict import holding
from tests.integration.incidents import SHOPS, history, plans
from tests.integration.telemetry import Held
from tests.remote_write import RECEIVER, remote_write
from tests.servers import PrometheusServer, until

PLANS = plans()
SECOND = 1000
EVALUATED = 48
"""Seconds that are waited for."""
KEPT = 7 * SECOND
"""How long the static alerts keep firing that are there once more, in ms."""

Key = tuple[str, str, int]
"""Name of an alert, shop, and evaluation in ms."""


@dataclass(frozen=True, slots=True)
class States:
    """Statuses of active alerts, and since when they are active, in whole seconds."""

    status: Mapping[Key, str]
    since: Mapping[Key, float]


@dataclass(frozen=True, slots=True)
class Evaluated:
    """A history, the evaluations of each row in ms, and what the server made of it."""

    samples: Held
    times: Mapping[str, NDArray[np.int64]]
    states: States

    def numbers(self, selector: Selector) -> list[tuple[int, Labels]]:
        """The tracks that a selector picks, by their place in the history."""
        tracks = enumerate(self.samples.tracks)
        found = ((place, t.labels) for place, t in tracks if selector.matches(t.metric, dict(t.labels)))
        return sorted(found, key=lambda each: each[1])


def _rules() -> str:
    """The rules of all rows, and each static alert once more with `keep_firing_for`, which no Plan asks for."""
    # The second group of a row reads what the first has recorded: at which evaluation would be a race between them.
    merged = ((plan, tuple(rule for group in groups(plan) for rule in group.rules)) for plan in PLANS)
    text = rule_file([Group(f"slo-{plan.slo.id}", plan.interval, rules) for plan, rules in merged])
    document = yaml.safe_load(text)
    for plan, group in zip(PLANS, document["groups"], strict=True):
        (static,) = (rule for rule in group["rules"] if rule.get("alert") == plan.alerts[-1].name)
        group["rules"].append(static | {"alert": _kept(plan.alerts[-1]).name, "keep_firing_for": f"{KEPT // SECOND}s"})
    return yaml.safe_dump(document)


def _kept(static: Alert) -> Alert:
    return replace(static, name=f"{static.name}Kept")


def _computed(plan: Plan) -> tuple[tuple[Alert, int], ...]:
    """The alerts that the engine computes, with their `keep_firing_for` in ms."""
    static, kept = plan.alerts[-1], (_kept(plan.alerts[-1]), KEPT)
    # The burns of slices read verdicts that were recorded: those of before the server began are missing.
    without = (static, plan.guards[-1]) if isinstance(plan.sli, Slices) else (*plan.alerts, *plan.guards)
    return (*((alert, 0) for alert in without), kept)


@pytest.fixture(scope="module")
def evaluated(tmp_path_factory: pytest.TempPathFactory) -> Evaluated:
    """What a server made of the incident history."""
    folder = tmp_path_factory.mktemp("transitions") / "server"
    with PrometheusServer.running(folder, arguments=(RECEIVER,)) as server:
        start = round(time.time() * SECOND) + SECOND
        samples = history(start)
        remote_write(server.url, samples.tracks)
        (folder / "rules/all.yaml").write_text(_rules(), encoding="utf-8")
        server.reload()
        end = start / SECOND + EVALUATED
        until(lambda: time.time() > end + 1 and _all_beyond(server, end), EVALUATED + 60, "the last evaluation")
        times = {plan.slo.id: _evaluations(server, plan, end) for plan in PLANS}
        health = {rule["health"] for group in server.get("rules")["groups"] for rule in group["rules"]}
        assert health == {"ok"}
        return Evaluated(samples, times, _theirs(server, end))


def _all_beyond(server: PrometheusServer, end: float) -> bool:
    return all(_evaluations(server, plan, end + 60)[-1] > end * SECOND for plan in PLANS)


def _evaluations(server: PrometheusServer, plan: Plan, end: float) -> NDArray[np.int64]:
    """The group's own times up to `end`: those of a series that every evaluation records."""
    (series,) = server.query(f'{names.OBJECTIVE}{{slo="{plan.slo.id}"}}[10m]', end)
    return np.array([_ms(at) for at, _ in series["values"]], np.int64)


def _theirs(server: PrometheusServer, end: float) -> States:
    status = {key: metric["alertstate"] for key, metric, _ in _points(server, "ALERTS", end)}
    since = {key: float(value) for key, _, value in _points(server, "ALERTS_FOR_STATE", end)}
    return States(status, since)


NAMES = {alert.name for plan in PLANS for alert, _ in _computed(plan)}


def _points(server: PrometheusServer, name: str, end: float) -> Iterator[tuple[Key, dict[str, str], str]]:
    for series in server.query(f"{name}[10m]", end):
        metric = series["metric"]
        for at, value in series["values"] if metric["alertname"] in NAMES else ():
            yield (metric["alertname"], metric.get("shop", ""), _ms(at)), metric, value


def _ms(seconds: float) -> int:
    return round(seconds * SECOND)


def _ours(evaluated: Evaluated, *, late: int = 0, longer: int = 0, kept: int = 0) -> States:
    """What the engine says; `late` by the watch, of a `for` that is `longer`, or a `keep_firing_for`, in ms."""
    status: dict[Key, str] = {}
    since: dict[Key, float] = {}
    for plan in PLANS:
        at = evaluated.times[plan.slo.id]
        readings = [(Readings(evaluated.samples, plan.interval), Grid(when - late, SECOND)) for when in at.tolist()]
        for alert, keep in _computed(plan):
            found = [holding(alert.condition, *each) for each in readings]
            present = np.concatenate([each.present for each in found], axis=1)
            shops = [dict(labels).get("shop", "") for labels in found[0].instances]
            history = replay(present, at, alert.hold.ms + longer, keep + kept)
            for row, place in np.argwhere(history.active).tolist():
                key = (alert.name, shops[row], int(at[place]))
                status[key] = STATUSES[history.status[row, place]]
                since[key] = history.active_at[row, place] // SECOND
    return States(status, since)


def _differences(mine: Mapping[Key, object], other: Mapping[Key, object]) -> list[str]:
    keys = sorted({*mine, *other})
    return [f"{key}: {mine.get(key)} != {other.get(key)}" for key in keys if mine.get(key) != other.get(key)]


def _transitions(evaluated: Evaluated) -> Iterator[tuple[str, str, str, int, str]]:
    """What the server's states change: kind and name of the alert, shop, evaluation, new status."""
    for plan in PLANS:
        for (alert, _), shop in product(_computed(plan), ("", *SHOPS)):
            before = "inactive"
            for at in evaluated.times[plan.slo.id].tolist():
                now = evaluated.states.status.get((alert.name, shop, at), "inactive")
                if now != before:
                    yield alert.kind, alert.name, shop, at, now
                before = now


def test_every_alert_changes_when_a_prometheus_says_so(evaluated: Evaluated) -> None:
    mine = _ours(evaluated)
    assert not _differences(mine.status, evaluated.states.status)
    assert not _differences(mine.since, evaluated.states.since)


def test_the_fused_path_changes_them_at_the_same_evaluations(evaluated: Evaluated) -> None:
    series = Series.of((track.timestamps, track.values) for track in evaluated.samples.tracks)
    found = []
    for plan in PLANS:
        at = evaluated.times[plan.slo.id]
        again = replace(plan, alerts=(*plan.alerts, _kept(plan.alerts[-1])))
        asked = compiled([again], evaluated.numbers)
        keeps = np.array([KEPT if watch.alert == again.alerts[-1] else 0 for watch in asked.watches], np.int64)
        for alert, place, status in transitions(series, replace(asked.program, keeps=keeps), at).tolist():
            watch = asked.watches[alert]
            found.append((watch.alert.kind, watch.alert.name, dict(watch.labels)["shop"], at[place], STATUSES[status]))
    burning = (each for each in _transitions(evaluated) if each[0] != "no-data" and not each[1].startswith("Staff"))
    assert sorted(found) == sorted(burning)


def test_every_kind_of_alert_changes_both_ways(evaluated: Evaluated) -> None:
    found = list(_transitions(evaluated))
    changes = Counter((kind, status) for kind, _, _, _, status in found)
    for kind in ("page", "ticket", "static", "exhausted"):
        assert changes[kind, "firing"] >= 3, changes
        assert changes[kind, "inactive"] >= 3, changes
    assert changes["no-data", "pending"] == changes["no-data", "inactive"] == 2, changes
    waits = Counter((name, status) for _, name, _, _, status in found)
    for alert in ("OrdersFailing", "StaffMissing"):
        assert waits[alert, "pending"] > waits[alert, "firing"] > 0, "none waits in vain"
    assert waits["OrdersFailing", "inactive"] > waits["OrdersFailingKept", "inactive"] > 0, "none is kept firing"


@pytest.mark.parametrize("fault", [{"late": SECOND}, {"longer": 1}, {"kept": 1}])
def test_one_evaluation_more_is_seen(evaluated: Evaluated, fault: dict[str, int]) -> None:
    assert _differences(_ours(evaluated, **fault).status, evaluated.states.status)
