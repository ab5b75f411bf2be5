"""Servers built with Go from a small tools module each: `scripts/servers/<name>-<series>`, pinned by its go.sum.

Of Prometheus' service discoveries only the static ones are built in: the others are most of its dependencies, and
the tests need none of them. Its web interface is left out for the same reason.
"""

import os
import re
import shutil
import subprocess
from pathlib import Path

from server_cache import PROJECT, Server, ServerError

MODULES = PROJECT / "scripts" / "servers"
SECONDS = 2400.0
VERSION_VARIABLE = "github.com/prometheus/common/version.Version"
"""Where Prometheus keeps what it answers; Kustomize knows its module's version by itself."""


def build(server: Server, folder: Path) -> None:
    """Build the binaries of a server into a folder; the version they report is the one that go.mod pins."""
    if not shutil.which("go"):
        message = "go is not on the PATH"
        raise ServerError(message)
    module = MODULES / server.key
    if not module.is_dir():
        message = f"there is no {module.relative_to(PROJECT)} to build it from"
        raise ServerError(message)
    version, packages = pinned((module / "go.mod").read_text(encoding="utf-8"))
    command = ["go", "build", "-C", str(module), "-trimpath", "-tags", "remove_all_sd", "-o", f"{folder}{os.sep}"]
    settings = os.environ | {"GOFLAGS": "-mod=readonly", "GOTOOLCHAIN": "local", "CGO_ENABLED": "0"}
    command += [f"-ldflags=-s -w -X {VERSION_VARIABLE}={version}", *packages]
    run = subprocess.run(command, env=settings, capture_output=True, text=True, timeout=SECONDS, check=False)
    if run.returncode:
        message = f"go build: {run.stderr.strip()[-1000:]}"
        raise ServerError(message)


def pinned(go_mod: str) -> tuple[str, list[str]]:
    """Version and commands of a tools module; Prometheus 3.14.0 is v0.314.0 among Go modules."""
    block = re.search(r"^tool (?:\(\n([^)]*)\)|(\S+)$)", go_mod, re.MULTILINE)
    packages = (block[1] or block[2]).split() if block else []
    module = packages[0].partition("/cmd/")[0] if packages else "a tool"
    found = re.search(rf"^\s*(?:require )?{re.escape(module)} v(\d+)\.(\d+)\.(\d+)\b", go_mod, re.MULTILINE)
    if not found:
        message = f"go.mod pins no release of {module}"
        raise ServerError(message)
    major, minor, patch = found.groups()
    if major == "0":
        major, minor = minor[:-2], str(int(minor[-2:]))
    return f"{major}.{minor}.{patch}", packages
