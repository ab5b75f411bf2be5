"""The air gap (X8): every command works without a network, and nothing that is written names an address outside."""

import ipaddress
import re
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import get_args
from urllib.parse import urlsplit

import pytest

from emberline.cli.rules_command import Form
from rules.flagger import flagger_templates
from tests.integration.isolation import connected, connected_to_itself, emberline, isolated, watched_up
from tests.rules.plans import shipped_plans
from tests.servers import PROJECT

COMMANDS = {
    "list": ("list",),
    "check": ("check",),
    **{form: ("rules", "--format", form, "-o", form) for form in get_args(Form)},
    "alertmanager": ("alertmanager", "-o", "alertmanager/alertmanager.yml"),
    "dashboards": ("dashboards", "-o", "dashboards"),
}
"""Command lines by the folder into which they write."""
API_GROUP = "a group of the Kubernetes API, or a prefix of labels: a name that nobody resolves"
WITNESS = "a DNS witness of X2: the instance of a probe that the platform may have; nothing here connects to it"
KNOWN = {
    "app.kubernetes.io": API_GROUP,
    "monitoring.coreos.com": API_GROUP,
    "flagger.app": API_GROUP,
    "hcloud.crossplane.io": API_GROUP,
    "vpc.huaweicloud.crossplane.io": API_GROUP,
    "core.oci.upbound.io": API_GROUP,
    "ec2.aws.upbound.io": API_GROUP,
    "compute.gcp.upbound.io": API_GROUP,
    "network.azure.upbound.io": API_GROUP,
    "8.8.8.8": WITNESS,
    "1.1.1.1": WITNESS,
    "9.9.9.9": WITNESS,
}
"""What looks like an address outside and is none, with the reason."""
URL = re.compile(r"\b[a-z][a-z0-9+.-]*://[^\s\"'<>)\\]+", re.IGNORECASE)
NAME = re.compile(
    r"(?<![\w.-])(?:[a-z0-9-]+\.)+(?:com|org|net|io|dev|app|ai|cloud|eu|de|sh|co|me)(?![\w.-])", re.IGNORECASE
)
NUMBERS = re.compile(r"(?<![\d.])\d{1,3}(?:\.\d{1,3}){3}(?![\d.])")
IN_CLUSTER = re.compile(r"[^.]+|.+\.svc(\.cluster\.local)?")


def hosts(text: str) -> Iterator[str]:
    """Every host that a text names, in an address or alone."""
    yield from (urlsplit(found).hostname or found for found in URL.findall(text))
    yield from (found.lower() for found in NAME.findall(text))
    yield from NUMBERS.findall(text)


def inside(host: str) -> bool:
    """Whether a host is on this machine, in this cluster or in a private network."""
    try:
        return ipaddress.ip_address(host).is_private
    except ValueError:
        return bool(IN_CLUSTER.fullmatch(host))


def outside(folder: Path) -> Mapping[str, set[str]]:
    """Files by the host outside that they name."""
    found: dict[str, set[str]] = {}
    for path in folder.rglob("*"):
        if path.is_file():
            for host in hosts(path.read_text(encoding="utf-8")):
                if not inside(host):
                    found.setdefault(host, set()).add(str(path.relative_to(folder)))
    return found


@dataclass(frozen=True, slots=True)
class Gap:
    """What every command said and wrote behind the air gap; each has a folder of its name."""

    runs: Mapping[str, subprocess.CompletedProcess[str]]
    folder: Path


@pytest.fixture(scope="module")
def gap(tmp_path_factory: pytest.TempPathFactory) -> Gap:
    folder = tmp_path_factory.mktemp("gap")
    (folder / "up").mkdir()
    (folder / "flagger.yaml").write_text(flagger_templates(shipped_plans(), "http://prometheus:9090"), encoding="utf-8")
    runs = {name: isolated(emberline, *command, folder=folder) for name, command in COMMANDS.items()}
    return Gap(runs | {"up": isolated(watched_up, folder=folder / "up")}, folder)


def test_every_command_works_without_a_network_and_names_no_address_outside(gap: Gap) -> None:
    """One test, for one machine needs half a minute for all that it looks at; pages were served on the loopback."""
    assert gap.runs.keys() == {*COMMANDS, "up"}
    assert {command: run.stdout + run.stderr for command, run in gap.runs.items() if run.returncode} == {}
    written = {path.parent.relative_to(gap.folder).parts[0] for path in gap.folder.glob("*/*")}
    assert written == gap.runs.keys() - {"list", "check"}
    assert "NVIDIA H100" in (gap.folder / "up/page.html").read_text(encoding="utf-8")
    assert "DCGM_FI_DEV_GPU_UTIL{" in (gap.folder / "up/metrics.prom").read_text(encoding="utf-8")
    named = outside(gap.folder)
    assert {host: files for host, files in named.items() if host not in KNOWN} == {}
    assert KNOWN.keys() - named.keys() == set(), "an exception that nothing needs"


@pytest.mark.parametrize(
    ("text", "host"),
    [
        ('"url": "https://grafana.example.org/d/1"', "grafana.example.org"),
        ("address: http://prometheus.monitoring:9090", "prometheus.monitoring"),
        ("<script src=//cdn.example.net/chart.js>", "cdn.example.net"),
        ("@import url(Fonts.Example.COM/css);", "fonts.example.com"),
        ("image: registry.example.io/emberline:1", "registry.example.io"),
        ("targets: [8.8.4.4:53]", "8.8.4.4"),
        ("url: http://[2606:4700::1111]/", "2606:4700::1111"),
    ],
)
def test_an_address_outside_is_found_wherever_it_stands(text: str, host: str, tmp_path: Path) -> None:
    written = (PROJECT / "tests/golden/rules/P1.yaml").read_text(encoding="utf-8")
    (tmp_path / "injected.yaml").write_text(f"{written}# {text}\n", encoding="utf-8")
    assert {name for name in outside(tmp_path) if name not in KNOWN} == {host}


@pytest.mark.parametrize(
    "text",
    [
        "url: http://emberline-responder.emberline.svc:8080/alerts",
        "url: http://prometheus.monitoring.svc.cluster.local:9090",
        "url: http://prometheus:9090, http://localhost:1, http://127.0.0.1:9400/metrics, http://[::1]/",
        "instance: 10.70.0.2:9586",
        "metric: slo:bad_events:increase5m, version 1.2.3, file rules.yaml, code.py",
    ],
)
def test_what_is_inside_is_no_finding(text: str, tmp_path: Path) -> None:
    (tmp_path / "inside.yaml").write_text(text, encoding="utf-8")
    assert outside(tmp_path) == {}


@pytest.mark.parametrize("host", ["192.0.2.1", "8.8.8.8", "10.0.0.1"])
def test_there_is_no_way_out(host: str, tmp_path: Path) -> None:
    assert isolated(connected, host, "80", folder=tmp_path).stdout == "Network is unreachable\n"


def test_the_loopback_device_is_there(tmp_path: Path) -> None:
    assert isolated(connected_to_itself, folder=tmp_path).stdout == "yes\n"
