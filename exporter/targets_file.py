"""The targets file."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from pydantic import TypeAdapter

from exporter.settings import TargetEntry
from exporter.targets.target import Target
from exporter.yaml_file import FILE_BYTES, read_yaml
from exporter.yaml_place import Place

__all__ = ["FILE_BYTES", "TARGETS", "read_targets"]

TARGETS: Final = 256
_ENTRIES: Final = TypeAdapter(list[TargetEntry])


def read_targets(path: Path) -> tuple[Target, ...]:
    """The targets of a file; OSError if it cannot be read, ValueError with `file:line: path: message` lines if bad."""
    return tuple(entry.target() for entry in read_yaml(path, _ENTRIES, _faults) or ())


def _faults(entries: list[TargetEntry]) -> Iterator[tuple[Place, str]]:
    seen: dict[str, int] = {}
    for index, entry in enumerate(entries):
        name = entry.target().name
        first = seen.setdefault(name, index)
        if first != index:
            yield (index, "name"), f"{name!r} is the name of [{first}] already"
    if len(entries) > TARGETS:
        yield (), f"{len(entries)} targets are more than {TARGETS}"
