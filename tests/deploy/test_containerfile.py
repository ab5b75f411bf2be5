"""The Containerfile cannot be built by the tests, which have no container engine; what its steps rely on is there."""

import json
import re
import tomllib
from collections.abc import Sequence

from emberline.cli.app import COMMANDS
from tests.deploy.rendered import DEPLOY, WORKLOADS, Rendering, container, of_kind, pod
from tests.servers import PROJECT

TEXT = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
STEPS = [
    line.split(maxsplit=1)
    for line in re.sub(r"\\\n\s*", "", re.sub(r"^#.*\n", "", TEXT, flags=re.MULTILINE)).splitlines()
    if line
]


def values(instruction: str, steps: Sequence[Sequence[str]] = STEPS) -> list[str]:
    return [value for name, value in steps if name == instruction]


LAST = STEPS[max(number for number, (name, _) in enumerate(STEPS) if name == "FROM") :]


def test_base_images_are_arguments_without_a_default() -> None:
    assert values("FROM") == ["${BUILD_IMAGE} AS build", "${RUNTIME_IMAGE}"]
    assert values("ARG") == ["BUILD_IMAGE", "RUNTIME_IMAGE"]


def test_every_package_is_checked_by_its_hash_or_is_ours() -> None:
    installs = [step for run in values("RUN") for step in run.split("&&") if re.search(r"\bpip\b.* install ", step)]
    assert len(installs) == 4
    for step in installs:
        assert "--require-hashes" in step or ("--no-deps --no-index" in step and "/wheels/emberline-" in step)
    assert [run for run in values("RUN") if re.search(r"\b(?:curl|wget|apt|apk|dnf|git)\b|://", run)] == []


def test_what_is_copied_is_all_that_the_wheel_needs() -> None:
    copied = {source for value in values("COPY") if "--from" not in value for source in value.split()[:-1]}
    assert [source for source in copied if not (PROJECT / source).exists()] == []
    packages = tomllib.loads((PROJECT / "pyproject.toml").read_text())["tool"]["scikit-build"]["wheel"]["packages"]
    wanted = {*packages.values(), "pyproject.toml", "README.md", "LICENSE"}
    assert copied == wanted | {"requirements.lock", "scripts/runtime_lock.py"}


def test_the_image_runs_the_program_as_the_user_of_the_manifests(rendering: Rendering) -> None:
    (user,) = values("USER", LAST)
    (entry,) = values("ENTRYPOINT", LAST)
    names = [name for name, _ in LAST]
    assert names.index("USER") < names.index("RUN")
    assert json.loads(entry) == ["/opt/emberline/bin/emberline"]
    for workload in of_kind(rendering.of("control-plane"), *WORKLOADS):
        assert "command" not in container(workload)
        assert container(workload)["args"][0] in COMMANDS
    for workload in of_kind(rendering.of("base"), *WORKLOADS):
        security = pod(workload)["securityContext"]
        assert f"{security['runAsUser']}:{security['runAsGroup']}" == user
    workloads = of_kind(rendering.of("control-plane"), *WORKLOADS)
    ports = {str(each["containerPort"]) for workload in workloads for each in container(workload)["ports"]}
    assert {*values("EXPOSE", LAST)[0].split()} == ports


def test_the_last_stage_needs_no_shell() -> None:
    assert all(json.loads(run)[0].startswith("/opt/emberline/") for run in values("RUN", LAST))
