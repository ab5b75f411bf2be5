import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from tests.exporter.running import exporter, gone
from tests.servers import until

COMMAND_LINE = (sys.executable, "-c", "from emberline.cli.app import main; main()", "exporter")


@pytest.mark.parametrize("program", [(sys.executable, "-m", "exporter"), COMMAND_LINE], ids=["module", "command"])
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_ends_it_with_0_and_leaves_no_process(
    tmp_path: Path, program: tuple[str, ...], number: signal.Signals
) -> None:
    with exporter(tmp_path, "--simulate", program=program) as running:
        children = until(running.children, what="the NVML child")
        running.process.send_signal(number)
        assert running.process.wait(5) == 0
        assert gone(children)
    assert "Traceback" not in running.log.read_text()


def test_a_kill_leaves_no_process_either(tmp_path: Path) -> None:
    with exporter(tmp_path, "--simulate") as running:
        children = until(running.children, what="the NVML child")
        running.process.kill()
        until(lambda: gone(children), what="the end of the NVML child")


def test_a_signal_ends_it_while_a_client_reads_nothing(tmp_path: Path) -> None:
    with exporter(tmp_path, "--simulate") as running:
        url = httpx.URL(running.url)
        with socket.create_connection((url.host, url.port or 0)) as client:
            client.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\n")
            running.process.send_signal(signal.SIGTERM)
            assert running.process.wait(5) == 0


@pytest.mark.parametrize("program", [(sys.executable, "-m", "exporter"), COMMAND_LINE], ids=["module", "command"])
def test_a_taken_port_is_one_clear_message_and_code_2(program: tuple[str, ...]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        address = f"127.0.0.1:{taken.getsockname()[1]}"
        ended = subprocess.run([*program, "--listen", address], capture_output=True, text=True, check=False, timeout=20)
    assert ended.returncode == 2
    assert ended.stderr.splitlines() == [f"cannot listen on {address}: Address already in use"]


@pytest.mark.parametrize("program", [(sys.executable, "-m", "exporter"), COMMAND_LINE], ids=["module", "command"])
def test_bad_settings_are_told_with_code_2(program: tuple[str, ...]) -> None:
    ended = subprocess.run(
        [*program, "--interval", "soon", "--listen", "x"], capture_output=True, text=True, check=False, timeout=20
    )
    assert ended.returncode == 2
    assert [line.partition(":")[0] for line in ended.stderr.splitlines()] == ["--listen", "--interval"]


def test_without_a_driver_it_says_so_and_exports_up_0(tmp_path: Path) -> None:
    with exporter(tmp_path, "--interval", "300ms") as running:
        until(lambda: httpx.get(f"{running.url}/-/ready").status_code == 200)
        assert running.value("emberline_nvml_up") == 0
        assert not any(name.startswith("DCGM_") or "simulated" in dict(labels) for name, labels in running.page())
        assert "no GPU values" in running.log.read_text()


@pytest.mark.parametrize(
    ("options", "environment", "milliseconds"),
    [
        ((), {}, 1000),
        (("-c", "700"), {}, 700),
        ((), {"DCGM_EXPORTER_INTERVAL": "800"}, 800),
        (("--interval", "900ms"), {"DCGM_EXPORTER_INTERVAL": "800"}, 900),
    ],
)
def test_flags_and_variables_of_dcgm_exporter_mean_the_same(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    options: tuple[str, ...],
    environment: dict[str, str],
    milliseconds: int,
) -> None:
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with exporter(tmp_path, "--simulate", *options, program=COMMAND_LINE) as running:
        (child,) = until(running.children, what="the NVML child")
        words = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
        assert float(words[words.index(b"--interval") + 1]) == milliseconds / 1000
    assert os.environ.get("DCGM_EXPORTER_INTERVAL") == environment.get("DCGM_EXPORTER_INTERVAL")
