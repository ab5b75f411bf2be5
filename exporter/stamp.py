"""Whether a file was replaced."""

from pathlib import Path
from typing import TypeAlias

Stamp: TypeAlias = tuple[int, int, int]


def stamp(path: Path | None) -> Stamp:
    """What changes with a file, zeros where there is none.

    A mounted ConfigMap changes by a link that leads elsewhere.
    """
    try:
        found = None if path is None else path.stat()
    except OSError:
        found = None
    return (0, 0, 0) if found is None else (found.st_mtime_ns, found.st_ino, found.st_size)
