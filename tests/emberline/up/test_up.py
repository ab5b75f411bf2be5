"""`emberline up` as a person starts and ends it: real processes, one group each, nothing left behind."""

import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from emberline.catalogue import shipped
from tests.servers import until

START_SECONDS = 60.0
QUICK = ("--simulate", "--area", "relay")
"""Where it does not matter what is evaluated."""
IDS = [slo.id for slo in shipped()]


def members(group: int) -> list[str]:
    """Command lines of the processes in a process group, zombies left out."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
            command = stat.with_name("cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        if int(fields[2]) == group and fields[0] != "Z":
            found.append(command)
    return found


def descendants(parent: int) -> set[int]:
    """Every process below one, whatever group it has moved to."""
    children: dict[int, list[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:
            continue
        children.setdefault(int(fields[1]), []).append(int(stat.parent.name))
    found: set[int] = set()
    todo = [parent]
    while todo:
        fresh = children.get(todo.pop(), [])
        found.update(fresh)
        todo += fresh
    return found


def alive(process: int) -> bool:
    try:
        return Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@dataclass
class Up:
    """A running `emberline up` and its process group."""

    child: subprocess.Popen[bytes]
    folder: Path

    @property
    def said(self) -> str:
        return (self.folder / "log").read_text(encoding="utf-8", errors="replace")

    @property
    def url(self) -> str:
        return self.told(r"Status page +(\S+)/")

    @property
    def exporter(self) -> str:
        return self.told(r"Exporter +(\S+)")

    def told(self, pattern: str) -> str:
        """What the first group of a pattern finds on the screen, waited for."""
        return str(until(lambda: re.findall(pattern, self.said), START_SECONDS, f"{pattern} on the screen")[0])

    def end(self, number: int) -> int:
        self.child.send_signal(number)
        return self.child.wait(20)


@contextmanager
def up(folder: Path, *arguments: str, environment: Mapping[str, str] | None = None) -> Iterator[Up]:
    with (folder / "log").open("wb") as log:
        child = subprocess.Popen(
            [sys.executable, "-c", "from emberline.cli.app import main; main()", "up", "--port", "0", *arguments],
            cwd=folder, stdout=log, stderr=log, start_new_session=True, env={**os.environ, **(environment or {})},
        )  # fmt: skip
    try:
        yield Up(child, folder)
    finally:
        if child.poll() is None:
            os.killpg(child.pid, signal.SIGKILL)
            child.wait()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "sigterm"])
def test_a_signal_ends_it_with_0_and_leaves_no_process(tmp_path: Path, number: int) -> None:
    with up(tmp_path, *QUICK) as run:
        assert run.url
        below = descendants(run.child.pid)
        assert len(below) >= 2, "the exporter and its NVML child"
        assert run.end(number) == 0
        assert members(run.child.pid) == []
        until(lambda: not any(map(alive, below)), 5, "the end of every descendant")


def test_a_signal_ends_it_before_it_has_started(tmp_path: Path) -> None:
    with up(tmp_path, *QUICK) as run:
        until(lambda: "Wrote" in run.said, START_SECONDS)
        below = descendants(run.child.pid)
        assert run.end(signal.SIGTERM) == 0
        until(lambda: not any(map(alive, below)), 5, "the end of every descendant")
        assert members(run.child.pid) == []


def test_it_ends_by_itself_and_has_shown_everything(tmp_path: Path) -> None:
    """One run: the page with its 21 rows, eight GPUs and all targets, its JSON, and the artefacts."""
    with up(tmp_path, "--for", "15s") as run:
        page = httpx.get(run.url).text
        assert [row for row in IDS if f'id="{row}"' not in page] == []
        assert "demo fleet was started" in page
        assert page.count("NVIDIA H100") == 8
        assert re.search(r"switch on [^<]+", page), "F5 says what to switch on"
        status = httpx.get(f"{run.url}/status.json").json()
        assert len(status["gpus"]) == 8
        assert [target for target in status["targets"] if not target["up"]] == []
        assert {"firing", "inactive"} <= {alert["state"] for slo in status["slos"] for alert in slo["alerts"]}
        assert {slo["id"] for slo in status["slos"]} == set(IDS)
        metrics = httpx.get(run.exporter).text
        assert "DCGM_FI_DEV_GPU_UTIL{" in metrics
        assert re.search(r"emberline_target_up\{[^}]*vllm[^}]*\} 1", metrics)
        assert re.search(r"emberline_target_up\{[^}]*milvus[^}]*\} 1", metrics)
        assert run.child.wait(30) == 0
        assert members(run.child.pid) == []
    assert json.loads((tmp_path / "out/dashboards/emberline-gpu-metrics.json").read_text())["uid"]
    assert {path.name for path in (tmp_path / "out/rules").glob("*.yaml")} >= {"platform.yaml", "ai-hub-alerts.yaml"}


def test_real_targets_are_scraped_without_any_simulation(tmp_path: Path) -> None:
    """The exporter of one run is the target of another, which has nothing else to look at."""
    with up(tmp_path, *QUICK) as first:
        second = tmp_path / "second"
        second.mkdir()
        (second / "targets.yaml").write_text(f"- kind: node\n  url: {first.exporter}\n  interval: 1s\n")
        with up(second, "--targets", "targets.yaml") as run:
            page = httpx.get(run.url).text
            assert "demo fleet" not in page
            assert page.count("NVIDIA H100") == 8
            assert page.count('<span class="state warn">no data</span>') >= 15
            assert run.end(signal.SIGTERM) == 0


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (("--for", "soon"), 2, "--for: 'soon' is not a duration"),
        (("--targets", "missing.yaml"), 2, "missing.yaml:1: "),
        (("--simulate", "--targets", "/"), 2, "/:1: Is a directory"),
        (("--area", "nowhere"), 2, "no SLO in area 'nowhere'"),
    ],
)
def test_bad_wishes_are_refused_with_one_message(
    tmp_path: Path, arguments: tuple[str, ...], code: int, says: str
) -> None:
    with up(tmp_path, *arguments) as run:
        assert run.child.wait(START_SECONDS) == code
        assert says in run.said
        assert "Traceback" not in run.said
        assert not (tmp_path / "out").exists()


def test_a_taken_port_is_one_message(tmp_path: Path) -> None:
    with up(tmp_path, *QUICK) as first:
        port = first.url.rpartition(":")[2]
        second = tmp_path / "second"
        second.mkdir()
        with up(second, *QUICK, "--port", port) as run:
            assert run.child.wait(START_SECONDS) == 2
            assert f"cannot listen on 127.0.0.1:{port}" in run.said
            assert "Traceback" not in run.said
            assert members(run.child.pid) == []
