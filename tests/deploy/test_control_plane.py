"""The control plane as its manifests start it: what it is told, what it may write, who gets in, and that it runs."""

from base64 import b64decode
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from typer.main import get_command

from emberline.cli.app import program
from emberline.sources.access import Access, User
from emberline.sources.targets import load_targets
from tests.deploy.rendered import Object, Rendering, container, named, pod
from tests.deploy.test_wiring import answers, mounted
from tests.emberline.scraper.test_access import brings
from tests.emberline.up.test_up import up
from tests.exporter.web.site import site
from tests.servers import CLIENT

NAME = "emberline-control-plane"
COMMAND: Any = get_command(program(("up", "list")))


@pytest.fixture
def workload(rendering: Rendering) -> Object:
    return named(rendering.of("control-plane"), "Deployment", NAME)


def parsed(workload: Object) -> Mapping[str, Any]:
    """The options of its arguments by the real command line."""
    name, command, rest = COMMAND.resolve_command(None, container(workload)["args"])
    assert name == "up"
    return dict(command.make_context(name, rest).params)


def folder(workload: Object, path: Path) -> Object:
    """The mount in which a path of the container lies."""
    mounts = container(workload)["volumeMounts"]
    (found,) = (each for each in mounts if path.is_relative_to(each["mountPath"]))
    return dict(found)


def test_it_never_simulates_and_listens_where_the_service_and_the_probes_look(
    workload: Object, rendering: Rendering
) -> None:
    options, one = parsed(workload), container(workload)
    assert (options["host"], options["simulate"], options["for_"]) == ("", False, None)
    assert one["ports"] == [{"name": "page", "containerPort": options["port"]}]
    (entry,) = named(rendering.of("control-plane"), "Service", NAME)["spec"]["ports"]
    assert (entry["port"], entry["targetPort"]) == (8080, "page")
    assert {one[f"{kind}Probe"]["httpGet"]["port"] for kind in ("startup", "liveness", "readiness")} == {"page"}


def test_it_writes_into_volumes_of_bounded_size_alone(workload: Object) -> None:
    volumes = {each["name"]: each for each in pod(workload)["volumes"]}
    for path in (parsed(workload)["out"], Path("/tmp")):  # noqa: S108 - in the container
        mount = folder(workload, path)
        assert "readOnly" not in mount
        assert volumes[mount["name"]]["emptyDir"]["sizeLimit"]
    assert sum("emptyDir" in each for each in volumes.values()) == 2
    assert folder(workload, parsed(workload)["targets"])["readOnly"] is True


def test_it_has_neither_a_token_nor_a_second_copy(workload: Object) -> None:
    assert pod(workload)["automountServiceAccountToken"] is False
    assert (workload["spec"]["replicas"], workload["spec"]["strategy"]) == (1, {"type": "Recreate"})


def test_nobody_is_let_in_whom_no_overlay_admits(rendering: Rendering) -> None:
    policy = named(rendering.of("control-plane"), "NetworkPolicy", NAME)["spec"]
    assert policy["policyTypes"] == ["Ingress", "Egress"]
    assert "ingress" not in policy
    assert {8000, 9091, 9400, 53} <= {entry["port"] for rule in policy["egress"] for entry in rule["ports"]}


def test_with_users_it_reads_the_pages_by_the_password_that_is_mounted(rendering: Rendering, tmp_path: Path) -> None:
    objects = rendering.of("web-config")
    workload = named(objects, "Deployment", NAME)
    path = tmp_path / "targets.yaml"
    path.write_bytes(mounted(parsed(workload)["targets"], workload, objects))
    (nodes,) = load_targets(path)
    user = nodes.access.user
    assert user is not None
    assert isinstance(user.name, Path)
    for name, file in (("name", user.name), ("password", user.password)):
        (tmp_path / name).write_bytes(mounted(file, workload, objects))
    assert (nodes.each_address, nodes.honor_labels) == (True, True)
    there = Access(user=User(tmp_path / "name", tmp_path / "password"))
    (tmp_path / "web.yml").write_bytes(b64decode(named(objects, "Secret", "emberline-web-config")["data"]["web.yml"]))
    with site(config=tmp_path / "web.yml") as found:
        assert brings(found.url, there, Access()) == ["", "HTTP status 401"]


def test_it_starts_with_the_targets_of_the_manifests_and_says_which_it_does_not_find(
    workload: Object, rendering: Rendering, tmp_path: Path
) -> None:
    objects, one = rendering.of("control-plane"), container(workload)
    (volume,) = (each for each in pod(workload)["volumes"] if "configMap" in each)
    targets = tmp_path / parsed(workload)["targets"].name
    targets.write_text(named(objects, "ConfigMap", volume["configMap"]["name"])["data"][targets.name])
    (nodes,) = load_targets(targets)
    assert (nodes.each_address, nodes.honor_labels) == (True, True)
    service = named(objects, "Service", str(urlsplit(nodes.url).hostname).partition(".")[0])["spec"]
    assert (service["clusterIP"], service["ports"][0]["port"]) == ("None", urlsplit(nodes.url).port)
    there = {"--port": "0", "--targets": str(targets), "--out": str(tmp_path / "out")}
    pairs = (argument.partition("=") for argument in one["args"][1:])
    arguments = [f"{flag}{mark}{there.get(flag, value)}" for flag, mark, value in pairs]
    with up(tmp_path, *arguments, environment={"TMPDIR": str(tmp_path)}) as run:
        for probe in ("startupProbe", "readinessProbe", "livenessProbe"):
            answers(f"{run.url}{one[probe]['httpGet']['path']}")
        page = CLIENT.get(run.url).text
        assert "emberline-nodes.emberline.svc" in page
        assert "demo fleet" not in page
        run.child.terminate()
        assert run.child.wait(pod(workload)["terminationGracePeriodSeconds"]) == 0
