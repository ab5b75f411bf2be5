"""The Alertmanager configuration as text: what the handbook asks for, and what its literal one got wrong."""

import re
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from rules.alertmanager import Unsound, alertmanager_config, mimir_payload
from rules.notify.checks import intended, labelled
from rules.notify.receiver import Addresses, InFile, Inline
from rules.notify.route import Route, positions, receivers
from rules.notify.tree import ACTIONS, AI_HUB_ACTIONS
from slo.priority import PRIORITIES
from tests.conftest import Golden
from tests.rules.notified import ADDRESSES, RESPONDER, shipped_alerts, shipped_config, shipped_tree
from tests.servers import binary

MACHINES = (ACTIONS, AI_HUB_ACTIONS)
INLINE = Addresses(RESPONDER, Inline("s3cret"), Inline("https://chat.example/1?k=v"), Inline("https://chat.example/2"))
"""What Mimir reads."""
PEOPLE_INLINE = replace(INLINE, token=ADDRESSES.token)
"""What an Alertmanager before 0.26 reads, which knows no `url_file`."""
READ_BY = [("0.33", ADDRESSES), ("0.33", INLINE), ("0.33", PEOPLE_INLINE), ("0.25", INLINE), ("0.25", PEOPLE_INLINE)]


def keys(node: Any) -> Iterator[str]:  # noqa: ANN401  YAML of any shape
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from keys(child)
    if isinstance(node, dict):
        yield from node


