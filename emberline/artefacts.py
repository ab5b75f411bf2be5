"""Generated files on disk: each is there whole or not at all."""

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from emberline.failure import Failure


def write(folder: Path, files: Mapping[str, str]) -> tuple[Path, ...]:
    """The paths of `files` (relative name to text) below `folder`, each replaced atomically.

    All texts are on the disk before the first file is replaced, so a full disk leaves the old files as they were.
    Failure when the folder cannot be written.
    """
    try:
        staged = [(_stage(folder / name, text), folder / name) for name, text in files.items()]
        for temporary, path in staged:
            temporary.replace(path)
    except OSError as error:
        raise Failure(f"{folder}: cannot write: {error.strerror or error}") from error
    return tuple(path for _, path in staged)


def outdated(folder: Path, files: Mapping[str, str]) -> tuple[Path, ...]:
    """The paths that are missing below `folder` or differ from `files`."""
    return tuple(folder / name for name, text in files.items() if _read(folder / name) != text)


def _read(path: Path) -> str | None:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        return None


def _stage(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(text)
    temporary = Path(name)
    temporary.chmod(0o644)
    return temporary
