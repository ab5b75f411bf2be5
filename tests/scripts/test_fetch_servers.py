"""The cache of real servers: exact versions, filled once, never half."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

PROGRAM = Path(__file__).resolve().parents[2] / "scripts" / "fetch-servers"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """The only folder on the PATH."""
    folder = tmp_path / "bin"
    folder.mkdir()
    return folder


def put(folder: Path, name: str, version: str) -> None:
    program = folder / name
    program.write_text(f"#!/bin/sh\necho '{name}, version {version} (branch: HEAD)'\n", encoding="utf-8")
    program.chmod(0o755)


def fetch(path: Path, *names: str) -> subprocess.CompletedProcess[str]:
    environment = {"PATH": str(path), "EMBERLINE_SERVERS": str(path.parent / "cache")}
    command = [sys.executable, str(PROGRAM), *names]
    return subprocess.run(command, env=environment, capture_output=True, text=True, timeout=60, check=False)


def test_servers_on_the_path_are_taken_under_their_exact_version(path: Path) -> None:
    put(path, "prometheus", "3.5.9")
    put(path, "promtool", "3.5.9")
    run = fetch(path, "prometheus-3.5")
    assert (run.returncode, run.stdout.strip()) == (0, f"prometheus-3.5: {path.parent}/cache/prometheus-3.5.9")
    assert sorted(file.name for file in (path.parent / "cache/prometheus-3.5.9").iterdir()) == [
        "prometheus",
        "promtool",
    ]


def test_of_a_server_that_is_never_started_the_tool_is_enough(path: Path) -> None:
    put(path, "amtool", "0.25.0")
    run = fetch(path, "alertmanager-0.25")
    assert (run.returncode, run.stdout.strip()) == (0, f"alertmanager-0.25: {path.parent}/cache/alertmanager-0.25.0")
    assert fetch(path, "alertmanager-0.33").returncode == 3


def test_kustomize_is_asked_in_its_own_way(path: Path) -> None:
    program = path / "kustomize"
    program.write_text('#!/bin/sh\n[ "$1" = version ] && echo v5.8.3\n', encoding="utf-8")
    program.chmod(0o755)
    run = fetch(path, "kustomize-5.8")
    assert (run.returncode, run.stdout.strip()) == (0, f"kustomize-5.8: {path.parent}/cache/kustomize-5.8.3")


def test_what_is_cached_is_not_fetched_again(path: Path) -> None:
    put(path, "prometheus", "3.5.9")
    put(path, "promtool", "3.5.9")
    fetch(path, "prometheus-3.5")
    put(path, "prometheus", "3.6.0")
    assert fetch(path, "prometheus-3.5").stdout.strip().endswith("prometheus-3.5.9")


@pytest.mark.parametrize(("server", "tool"), [("3.4.0", "3.5.9"), ("3.5.9", "3.5.8"), ("3.50.1", "3.50.1")])
def test_a_wrong_version_is_an_error_that_names_both(server: str, tool: str, path: Path) -> None:
    put(path, "prometheus", server)
    put(path, "promtool", tool)
    run = fetch(path, "prometheus-3.5")
    assert run.returncode == 3
    assert "wanted 3.5.x" in run.stderr
    assert server in run.stderr
    assert [entry.name for entry in (path.parent / "cache").iterdir() if not entry.name.startswith(".")] == []


def test_two_runs_at_once_fill_one_entry(path: Path) -> None:
    put(path, "prometheus", "3.5.9")
    put(path, "promtool", "3.5.9")
    with ThreadPoolExecutor() as pool:
        runs = list(pool.map(lambda _: fetch(path, "prometheus-3.5"), range(4)))
    assert {(run.returncode, run.stdout) for run in runs} == {(0, runs[0].stdout)}
    assert [entry.name for entry in (path.parent / "cache").glob("[!.]*")] == ["prometheus-3.5.9"]
    assert list((path.parent / "cache").glob(".staging-*")) == []


def test_every_missing_server_is_named(path: Path) -> None:
    run = fetch(path, "prometheus-3.5", "alertmanager-0.33")
    assert run.returncode == 3
    assert "prometheus-3.5 cannot be had" in run.stderr
    assert "alertmanager-0.33 cannot be had" in run.stderr


def test_an_unknown_name_is_wrong_usage(path: Path) -> None:
    assert fetch(path, "prometheus-9.9").returncode == 2


def test_a_machine_without_packages_is_told_in_one_line(path: Path) -> None:
    run = fetch(path, "chromium")
    assert (run.returncode, run.stdout) == (3, "")
    assert run.stderr.startswith("chromium cannot be had: ")
    assert run.stderr.count("\n") == 1


def test_a_cache_that_cannot_be_written_is_told_for_every_server(path: Path) -> None:
    (path.parent / "cache").write_text("no folder", encoding="utf-8")
    run = fetch(path, "prometheus-3.5", "alertmanager-0.33")
    assert run.returncode == 3
    assert [line.partition(":")[0] for line in run.stderr.splitlines()] == [
        "prometheus-3.5 cannot be had",
        "alertmanager-0.33 cannot be had",
    ]
