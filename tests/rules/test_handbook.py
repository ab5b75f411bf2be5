"""Rules of the handbook's alerts and promises: names, labels, annotations, groups."""

from collections import Counter
from typing import Any

import pytest

from emberline.catalogue import shipped_alerts, shipped_promises
from rules.handbook import Duty, alerting, duties, handbook_files, promised
from rules.rule import Alerting
from rules.unit_tests.handbook import handbook_tests
from slo.handbook.load import load_alerts, load_promises
from tests.slo.handbook.documents import ALERTS, PROMISES, changed

WAITING = """\
      - name: waiting
        expr: max by (pod) (orders_waiting) > 10
        for: 2m
        proof:
          series:
            - series: orders_waiting{pod="till-0"}
              quiet: 9.6
              firing: 10.4
          labels: {pod: till-0}
          value: "10.4"
"""
ELSEWHERE = WAITING.replace("waiting\n", "elsewhere\n", 1).replace("pod: till-0", "pod: till-0, namespace: bank")
STATIC = {"area": "shop", "severity": "warning", "priority": "P3"}


def rules(*changes: tuple[str, str]) -> list[Alerting]:
    return [
        alerting(duty, signal)
        for duty in duties(load_alerts("h.yaml", changed(ALERTS, *changes)).alerts)
        for signal in duty.watch.signals
    ]


def test_a_rule_bears_what_its_alert_says() -> None:
    (rule,) = rules()
    assert (rule.alert, str(rule.hold)) == ("QueueFull", "2m")
    assert dict(rule.labels) == STATIC | {"namespace": "shop", "action": "PA1"}
    assert dict(rule.annotations) == {
        "summary": "{{ $labels.pod }} is full",
        "description": "{{ $value | humanize }} orders wait",
        "look_first": "the till",
        "response_time": "within 4 hours",
        "runbook_url": "runbooks/QueueFull.md",
    }


@pytest.mark.parametrize(
    ("priority", "severity", "response"),
    [
        ("P1", "critical", "within 15 minutes"),
        ("P2", "critical", "within 1 hour"),
        ("P3", "warning", "within 4 hours"),
        ("P4", "info", "on the next business day"),
    ],
)
def test_severity_and_response_follow_from_the_priority(priority: str, severity: str, response: str) -> None:
    (rule,) = rules(("priority: P3", f"priority: {priority}"))
    assert dict(rule.labels)["severity"] == severity
    assert dict(rule.annotations)["response_time"] == response


def test_several_signals_are_told_apart_and_a_namespace_of_their_own_is_kept() -> None:
    own, foreign = (dict(rule.labels) for rule in rules((WAITING, WAITING + ELSEWHERE)))
    assert own == STATIC | {"namespace": "shop", "action": "PA1", "signal": "waiting"}
    assert foreign == STATIC | {"action": "PA1", "signal": "elsewhere"}


def test_a_signal_may_describe_itself() -> None:
    (rule,) = rules(("        for: 2m\n", "        for: 2m\n        description: '{{ $value }} wait'\n"))
    assert dict(rule.annotations)["description"] == "{{ $value }} wait"


def test_promises_name_themselves_and_those_without_an_alert_have_no_rule() -> None:
    (duty,) = promised(load_promises("h.yaml", PROMISES.encode()))
    rule = alerting(duty, duty.watch.signals[0])
    assert dict(rule.labels) == STATIC | {"namespace": "shop", "promise": "X1"}


def test_a_group_holds_no_more_rules_than_mimir_takes() -> None:
    signal = WAITING.replace("      - name: waiting", "      - name: waiting-{}")
    signals = "".join(signal.replace("{}", str(number)) for number in range(41))
    handbook = load_alerts("h.yaml", changed(ALERTS, (WAITING, signals)))
    (file,) = handbook_files(handbook.alerts, ())
    assert [(group.name, len(group.rules)) for group in file.groups] == [
        ("shop-alerts", 20),
        ("shop-alerts-2", 20),
        ("shop-alerts-3", 1),
    ]


def test_alerts_and_promises_have_a_file_each() -> None:
    handbook, promises = load_alerts("h.yaml", ALERTS.encode()), load_promises("h.yaml", PROMISES.encode())
    files = handbook_files(handbook.alerts, promises)
    assert [(file.name, [group.name for group in file.groups]) for file in files] == [
        ("shop-alerts", ["shop-alerts"]),
        ("shop-promises", ["shop-promises"]),
    ]
    assert {str(group.interval) for file in files for group in file.groups} == {"1m"}
    assert [file.name for file in handbook_files((), promises)] == ["shop-promises"]
    assert handbook_files((), ()) == ()


def test_shipped_alerts_are_grouped_by_area() -> None:
    files = handbook_files(shipped_alerts().alerts, ())
    assert [file.name for file in files] == ["platform-alerts", "ai-hub-alerts", "banking-alerts"]


def labelled(duty: Duty) -> list[dict[str, Any]]:
    return [dict(signal.proof.labels) | dict(alerting(duty, signal).labels) for signal in duty.watch.signals]


@pytest.mark.parametrize("duty", duties(shipped_alerts().alerts), ids=lambda duty: duty.watch.alert)
def test_a_shipped_alert_bears_what_it_is_routed_by(duty: Duty) -> None:
    found = labelled(duty)
    assert all(labels.keys() >= {"area", "namespace", "severity", "priority", "action"} for labels in found)
    assert Counter(labels.get("signal") for labels in found).most_common(1)[0][1] == 1


@pytest.mark.parametrize(
    "duty", [*duties(shipped_alerts().alerts), *promised(shipped_promises())], ids=lambda duty: duty.watch.alert
)
def test_no_static_label_hides_one_of_what_is_affected(duty: Duty) -> None:
    for signal in duty.watch.signals:
        assert dict(alerting(duty, signal).labels).keys() & dict(signal.proof.labels).keys() == set()


def test_tests_are_split_by_how_often_rules_are_evaluated() -> None:
    promises = changed(PROMISES, ("            series:\n", "            interval: 30m\n            series:\n"))
    files = handbook_tests(load_alerts("h.yaml", ALERTS.encode()).alerts, load_promises("h.yaml", promises))
    assert [(file.name, file.content["evaluation_interval"], file.content["rule_files"]) for file in files] == [
        ("shop-alerts_1m_test", "1m", ["../shop-alerts.yaml"]),
        ("shop-promises_30m_test", "30m", ["../shop-promises.yaml"]),
    ]
    assert [test["name"] for test in files[0].content["tests"]] == ["QueueFull (waiting) fires and recovers", "no data"]
