"""Code in a network namespace of its own: there is a loopback device and nothing else, no route and no name server."""

import fcntl
import os
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final

import httpx
import pytest

from emberline.cli.app import main
from tests.emberline.up.test_up import up

PROJECT: Final = Path(__file__).resolve().parents[2]
_SET_FLAGS: Final = 0x8914  # SIOCSIFFLAGS
_UP: Final = 1  # IFF_UP


def isolated(code: Callable[[], None], *arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """A function of this module that has run without a network, `arguments` as its command line.

    The test is skipped where no such namespace can be made, and fails in CI.
    """
    command = _unshare()
    if command is None:
        message = "no network namespace can be made here (unshare --net)"
        if os.environ.get("CI") == "true":
            pytest.fail(message, pytrace=False)
        pytest.skip(message)
    program = f"from {__name__} import alone, {code.__name__}; alone(); {code.__name__}()"
    return subprocess.run(
        [*command, sys.executable, "-c", program, *arguments],
        cwd=folder, env={**os.environ, "PYTHONPATH": str(PROJECT)},
        capture_output=True, text=True, timeout=100, check=False,
    )  # fmt: skip


def alone() -> None:
    """Raise the loopback device, which a new namespace has switched off."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, _SET_FLAGS, struct.pack("16sh22x", b"lo", _UP))


def emberline() -> None:
    """The program itself."""
    main()


def watched_up() -> None:
    """`emberline up` until its pages have been read: into page.html, status.json and metrics.prom."""
    with up(Path.cwd(), "--simulate", "--for", "60s") as run:
        pages = {"page.html": run.url, "status.json": f"{run.url}/status.json", "metrics.prom": run.exporter}
        for name, url in pages.items():
            Path(name).write_text(httpx.get(url).raise_for_status().text, encoding="utf-8")
        raise SystemExit(run.end(signal.SIGTERM))


def connected() -> None:
    """Print whether the first address can be connected to from here: `yes`, or what the system says."""
    host, port = sys.argv[1:]
    try:
        socket.create_connection((host, int(port)), timeout=5).close()
    except OSError as error:
        sys.stdout.write(f"{error.strerror}\n")
    else:
        sys.stdout.write("yes\n")


def connected_to_itself() -> None:
    """As `connected`, to a port that is open here on the loopback device."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        sys.argv = ["", "127.0.0.1", str(server.getsockname()[1])]
        connected()


@cache
def _unshare() -> tuple[str, ...] | None:
    """The command that takes the network away; None where the system permits it to nobody, or not to us."""
    for command in (("unshare", "--net"), ("unshare", "--map-root-user", "--net")):
        try:
            if subprocess.run([*command, "true"], capture_output=True, check=False).returncode == 0:
                return command
        except FileNotFoundError:
            return None
    return None
