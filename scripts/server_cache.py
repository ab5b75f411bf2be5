"""The cache of real servers: one folder for each exact version, `<cache>/<name>-<version>/<binary>`.

A folder is either complete or absent: it is filled under another name and then renamed, and its binaries have
said their version. Whoever fills an entry holds its lock, so that two runs at once fetch a thing once.
"""

import fcntl
import os
import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent
VARIABLE = "EMBERLINE_SERVERS"


class ServerError(Exception):
    """A server that cannot be had, and why."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server of one release series: its cache name, the start of its version, and its binaries, the server first.

    `question` is the argument to which its binaries answer with their version.
    """

    name: str
    series: str
    binaries: tuple[str, ...]
    question: str = "--version"

    @property
    def key(self) -> str:
        """What a person types: `prometheus-3.5`."""
        return f"{self.name}-{self.series}"

    def admits(self, version: str) -> bool:
        """Whether a version belongs to the series, by whole numbers: 3.14.0 is not in 3.1."""
        return version == self.series or version.startswith(f"{self.series}.")


def cache_root() -> Path:
    """The cache's folder: `EMBERLINE_SERVERS`, or `.cache/servers` of this checkout."""
    return Path(os.environ.get(VARIABLE) or PROJECT / ".cache" / "servers").absolute()


def cached(server: Server, cache: Path) -> Path | None:
    """The newest complete folder of a server, or None."""
    folders = [folder for folder in cache.glob(f"{server.key}.*") if server.admits(_version_in(folder))]
    complete = [folder for folder in folders if all(_runs(folder / binary) for binary in server.binaries)]
    return max(complete, key=lambda folder: [int(part) for part in _version_in(folder).split(".")], default=None)


def version_of(binary: Path, question: str = "--version") -> str:
    """The version that a binary reports, as `3.5.3`."""
    run = subprocess.run([binary, question], capture_output=True, text=True, timeout=30, check=False)
    found = re.search(r"(?:version v?|^v)(\d+(?:\.\d+)+)", run.stdout + run.stderr)
    if not found:
        message = f"{binary} {question} names no version: {(run.stdout + run.stderr).strip()[:200]!r}"
        raise ServerError(message)
    return found[1]


def checked_version(server: Server, folder: Path) -> str:
    """The one version of all binaries in a folder; an error names the version wanted and the version found."""
    versions = {binary: version_of(folder / binary, server.question) for binary in server.binaries}
    for binary, version in versions.items():
        if not server.admits(version) or version != versions[server.binaries[0]]:
            message = f"{binary} is of version {version}, wanted {server.series}.x throughout ({versions})"
            raise ServerError(message)
    return versions[server.binaries[0]]


@contextmanager
def locked(server: Server, cache: Path) -> Iterator[None]:
    """Hold a server's entry; a second run waits here, and then finds the entry filled."""
    cache.mkdir(parents=True, exist_ok=True)
    with (cache / f".{server.key}.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextmanager
def staging(cache: Path) -> Iterator[Path]:
    """A scratch folder on the cache's own file system; what is not published from it is removed."""
    folder = Path(tempfile.mkdtemp(prefix=".staging-", dir=cache))
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def publish(server: Server, staged: Path, cache: Path) -> Path:
    """The cache folder that a checked, staged folder has become in one rename."""
    target = cache / f"{server.name}-{checked_version(server, staged)}"
    if target.exists():
        shutil.rmtree(target)
    staged.chmod(0o755)
    return staged.rename(target)


def _version_in(folder: Path) -> str:
    found = re.search(r"-(\d+(?:\.\d+)+)$", folder.name)
    return found[1] if found else ""


def _runs(binary: Path) -> bool:
    return binary.is_file() and os.access(binary, os.X_OK)
