"""What the objects of a rendering say of each other, and of the program that they start, is true."""

import re
import sys
from base64 import b64decode
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.main import get_command

from emberline.cli.app import program
from exporter.dcgm.flags import FLAGS
from exporter.dcgm.foreign import review
from exporter.pods.options import NODE, pod_options
from exporter.targets_file import read_targets
from exporter.web.reload import load
from tests.deploy.rendered import (
    EVERY,
    SCRAPER,
    WORKLOADS,
    Object,
    Rendering,
    container,
    exporters,
    named,
    of_kind,
    pod,
)
from tests.exporter.running import exporter
from tests.servers import CLIENT, until

RUNTIME = {
    "NVIDIA_VISIBLE_DEVICES": "NVIDIA's container runtime: which GPUs",
    "NVIDIA_DRIVER_CAPABILITIES": "NVIDIA's container runtime: which of the driver's libraries",
}
"""Variables that are not for us."""
KNOWN = {flag.variable: flag for flag in FLAGS if flag.variable}
COMMAND: Any = get_command(program(("exporter", "list")))


def parsed(arguments: list[str]) -> Mapping[str, Any]:
    """The options of a container's arguments by the real command line."""
    name, command, rest = COMMAND.resolve_command(COMMAND.make_context("emberline", [*arguments]), arguments)
    assert name == "exporter"
    context = command.make_context(name, rest)
    assert review(context.args, {}).errors == ()
    assert context.args == []
    return dict(context.params)


def port(workload: Object, name: str) -> int:
    (found,) = (each["containerPort"] for each in container(workload)["ports"] if each["name"] == name)
    return int(found)


def labels(workload: Object) -> set[tuple[str, str]]:
    return set(workload["spec"]["template"]["metadata"]["labels"].items())


def matches(selector: Mapping[str, str], workload: Object) -> bool:
    return set(selector.items()) <= labels(workload)


def mounted(path: Path, workload: Object, objects: list[Object]) -> bytes:
    """What a file of a container holds, by the volume it is mounted from."""
    (mount,) = (each for each in container(workload)["volumeMounts"] if each["mountPath"] == str(path.parent))
    (volume,) = (each for each in pod(workload)["volumes"] if each["name"] == mount["name"])
    assert mount["readOnly"] is True
    if "configMap" in volume:
        return str(named(objects, "ConfigMap", volume["configMap"]["name"])["data"][path.name]).encode()
    return b64decode(named(objects, "Secret", volume["secret"]["secretName"])["data"][path.name])


def answers(url: str) -> None:
    """Wait until a probe of the kubelet would pass."""
    until(lambda: CLIENT.get(url).status_code == httpx.codes.OK, what=url)


def endpoints(monitor: Object) -> list[Object]:
    return list(monitor["spec"].get("podMetricsEndpoints") or monitor["spec"]["endpoints"])


@pytest.mark.parametrize("name", EVERY)
def test_every_flag_exists_and_names_the_ports(name: str, rendering: Rendering) -> None:
    for workload in exporters(rendering.of(name)):
        options = parsed(container(workload)["args"])
        assert options["listen"] == f":{port(workload, 'metrics')}"
        assert options["health_address"] == f":{port(workload, 'health')}"


def test_a_flag_that_does_not_exist_is_seen() -> None:
    with pytest.raises(AssertionError):
        parsed(["exporter", "--listen=:9400", "--kserve-everything"])


@pytest.mark.parametrize("name", EVERY)
def test_every_variable_exists_and_is_understood(name: str, rendering: Rendering) -> None:
    for workload in exporters(rendering.of(name)):
        given = {each["name"]: each.get("value", "a-node") for each in container(workload).get("env", ())}
        assert given.keys() - RUNTIME.keys() - KNOWN.keys() == set()
        assert [name for name in given.keys() & KNOWN.keys() if KNOWN[name].fate == "refused"] == []
        options = pod_options(given)
        assert options.kubernetes == (given.get("DCGM_EXPORTER_KUBERNETES") == "true")
        if options.kubernetes:
            assert str(options.socket.parent) in {each["mountPath"] for each in container(workload)["volumeMounts"]}


def test_labels_of_pods_that_the_component_lets_through(rendering: Rendering) -> None:
    daemons = named(rendering.of("everything"), "DaemonSet", "emberline-node")
    given = {each["name"]: each.get("value", "a-node") for each in container(daemons)["env"]}
    options = pod_options(given)
    keys = ("app", "app.kubernetes.io/name", "serving.kserve.io/inferenceservice", "application", "password")
    assert [key for key in keys if key in options.shown.allowed] == [*keys[:3]]
    assert (options.dra, options.shown.pod_uid, options.node) == (True, True, "a-node")
    (reference,) = (each["valueFrom"] for each in container(daemons)["env"] if each["name"] == NODE)
    assert reference == {"fieldRef": {"fieldPath": "spec.nodeName"}}


