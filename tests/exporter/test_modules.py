"""The node process and its child import what they need and nothing else: every module costs memory on every node."""

import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.exporter.faulty import VLLM, Server, serves
from tests.exporter.running import exporter
from tests.fakedriver.library import Build
from tests.fakedriver.state import FakeDriver
from tests.servers import CLIENT, until

TRACED = (sys.executable, "-X", "importtime", "-m")
IMPORTED = re.compile(r"import time: +\d+ \| +\d+ \| +(\w+)")

OURS = {"exporter", "native"}
SERVER = {"aiohttp", "aiohappyeyeballs", "aiosignal", "attr", "frozenlist", "idna", "multidict", "propcache", "yarl"}
PARSING = {"pydantic", "pydantic_core", "annotated_types", "typing_extensions", "typing_inspection", "yaml"}
PARENT = OURS | SERVER | PARSING | {"bcrypt"}
CHILD = {"exporter", "pynvml"}
HTTP_CLIENT = {"httpx", "httpcore", "anyio", "h11", "certifi"}
"""What comes with targets; rich, click and pygments come with httpx where they are installed."""


def imported(log: str) -> set[str]:
    """The packages and modules from outside the standard library, what every Python here starts with left out.

    Python also logs what could not be imported: extras that are not installed.
    """
    bare = subprocess.run([*TRACED[:-1], "-c", ""], capture_output=True, text=True, check=True).stderr
    names = set(IMPORTED.findall(log)) - set(IMPORTED.findall(bare)) - set(sys.stdlib_module_names)
    return {name for name in names if find_spec(name)}


def parent(folder: Path, targets: str = "") -> set[str]:
    """What the process has imported once its page was read and everything was collected."""
    with exporter(folder, "--simulate", targets=targets, program=(*TRACED, "exporter")) as running:
        until(lambda: CLIENT.get(f"{running.url}/-/ready").status_code == 200, what="readiness")
        assert CLIENT.get(f"{running.url}/metrics", headers={"Accept-Encoding": "gzip"}).status_code == 200
        return imported(running.log.read_text())


def test_without_targets_the_process_imports_its_server_and_its_parsers(tmp_path: Path) -> None:
    assert parent(tmp_path) == PARENT


def test_with_targets_the_http_client_is_seen(tmp_path: Path) -> None:
    with Server(serves(VLLM)) as server:
        assert parent(tmp_path, f"- {{kind: vllm, url: '{server.url}'}}\n") >= PARENT | HTTP_CLIENT


@pytest.mark.parametrize(
    ("options", "expected"), [(("--simulate",), {"exporter"}), ((), CHILD)], ids=["simulated", "driver"]
)
def test_the_child_imports_the_binding_of_nvml_and_no_more(
    options: tuple[str, ...],
    expected: set[str],
    driver: FakeDriver,
    library: Build,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("LD_LIBRARY_PATH", str(library(())))
    monkeypatch.setenv("FAKE_NVML_STATE", str(driver.path))
    command = (*TRACED, "exporter.nvml.child", "--interval", "0.1", "--deadline", "5", *options)
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        readings = [child.stdout.readline() for _ in range(3)]
        log = child.communicate(timeout=20)[1].decode()
    assert child.returncode == 0
    assert all(b"gpus" in reading for reading in readings)
    assert imported(log) == expected