def amtool(series: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    command = [binary("amtool", series, "alertmanager"), *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def routes() -> dict[tuple[int, ...], Route]:
    return positions(shipped_tree())


def test_configuration(golden: Golden) -> None:
    golden("alertmanager.yml", shipped_config())


@pytest.mark.parametrize(("series", "addresses"), READ_BY)
def test_amtool_takes_it(series: str, addresses: Addresses, tmp_path: Path) -> None:
    (tmp_path / "am.yml").write_text(shipped_config(addresses), encoding="utf-8")
    run = amtool(series, "check-config", tmp_path / "am.yml")
    assert (run.returncode, run.stderr) == (0, "")
    assert "4 receivers" in run.stdout


def test_amtool_refuses_a_broken_one(tmp_path: Path) -> None:
    broken = shipped_config().replace("receiver: humans", "receiver: nobody", 1)
    (tmp_path / "am.yml").write_text(broken, encoding="utf-8")
    assert amtool("0.33", "check-config", tmp_path / "am.yml").returncode == 1


@pytest.mark.parametrize(("series", "addresses"), [("0.33", ADDRESSES), ("0.25", PEOPLE_INLINE)])
def test_amtool_routes_every_alert_to_the_receivers_intended(series: str, addresses: Addresses, tmp_path: Path) -> None:
    path = tmp_path / "am.yml"
    path.write_text(shipped_config(addresses), encoding="utf-8")
    wrong = {}
    for labels in (labels for alert in shipped_alerts() for labels in labelled(alert)):
        pairs = [f"{name}={value}" for name, value in labels.items()]
        run = amtool(series, "config", "routes", "test", "--config.file", path, *pairs)
        if set(run.stdout.strip().split(",")) != intended(labels):
            wrong[labels["alertname"]] = run.stdout
    assert wrong == {}


@pytest.mark.parametrize(
    ("labels", "told"),
    [
        ({"alertname": "CiliumDrop", "action": "drop"}, "humans"),
        ({"alertname": "CiliumDrop", "action": "PA1", "area": "platform"}, "humans"),
        ({"alertname": "HighMemoryUsage", "action": "drop", "area": "platform"}, "humans"),
        ({"alertname": "HighMemoryUsage", "action": "PA1"}, "humans"),
        ({"alertname": "HighMemoryUsage", "action": "PA1", "area": "platform"}, "gitea-actions,humans"),
        ({"alertname": "XHighMemoryUsage", "action": "PA1", "area": "platform"}, "humans"),
        ({"alertname": "HighMemoryUsage", "action": "PA11", "area": "platform"}, "humans"),
        ({"alertname": "VLLMOOMKilled", "action": "drop", "area": "ai-hub"}, "ai-hub-humans"),
    ],
)
def test_amtool_dispatches_no_alert_of_others(labels: dict[str, str], told: str, tmp_path: Path) -> None:
    path = tmp_path / "am.yml"
    path.write_text(shipped_config(), encoding="utf-8")
    pairs = [f"{name}={value}" for name, value in labels.items()]
    assert amtool("0.33", "config", "routes", "test", "--config.file", path, *pairs).stdout == f"{told}\n"
    assert ",".join(receivers(shipped_tree(), labels)) == told


def test_critical_alerts_wait_ten_seconds_and_others_thirty() -> None:
    waits = {at: str(route.group_wait) for at, route in routes().items() if route.group_wait is not None}
    critical = [at for at, route in routes().items() if any(m.value == "critical" for m in route.matchers)]
    assert waits == {(): "30s", **dict.fromkeys(critical, "10s")}
    assert {at[0] for at in critical} == set(range(len(shipped_tree().routes)))


def test_ai_hub_is_grouped_by_model_and_keeps_the_namespace() -> None:
    groups = {route.receiver: route.group_by for route in shipped_tree().routes}
    assert groups == {
        "ai-hub-oncall": ("alertname", "namespace", "cluster", "model_name"),
        "ai-hub-humans": ("alertname", "namespace", "cluster", "model_name"),
        "gitea-actions": (),
        "humans": (),
    }
    assert shipped_tree().group_by == ("alertname", "namespace", "cluster")


def test_only_the_routes_to_machines_continue() -> None:
    found = shipped_tree().routes
    assert [route.receiver in MACHINES for route in found] == [route.continues for route in found]
    assert [at for at, route in routes().items() if len(at) != 1 and route.continues] == []


def test_p4_alone_waits_for_working_hours_and_only_with_people() -> None:
    waiting = {at: route for at, route in routes().items() if route.active}
    assert len(waiting) == 3
    assert {str(matcher.value) for route in waiting.values() for matcher in route.matchers} == {"P4"}
    assert [route.receiver for route in waiting.values() if route.receiver in MACHINES] == []


def test_people_are_told_again_when_the_time_to_respond_is_over() -> None:
    human = shipped_tree().routes[-1]
    critical, p4 = human.routes
    times = {"P1": critical.routes[0], "P2": critical, "P3": shipped_tree(), "P4": p4}
    found = {name: str(route.repeat_interval) for name, route in times.items()}
    said = {name: each.respond for name, each in PRIORITIES.items()}
    assert said == {
        "P1": "within 15 minutes",
        "P2": "within 1 hour",
        "P3": "within 4 hours",
        "P4": "on the next business day",
    }
    assert found == {"P1": "15m", "P2": "1h", "P3": "4h", "P4": "1d"}


def test_secrets_stand_in_files() -> None:
    found = yaml.safe_load(shipped_config())
    assert {"credentials_file", "url_file"} <= set(keys(found))
    assert "credentials" not in set(keys(found))


def test_mimir_gets_no_file_to_read() -> None:
    payload = yaml.safe_load(mimir_payload(shipped_config(INLINE)))
    assert set(payload) == {"alertmanager_config", "template_files"}
    assert payload["template_files"] == {}
    config = yaml.safe_load(payload["alertmanager_config"])
    assert [key for key in keys(config) if key.endswith("_file")] == []
    webhooks = {each["name"]: each["webhook_configs"][0] for each in config["receivers"]}
    assert webhooks["gitea-actions"]["http_config"]["authorization"] == {"type": "Bearer", "credentials": "s3cret"}
    assert webhooks["humans"]["url"] == "https://chat.example/1?k=v"


def test_flavours_differ_in_their_secrets_alone() -> None:
    def routing(text: str) -> Any:  # noqa: ANN401  YAML of any shape
        return {key: value for key, value in yaml.safe_load(text).items() if key != "receivers"}

    assert routing(shipped_config(INLINE)) == routing(shipped_config())


def test_a_secret_is_not_shown_by_accident() -> None:
    assert not re.search("s3cret|chat", repr(INLINE))


def test_working_hours_are_those_of_the_time_zone() -> None:
    found = yaml.safe_load(shipped_config(replace(ADDRESSES, time_zone="Europe/Berlin")))
    ((hours,),) = (each["time_intervals"] for each in found["time_intervals"])
    assert hours == {
        "weekdays": ["monday:friday"],
        "times": [{"start_time": "08:00", "end_time": "18:00"}],
        "location": "Europe/Berlin",
    }


def test_all_faults_are_told_at_once() -> None:
    bad = replace(ADDRESSES, responder="https://<domain>/alerts", humans=InFile("/etc/{{ chat }}"))
    with pytest.raises(Unsound) as raised:
        alertmanager_config(shipped_alerts(), bad)
    assert [fault.partition(": ")[2] for fault in raised.value.faults] == [
        *["url holds a placeholder"] * 2,
        "url_file holds a placeholder",
    ]
    assert "domain" not in str(raised.value)


def test_what_looks_like_a_placeholder_in_a_secret_is_the_secret() -> None:
    odd = replace(INLINE, token=Inline("a<b>{{c"), humans=Inline("https://chat.example/<1>"))
    webhooks = {each["name"]: each["webhook_configs"][0] for each in yaml.safe_load(shipped_config(odd))["receivers"]}
    assert webhooks["gitea-actions"]["http_config"]["authorization"]["credentials"] == "a<b>{{c"
    assert webhooks["humans"]["url"] == "https://chat.example/<1>"


def test_the_same_alerts_give_the_same_bytes_in_any_order() -> None:
    assert alertmanager_config(reversed(shipped_alerts()), ADDRESSES, ["b", "a"]) == alertmanager_config(
        shipped_alerts(), ADDRESSES, ["a", "b"]
    )