def test_the_targets_of_the_cluster_are_read(rendering: Rendering, tmp_path: Path) -> None:
    objects = rendering.of("cluster")
    workload = named(objects, "Deployment", "emberline-cluster")
    path = parsed(container(workload)["args"])["targets"]
    (tmp_path / path.name).write_bytes(mounted(path, workload, objects))
    assert read_targets(tmp_path / path.name) == ()


@pytest.mark.parametrize("kind", WORKLOADS)
def test_the_web_configuration_is_mounted_where_it_is_looked_for(
    kind: str, rendering: Rendering, tmp_path: Path
) -> None:
    objects = rendering.of("web-config")
    (workload,) = of_kind([*exporters(objects)], kind)
    path = parsed(container(workload)["args"])["web_config"]
    (tmp_path / path.name).write_bytes(mounted(path, workload, objects))
    assert load(tmp_path / path.name).users.keys() == {"prometheus"}


def test_the_process_starts_is_probed_scraped_and_ends_as_the_manifests_say(
    rendering: Rendering, tmp_path: Path
) -> None:
    objects = rendering.of("web-config")
    (workload,) = of_kind(objects, "DaemonSet")
    one, options = container(workload), parsed(container(workload)["args"])
    web = tmp_path / options["web_config"].name
    web.write_bytes(mounted(options["web_config"], workload, objects))
    there = {"listen": "127.0.0.1:0", "web.health-address": "127.0.0.1:0", "web.config.file": str(web)}
    flags = [argument.partition("=")[0].removeprefix("--") for argument in one["args"][1:]]
    assert {*flags} == {*there, "targets-from-pods"}  # which needs an API server
    program = (sys.executable, "-c", "from emberline.cli.app import main; main()", *one["args"][:1])
    settings = (f"--{flag}={there[flag]}" for flag in there if flag != "listen")
    (monitor,) = of_kind(objects, "PodMonitor")
    with exporter(tmp_path, *settings, "--simulate", program=program) as node:
        (health,) = until(lambda: re.findall(r"health on (http://[\d.:]+)", node.log.read_text()), what="health")
        for probe in (one["livenessProbe"], one["readinessProbe"]):
            assert probe["httpGet"]["port"] == "health"
            answers(f"{health}{probe['httpGet']['path']}")
        page = f"{node.url}{endpoints(monitor)[0]['path']}"
        assert CLIENT.get(page).status_code == httpx.codes.UNAUTHORIZED
        assert CLIENT.get(page, auth=SCRAPER).status_code == httpx.codes.OK
        node.process.terminate()
        assert node.process.wait(pod(workload)["terminationGracePeriodSeconds"]) == 0


def test_prometheus_knows_the_users_secret(rendering: Rendering) -> None:
    objects = rendering.of("web-config")
    data = named(objects, "Secret", "emberline-scraper")["data"]
    monitors = [*of_kind(objects, "PodMonitor", "ServiceMonitor")]
    assert len(monitors) == 2
    assert tuple(b64decode(data[key]).decode() for key in ("username", "password")) == SCRAPER
    for monitor in monitors:
        (endpoint,) = endpoints(monitor)
        assert endpoint["basicAuth"] == {
            key: {"name": "emberline-scraper", "key": key} for key in ("username", "password")
        }


@pytest.mark.parametrize("name", EVERY)
def test_selectors_lead_to_pods_and_ports(name: str, rendering: Rendering) -> None:
    objects = rendering.of(name)
    workloads = [*of_kind(objects, *WORKLOADS)]
    for workload in workloads:
        assert matches(workload["spec"]["selector"]["matchLabels"], workload)
        assert [other for other in workloads if matches(workload["spec"]["selector"]["matchLabels"], other)] == [
            workload
        ]
    for service in of_kind(objects, "Service"):
        (workload,) = (each for each in workloads if matches(service["spec"]["selector"], each))
        (entry,) = service["spec"]["ports"]
        assert entry["port"] == port(workload, entry["targetPort"])
    for monitor in of_kind(objects, "PodMonitor"):
        (workload,) = (each for each in workloads if matches(monitor["spec"]["selector"]["matchLabels"], each))
        (endpoint,) = endpoints(monitor)
        assert port(workload, endpoint["port"])
    for monitor in of_kind(objects, "ServiceMonitor"):
        wanted = monitor["spec"]["selector"]["matchLabels"].items()
        (service,) = (each for each in of_kind(objects, "Service") if wanted <= each["metadata"]["labels"].items())
        assert [endpoint["port"] for endpoint in endpoints(monitor)] == [
            entry["name"] for entry in service["spec"]["ports"]
        ]


def test_a_scrape_ends_before_the_next_begins(rendering: Rendering) -> None:
    for monitor in of_kind(rendering.of("everything"), "PodMonitor", "ServiceMonitor"):
        (endpoint,) = endpoints(monitor)
        assert int(endpoint["scrapeTimeout"].rstrip("s")) < int(endpoint["interval"].rstrip("s"))
        assert endpoint["honorLabels"] is True
        drop = endpoint["relabelings"][-1]
        assert drop["action"] == "labeldrop"
        assert {"pod", "namespace", "container"} <= set(drop["regex"].split("|"))
