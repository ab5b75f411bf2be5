"""The node process as a user starts it, and its page as Prometheus reads it."""

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import httpx
from prometheus_client.parser import text_string_to_metric_families

from tests.servers import CLIENT, until

Series = tuple[str, tuple[tuple[str, str], ...]]
LISTENING = re.compile(r"listening on (http://\S+)/metrics")


@dataclass(frozen=True)
class Exporter:
    """One running process."""

    process: subprocess.Popen[bytes]
    log: Path
    url: str

    def page(self) -> dict[Series, float]:
        """Every series by name and sorted labels."""
        text = CLIENT.get(f"{self.url}/metrics", timeout=10).text
        samples = (sample for family in text_string_to_metric_families(text) for sample in family.samples)
        return {(sample.name, tuple(sorted(sample.labels.items()))): sample.value for sample in samples}

    def value(self, name: str, **labels: str) -> float | None:
        """The value of the only series of that name that has these labels; None if there is none."""
        wanted = set(labels.items())
        found = [value for (it, has), value in self.page().items() if it == name and wanted <= set(has)]
        assert len(found) < 2, (name, labels, found)
        return found[0] if found else None

    def becomes(self, expected: float | None, name: str, **labels: str) -> float:
        """Waits until a series has that value (None: is absent); the seconds that took."""
        began = time.monotonic()
        until(lambda: self.value(name, **labels) == expected, what=f"{name} {labels} = {expected}")
        return time.monotonic() - began

    def scrapes(self, rounds: int = 9) -> list[float]:
        """How long the page took, one scrape after the other.

        A page that waits for something always takes that long; one scrape on a busy machine may, and tells nothing.
        """
        with httpx.Client(timeout=10) as client:
            return [client.get(f"{self.url}/metrics").elapsed.total_seconds() for _ in range(rounds)]

    def children(self) -> list[int]:
        """The processes that have this one as their parent."""
        return [pid for pid in map(int, processes()) if parent(pid) == self.process.pid]


def processes() -> Iterator[str]:
    """The id of every process."""
    return (path.name for path in Path("/proc").iterdir() if path.name.isdigit())


def parent(pid: int) -> int | None:
    """The parent of a process; None if it is gone or only waits to be reaped."""
    try:
        state, ppid = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[:2]
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if state == "Z" else int(ppid)


@contextmanager
def exporter(
    folder: Path,
    *options: str,
    targets: str = "",
    program: Sequence[str] = (),
    environment: Mapping[str, str] = MappingProxyType({}),
) -> Iterator[Exporter]:
    """The process on a free port, ended with the block; `environment` is added to ours."""
    command = [*(program or (sys.executable, "-m", "exporter")), "--listen", "127.0.0.1:0", *options]
    if targets:
        (folder / "targets.yaml").write_text(targets)
        command += ["--targets", str(folder / "targets.yaml")]
    log = folder / "exporter.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            command,
            stdout=output,
            stderr=subprocess.STDOUT,
            stdin=subprocess.DEVNULL,
            env={**os.environ, **environment},
        )
    try:
        found = until(lambda: LISTENING.search(log.read_text()) or process.poll(), what=f"a server ({log})")
        assert isinstance(found, re.Match), log.read_text()
        yield Exporter(process, log, found[1])
    finally:
        process.kill()
        process.wait()


def gone(pids: Sequence[int]) -> bool:
    """Whether none of these processes runs any more."""
    return all(parent(pid) is None for pid in pids)
