"""Every rendering is what Kubernetes and prometheus-operator take, and as hard as the guide says."""

import json
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import kubernetes_validate
import pytest
import yaml

from tests.deploy.rendered import (
    CHOICES,
    COMPONENTS,
    DEPLOY,
    EVERY,
    WORKLOADS,
    Object,
    Rendering,
    container,
    named,
    of_kind,
    pod,
)
from tests.servers import PROJECT

OPERATOR = "monitoring.coreos.com/v1"
MONITORS = ("PodMonitor", "ServiceMonitor")
VERSIONS = ("1.25", "1.37")
VERSION = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]


def closed(schema: Any) -> Any:  # noqa: ANN401  JSON of any shape
    """A schema that takes no field it does not name; metadata is not its business."""
    if isinstance(schema, list):
        return [closed(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    own = {"additionalProperties": False} if "properties" in schema else {}
    return own | {key: closed(value) for key, value in schema.items()}


SCHEMAS = {
    kind: closed(json.loads((PROJECT / f"tests/data/operator/{kind.lower()}.json").read_text(encoding="utf-8")))
    for kind in MONITORS
}


@cache
def valid(text: str, version: str) -> bool:
    """Whether an object is valid; most of them are the same in every rendering, and looked at once."""
    validate(json.loads(text), version)
    return True


def validate(each: Object, version: str) -> None:
    """Hold an object against its schema."""
    if each["apiVersion"] == OPERATOR:
        jsonschema.validate(each, SCHEMAS[each["kind"]])
    else:
        kubernetes_validate.validate(each, version, strict=True)


@pytest.mark.parametrize("version", VERSIONS)
@pytest.mark.parametrize("name", EVERY)
def test_every_object_is_valid(name: str, version: str, rendering: Rendering) -> None:
    objects = rendering.of(name)
    assert objects
    assert all(valid(json.dumps(each), version) for each in objects)


@pytest.mark.parametrize(
    ("kind", "path", "value"),
    [
        ("DaemonSet", ("spec", "template", "spec", "hostPid"), True),
        ("DaemonSet", ("spec", "updateStrategy"), "RollingUpdate"),
        ("NetworkPolicy", ("spec", "policyType"), ["Ingress"]),
        ("PodMonitor", ("spec", "podMetricsEndpoints", 0, "intervall"), "15s"),
        ("ServiceMonitor", ("spec", "endpoints", 0, "interval"), "15 s"),
        ("ServiceMonitor", ("spec", "endpoints", 0, "relabelings", 0, "action"), "rename"),
    ],
)
def test_a_fault_is_seen(kind: str, path: tuple[str | int, ...], value: object, rendering: Rendering) -> None:
    broken = json.loads(json.dumps(next(of_kind(rendering.of("everything"), kind))))
    place: Any = broken
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    with pytest.raises((jsonschema.ValidationError, kubernetes_validate.ValidationError)):
        validate(broken, VERSIONS[-1])


def test_every_component_is_rendered() -> None:
    assert {component for choice in CHOICES.values() for component in choice} == set(COMPONENTS)


@pytest.mark.parametrize("name", EVERY)
def test_workloads_are_hardened(name: str, rendering: Rendering) -> None:
    for workload in of_kind(rendering.of(name), *WORKLOADS):
        spec, one = pod(workload), container(workload)
        security = one["securityContext"]
        assert security["readOnlyRootFilesystem"] is True
        assert spec["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
        if name != "gpu-privileged":
            assert security["capabilities"] == {"drop": ["ALL"]}
            assert (security["allowPrivilegeEscalation"], security.get("privileged")) == (False, None)
        assert {"hostNetwork", "hostIPC", "initContainers"} & spec.keys() == set()
        assert (one["resources"]["requests"].keys(), one["resources"]["limits"].keys()) == (
            {"cpu", "memory"},
            {"memory"},
        )
        assert one["image"] == f"emberline:{VERSION}"
        assert spec["terminationGracePeriodSeconds"] == 10
        assert spec["enableServiceLinks"] is False


def test_the_base_is_admitted_where_pods_are_restricted(rendering: Rendering) -> None:
    objects = rendering.of("base")
    spec = pod(named(objects, "DaemonSet", "emberline-node"))
    assert named(objects, "Namespace", "emberline")["metadata"]["labels"]["pod-security.kubernetes.io/enforce"] == (
        "restricted"
    )
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert spec["automountServiceAccountToken"] is False
    assert {"volumes", "hostPID"} & spec.keys() == set()


def test_the_node_process_takes_no_gpu_and_is_rolled_out_in_parts(rendering: Rendering) -> None:
    daemons = named(rendering.of("base"), "DaemonSet", "emberline-node")
    assert daemons["spec"]["updateStrategy"] == {"type": "RollingUpdate", "rollingUpdate": {"maxUnavailable": "10%"}}
    assert (pod(daemons)["priorityClassName"], pod(daemons)["runtimeClassName"]) == ("system-node-critical", "nvidia")
    assert "nvidia.com/gpu" not in json.dumps(container(daemons)["resources"])


def test_the_handbooks_nodes_are_chosen_by_its_overlay(rendering: Rendering) -> None:
    spec = pod(named(rendering.of("handbook"), "DaemonSet", "emberline-node"))
    assert spec["nodeSelector"] == {
        "kubernetes.io/os": "linux",
        "node.kubernetes.io/gpu": "true",
        "nvidia.com/gpu.product": "NVIDIA-A10",
    }
    assert {"key": "nvidia.com/gpu", "operator": "Exists", "effect": "NoSchedule"} in spec["tolerations"]


def test_each_way_to_the_gpus_without_the_runtime_class(rendering: Rendering) -> None:
    daemons = {name: named(rendering.of(name), "DaemonSet", "emberline-node") for name in CHOICES}
    assert {name for name, each in daemons.items() if "runtimeClassName" not in pod(each)} == {
        "gpu-cdi",
        "gpu-volume-mounts",
    }
    annotations = daemons["gpu-cdi"]["spec"]["template"]["metadata"]["annotations"]
    name = container(daemons["gpu-cdi"])["name"]
    assert annotations[f"nvidia.cdi.k8s.io/container.{name}"] == "management.nvidia.com/gpu=all"
    assert container(daemons["gpu-privileged"])["securityContext"]["privileged"] is True


OWN = (DEPLOY / "examples/web-config/.gitignore").read_text(encoding="utf-8").split()
"""Secrets of whoever works here; git does not see them."""
FILES = [path for path in sorted(DEPLOY.rglob("*")) if path.is_file() and path.name not in OWN]
LABELS = re.compile(
    r"(?:[a-z]+\.)*(?:k8s\.io|kubernetes\.io|nvidia\.com|coreos\.com|velero\.io|kserve\.io)(?=[/\s\]]|$)"
)
"""Groups of an API and prefixes of labels: names that nobody resolves."""
OUTSIDE = re.compile(
    r"\w+://(?![a-z-]+\.[a-z-]+\.svc)[^\s]+|\b[a-z0-9-]+\.(?:com|org|io|net|dev)\b|:latest\b", re.IGNORECASE
)


def addresses(text: str) -> list[str]:
    return OUTSIDE.findall(LABELS.sub("", text.replace("\\.", ".")))


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(DEPLOY)))
def test_no_file_names_an_address_outside_or_a_moving_tag(path: Path) -> None:
    assert addresses(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize("text", ["https://vllm.example/x", "image: ghcr.io/x/y:1", "FROM python:latest"])
def test_an_address_outside_is_seen(text: str) -> None:
    assert addresses(text)


def test_no_secret_is_committed() -> None:
    texts = [path.read_text(encoding="utf-8") for path in FILES if path.suffix in (".yaml", ".yml")]
    assert [text for text in texts if re.search(r"^kind: Secret$|\$2[aby]\$", text, re.MULTILINE)] == []
    example = DEPLOY / "examples/web-config"
    (secret, scraper) = yaml.safe_load((example / "kustomization.yaml").read_text(encoding="utf-8"))["secretGenerator"]
    assert [*secret["files"], *scraper["envs"]] == OWN
