"""A real Alertmanager tells of every shipped alert whom it should, and nobody else."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from rules.notify.checks import intended, labelled
from rules.notify.receiver import Addresses, InFile
from slo import names
from tests.alertmanager import AlertmanagerServer, Told, Webhooks
from tests.rules.notified import shipped_alerts, shipped_config
from tests.servers import until

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
SOON = {"group_wait": "500ms"}
AGAIN = SOON | {"group_interval": "1s"}
PATHS = {
    "gitea-actions": "/alerts",
    "ai-hub-oncall": "/alerts",
    "humans": "/humans",
    "ai-hub-humans": "/ai-hub-humans",
}
A1 = {"alertname": "AiHubLLMInferenceLatencyP95ErrorBudgetBurnPage", "slo": "A1", "priority": "P2"}
PAGE = A1 | {"area": "ai-hub", "namespace": "ai-hub", "severity": "critical", "model_name": "llama"}
TICKET = PAGE | {"alertname": A1["alertname"].replace("Page", "Ticket"), "priority": "P3", "severity": "warning"}
SLOW = PAGE | {"alertname": "VLLMHighLatency", "action": "AA1"}
IDLE = PAGE | {"alertname": "GPUUtilizationLow", "slo": "A5", "action": "AA3", "priority": "P4", "severity": "info"}
POD = {"namespace": "ai-hub", "pod": "llm-0", "container": "vllm"}
KILLED = POD | {"alertname": "VLLMOOMKilled", "area": "ai-hub", "action": "AA2", "severity": "critical"}
CRASHING = POD | {"alertname": "PodCrashLoopBackOff", "area": "platform", "action": "PA2", "severity": "warning"}
UNSTORED = {"alertname": "MetricsNotStored", "area": "platform", "namespace": "monitoring", "severity": "critical"}
BLIND = {"alertname": "PlatformAvailabilityNoData", "slo": "P1", "area": "platform", "namespace": "kube-system"}
URGENT = {"severity": "critical", "priority": "P1", "slo": "P1", "area": "platform", "namespace": "kube-system"}
DOWN = URGENT | {"alertname": "PlatformAvailabilityErrorBudgetBurnPage", "cluster": "a"}
LAST = {"cluster": "last"}
SENTINELS = (CRASHING | LAST | {"namespace": "last"}, KILLED | LAST)
"""Of all that is posted, whom each receiver is told of last."""


def on_duty(*, now: bool) -> list[dict[str, list[str]]]:
    """Working hours that hold the present moment, or not; three days keep midnight away."""
    far = (datetime.now(UTC).weekday() + 3) % 7
    return [{"weekdays": [day for index, day in enumerate(DAYS) if (index == far) != now]}]


def hastened(config: str, waits: Mapping[str, str], *, working: bool) -> str:
    """The configuration with other waits and working hours, and nothing else changed."""

    def changed(node: Any) -> Any:  # noqa: ANN401  YAML of any shape
        if isinstance(node, list):
            return [changed(each) for each in node]
        if not isinstance(node, dict):
            return node
        return {key: waits.get(key, changed(value)) for key, value in node.items()}

    document = changed(yaml.safe_load(config))
    document["time_intervals"][0]["time_intervals"] = on_duty(now=working)
    return yaml.safe_dump(document)


@contextmanager
def notifying(
    folder: Path, waits: Mapping[str, str] = SOON, *, working: bool = True
) -> Iterator[tuple[AlertmanagerServer, Webhooks]]:
    """An Alertmanager with the shipped configuration, other `waits`, and everybody whom it notifies."""
    with Webhooks.listening() as hooks:
        files = {"token": "s3cret", "humans": f"{hooks.url}/humans", "ai-hub-humans": f"{hooks.url}/ai-hub-humans"}
        for name, text in files.items():
            (folder / name).write_text(f"{text}\n", encoding="utf-8")
        token, humans, ai_hub = (InFile(str(folder / name)) for name in files)
        config = shipped_config(Addresses(f"{hooks.url}/alerts", token, humans, ai_hub))
        text = hastened(config, waits, working=working)
        with AlertmanagerServer.running(folder / "alertmanager", text) as server:
            yield server, hooks


def receivers_of(told: Iterable[Told], labels: Mapping[str, str], status: str = "firing") -> list[str]:
    return sorted(each.receiver for each in told if each.status == status and each.labels == labels)


def wait_for(hooks: Webhooks, labels: Mapping[str, str], status: str = "firing") -> None:
    until(lambda: set(receivers_of(hooks.told, labels, status)) >= intended(labels), what=f"{status} {labels}")


def settle(server: AlertmanagerServer, hooks: Webhooks) -> None:
    """Wait until everything that was posted has been told: what is posted last is told last."""
    server.post(SENTINELS)
    for labels in SENTINELS:
        wait_for(hooks, labels)


def test_every_alert_arrives_where_it_should_and_nowhere_else(tmp_path: Path) -> None:
    known = (labels for alert in shipped_alerts() for labels in labelled(alert))
    # Each in a cluster of its own: no alert mutes another's.
    posted = [{**labels, "cluster": f"c{number}"} for number, labels in enumerate(known)]
    with notifying(tmp_path) as (server, hooks):
        server.post(posted)
        for labels in posted:
            wait_for(hooks, labels)
        settle(server, hooks)
        told = list(hooks.told)
    assert len(posted) > 100
    arrived = {labels["cluster"]: receivers_of(told, labels) for labels in posted}
    assert arrived == {labels["cluster"]: sorted(intended(labels)) for labels in posted}
    assert len(told) == sum(map(len, arrived.values())) + sum(len(intended(labels)) for labels in SENTINELS)
    assert {(each.receiver, each.path) for each in told} == set(PATHS.items())
    assert {(each.path, each.authorization) for each in told} == {
        ("/alerts", "Bearer s3cret"),
        ("/humans", ""),
        ("/ai-hub-humans", ""),
    }


@pytest.mark.parametrize(
    ("says_more", "muted", "others"),
    [
        (PAGE, TICKET, [TICKET | {"model_name": "qwen"}, TICKET | {"cluster": "elsewhere"}, SLOW]),
        (KILLED, CRASHING, [CRASHING | {"container": "proxy"}]),
    ],
    ids=["page over ticket", "a container's memory"],
)
def test_an_alert_mutes_what_says_less_of_the_same_instance_while_it_fires(
    says_more: dict[str, str], muted: dict[str, str], others: list[dict[str, str]], tmp_path: Path
) -> None:
    with notifying(tmp_path, AGAIN) as (server, hooks):
        server.post([says_more, muted, *others])
        for labels in (says_more, *others):
            wait_for(hooks, labels)
        settle(server, hooks)
        assert receivers_of(hooks.told, muted) == []
        server.post([says_more], lasting=timedelta(0))
        wait_for(hooks, muted)


@pytest.mark.parametrize(
    ("says_more", "told"),
    [(UNSTORED, BLIND), (KILLED | {"action": "drop"}, CRASHING), (KILLED, CRASHING | {"action": "drop"})],
    ids=["metrics not stored", "a cause of others", "a symptom of others"],
)
def test_an_alert_mutes_neither_what_it_does_not_explain_nor_what_is_not_ours(
    says_more: dict[str, str], told: dict[str, str], tmp_path: Path
) -> None:
    with notifying(tmp_path) as (server, hooks):
        server.post([says_more])
        until(lambda: receivers_of(hooks.told, says_more), what=f"{says_more}")
        server.post([told])
        until(lambda: receivers_of(hooks.told, told), what=f"{told}")


def test_the_alerts_of_others_dispatch_nothing(tmp_path: Path) -> None:
    drop = {"alertname": "CiliumDrop", "action": "drop", "area": "platform"}
    others = [drop, drop | {"action": "PA2"}, CRASHING | {"action": "drop"}, KILLED | {"action": "drop"}]
    with notifying(tmp_path) as (server, hooks):
        server.post(others)
        until(lambda: all(receivers_of(hooks.told, labels) for labels in others), what="all of them")
        settle(server, hooks)
        found = [receivers_of(hooks.told, labels) for labels in others]
    assert found == [["humans"], ["humans"], ["ai-hub-humans"], ["ai-hub-humans"]]


def test_the_trouble_of_a_second_cluster_does_not_wait_as_more_of_the_first_does(tmp_path: Path) -> None:
    with notifying(tmp_path) as (server, hooks):
        server.post([DOWN])
        wait_for(hooks, DOWN)
        server.post([DOWN | {"pod": "more"}, DOWN | {"cluster": "b"}])
        wait_for(hooks, DOWN | {"cluster": "b"})
        settle(server, hooks)
        assert receivers_of(hooks.told, DOWN | {"pod": "more"}) == []


def test_a_resolved_alert_is_told_to_machines_and_people(tmp_path: Path) -> None:
    with notifying(tmp_path, AGAIN) as (server, hooks):
        server.post([SLOW])
        wait_for(hooks, SLOW)
        assert receivers_of(hooks.told, SLOW, "resolved") == []
        server.post([SLOW], lasting=timedelta(0))
        wait_for(hooks, SLOW, "resolved")


@pytest.mark.parametrize(("working", "people"), [(True, ["ai-hub-humans"]), (False, [])])
def test_p4_waits_for_working_hours_while_its_action_and_the_rest_do_not(
    *, working: bool, people: list[str], tmp_path: Path
) -> None:
    with notifying(tmp_path, working=working) as (server, hooks):
        server.post([IDLE, SLOW, TICKET])
        wait_for(hooks, SLOW)
        wait_for(hooks, TICKET)
        until(lambda: "ai-hub-oncall" in receivers_of(hooks.told, IDLE), what="the action")
        settle(server, hooks)
        assert receivers_of(hooks.told, IDLE) == [*people, "ai-hub-oncall"]
    assert IDLE[names.PRIORITY] == "P4"
