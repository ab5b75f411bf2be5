"""Jobs of a batch system, from the files that its prolog and epilog keep for dcgm-exporter.

A folder holds one file per GPU, named by its index, `0`, or per MIG device, `0.7` with the id of its GPU instance; each
line is the id of a job that runs there. Other names are no mapping. A file is read again when it changes.
"""

import os
import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from exporter.apart import open_at_once
from exporter.pods.labels import clean

FILES: Final = 1024
JOBS: Final = 64
"""Jobs of one file that are taken; the rest is left out."""
FILE_BYTES: Final = 64 << 10
JOB_CHARACTERS: Final = 256

_NAME: Final = re.compile(r"\d{1,4}(?:\.\d{1,4})?")

Stamp = tuple[int, int, int]


class JobFiles:
    """The mapping in one folder; a folder that is not there is empty."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: dict[str, tuple[Stamp, tuple[str, ...]]] = {}
        self.version = 0

    def refresh(self) -> None:
        """Read what has changed since the last time, forget what is gone."""
        found = dict(self._current())
        if found != self._held:
            self._held = found
            self.version += 1

    def of(self, gpu: int, instance: int | None = None) -> tuple[str, ...]:
        """The jobs on a GPU by its index, or on one GPU instance of it."""
        held = self._held.get(str(gpu) if instance is None else f"{gpu}.{instance}")
        return held[1] if held else ()

    def _current(self) -> Iterator[tuple[str, tuple[Stamp, tuple[str, ...]]]]:
        for name in self._names():
            try:
                with open_at_once(self._folder / name) as file:
                    status = os.fstat(file.fileno())
                    if not stat.S_ISREG(status.st_mode):
                        continue
                    stamp = (status.st_mtime_ns, status.st_size, status.st_ino)
                    held = self._held.get(name)
                    yield name, (held if held and held[0] == stamp else (stamp, jobs(file.read(FILE_BYTES))))
            except OSError:  # removed meanwhile, no file, or not ours to read: no job
                continue

    def _names(self) -> list[str]:
        try:
            with os.scandir(self._folder) as entries:
                return sorted(it.name for it in entries if _NAME.fullmatch(it.name))[:FILES]
        except OSError:
            return []


def jobs(content: bytes) -> tuple[str, ...]:
    """The job ids in a file, one to a line; empty lines and repetitions are none."""
    lines = (line.strip() for line in content.decode(errors="replace").splitlines())
    return tuple(dict.fromkeys(clean(line)[:JOB_CHARACTERS] for line in lines if line))[:JOBS]
