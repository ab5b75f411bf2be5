"""The guide gives a reason for every permission, and for none that is not granted."""

import re
from collections.abc import Iterator

import pytest
import yaml

from tests.deploy.rendered import (
    COMPONENTS,
    DEPLOY,
    OVERLAYS,
    WORKLOADS,
    Object,
    Rendering,
    container,
    named,
    of_kind,
    pod,
)
from tests.servers import PROJECT

PAGE = (PROJECT / "docs" / "deploy.md").read_text(encoding="utf-8")
SOURCES = "".join(path.read_text(encoding="utf-8") for path in sorted((PROJECT / "exporter").rglob("*.py")))
ENFORCE = "pod-security.kubernetes.io/enforce"


def table(head: str) -> list[list[str]]:
    """The rows of the table with this head, without backticks."""
    rows = PAGE.partition(f"| {head} |\n")[2].partition("\n\n")[0].splitlines()[1:]
    return [[cell.strip().replace("`", "") for cell in row.strip("|").split(" | ")] for row in rows]


def rights(objects: list[Object]) -> set[tuple[str, str, str]]:
    rules = [rule for role in of_kind(objects, "ClusterRole", "Role") for rule in role["rules"]]
    return {
        (group or "core", resource, verb)
        for rule in rules
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    }


def of_files(component: str) -> list[Object]:
    """What a component's own files hold."""
    texts = [path.read_text(encoding="utf-8") for path in sorted((DEPLOY / "components" / component).glob("*.yaml"))]
    return [each for text in texts for each in yaml.safe_load_all(text) if isinstance(each, dict)]


def settings(before: list[Object], after: list[Object]) -> Iterator[str]:
    """What a rendering has beyond another one, as the guide names it."""
    if named(after, "Namespace", "emberline")["metadata"]["labels"][ENFORCE] != "restricted":
        yield "enforce: privileged"
    for workload in of_kind(after, *WORKLOADS):
        spec = pod(workload)
        if spec["securityContext"]["runAsUser"] == 0:
            yield "runAsUser: 0"
        yield from (name for name in ("hostPID", "automountServiceAccountToken") if spec.get(name))
        if container(workload)["securityContext"].get("privileged"):
            yield "privileged"
    old = [each["metadata"]["name"] for each in of_kind(before, "NetworkPolicy")]
    for policy in of_kind(after, "NetworkPolicy"):
        if policy["metadata"]["name"] not in old:
            for rule in policy["spec"].get("egress", ()):
                yield "egress " + ", ".join(sorted({str(entry["port"]) for entry in rule["ports"]}, key=int))


CHAINS = {
    "pod-details": ("pods",),
    "claims": ("pods", "pod-details"),
    "shares": ("pods", "pod-details"),
    "targets-from-pods": ("pods", "pod-details"),
    "servicemonitor": ("cluster",),
    "cluster-api-server": ("cluster",),
    "kserve": ("cluster", "cluster-api-server"),
    "maintenance": ("cluster", "cluster-api-server"),
}
"""What stands before a component."""


@pytest.mark.parametrize("component", COMPONENTS)
def test_each_setting_of_a_component_has_its_row(component: str, rendering: Rendering) -> None:
    before = CHAINS.get(component, ())
    without = rendering.over_the_base(*before)
    added = set(settings(without, rendering.over_the_base(*before, component)))
    inherited = set(settings(without, without))
    told = {row[1] for row in table("component | setting | why") if row[0] == component}
    assert told == added - inherited


def test_each_right_has_its_row_and_each_row_its_right(rendering: Rendering) -> None:
    rows = [tuple(row[1:4]) for row in table("component | group | resource | verb | why")]
    assert len(rows) == len(set(rows))
    assert set(rows) == rights(rendering.of("everything"))
    for component in COMPONENTS:
        told = {tuple(row[1:4]) for row in table("component | group | resource | verb | why") if row[0] == component}
        assert told == rights(of_files(component))
    assert rights(rendering.of("base")) == set()


def test_every_right_is_one_that_the_program_uses(rendering: Rendering) -> None:
    for group, resource, verb in rights(rendering.of("everything")):
        assert verb in {"list", "watch"}
        assert group == "core" or f"/apis/{group}/" in SOURCES
        assert resource in SOURCES


def test_rights_are_bound_to_the_accounts_that_have_a_token(rendering: Rendering) -> None:
    objects = rendering.of("everything")
    workloads = [*of_kind(objects, *WORKLOADS)]
    for binding in of_kind(objects, "ClusterRoleBinding"):
        assert named(objects, "ClusterRole", binding["roleRef"]["name"])
        ((subject),) = binding["subjects"]
        (workload,) = (each for each in workloads if pod(each)["serviceAccountName"] == subject["name"])
        assert pod(workload)["automountServiceAccountToken"] is True
        component = "app.kubernetes.io/component"
        assert binding["metadata"]["labels"][component] == workload["metadata"]["labels"][component]
        account = named(objects, "ServiceAccount", subject["name"])
        assert account["metadata"]["namespace"] == subject["namespace"] == workload["metadata"]["namespace"]
        assert account["automountServiceAccountToken"] is False


def test_each_host_path_has_its_reason() -> None:
    told = {(row[0], row[1]) for row in table("component | path | why")}
    found = {
        (path.parent.name, host)
        for path in sorted(DEPLOY.rglob("*.yaml"))
        for host in re.findall(r"hostPath:\n\s+path: (\S+)", path.read_text(encoding="utf-8"))
    }
    assert told == found
    assert len(found) == sum(path.read_text(encoding="utf-8").count("hostPath:") for path in DEPLOY.rglob("*.yaml"))


def test_the_guide_names_every_component_and_overlay() -> None:
    rows = {row[0]: row[2].strip() if len(row) > 2 else "" for row in table("component | adds | after")}
    assert rows.keys() == set(COMPONENTS)
    assert {name: after for name, after in rows.items() if after and name != "web-config"} == {
        name: chain[-1] for name, chain in CHAINS.items()
    }
    assert {row[0] for row in table("overlay | what runs")} == set(OVERLAYS)


def test_the_guides_example_is_an_overlay(rendering: Rendering) -> None:
    (example,) = re.findall(r"```yaml\n([^`]*?configMapGenerator.*?)```", PAGE, re.DOTALL)
    targets_file = "- {kind: vllm, url: 'http://vllm.ai-hub.svc:8000'}\n"
    objects = rendering.kustomization("mine", example, {"targets.yaml": targets_file})
    for workload in of_kind(objects, *WORKLOADS):
        assert container(workload)["image"] == "registry.example/emberline:0.1.0"
    (targets,) = of_kind(objects, "ConfigMap")
    assert "vllm.ai-hub" in targets["data"]["targets.yaml"]
    (volume,) = pod(named(objects, "Deployment", "emberline-cluster"))["volumes"]
    assert volume["configMap"]["name"] == targets["metadata"]["name"]
