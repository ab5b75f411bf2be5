"""Generated files on disk: each is there whole or not at all."""

import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from emberline.failure import Failure


def write(folder: Path, files: Mapping[str, str], mode: int = 0o644) -> tuple[Path, ...]:
    """The paths of `files` (relative name to text) below `folder`, each replaced atomically.

    All texts are on the disk before the first file is replaced, so a full disk leaves the old files as they were.
    Failure when the folder cannot be written.
    """
    staged: dict[Path, Path] = {}
    try:
        for name, text in files.items():
            temporary = _beside(folder / name)
            staged[temporary] = folder / name
            temporary.write_text(text, encoding="utf-8")
            temporary.chmod(mode)
        for temporary, path in staged.items():
            temporary.replace(path)
    except OSError as error:
        raise Failure(f"{folder}: cannot write: {error.strerror or error}") from error
    finally:
        for temporary in staged:
            temporary.unlink(missing_ok=True)
    return tuple(staged.values())


def outdated(folder: Path, files: Mapping[str, str]) -> tuple[Path, ...]:
    """The paths that are missing below `folder` or differ from `files`."""
    return tuple(folder / name for name, text in files.items() if _read(folder / name) != text.encode())


def stale(folder: Path, files: Mapping[str, str], header: str) -> tuple[Path, ...]:
    """The *.yaml that begin with `header` but are none of `files`, in `folder` and where `files` go below it."""
    kept = {folder / name for name in files}
    found = (path for place in {folder, *(path.parent for path in kept)} for path in place.glob("*.yaml"))
    return tuple(sorted(path for path in found if path not in kept and _begins(path, header)))


def remove(paths: Iterable[Path]) -> Iterator[Path]:
    """The paths, each once it is gone; Failure with the first that cannot be removed."""
    for path in paths:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise Failure(f"{path}: cannot remove: {error.strerror or error}") from error
        yield path


def _begins(path: Path, header: str) -> bool:
    try:
        with path.open("rb") as file:
            return file.read(len(header)) == header.encode()
    except OSError:
        return False


def _read(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except OSError:
        return None


def _beside(path: Path) -> Path:
    """A new file next to where it shall go, for its owner's eyes alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    os.close(handle)
    return Path(name)
