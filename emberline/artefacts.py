"""Generated files on disk: each is there whole or not at all."""

import os
import tempfile
from collections.abc import Iterable, Iterator, Mapping
from errno import EISDIR
from pathlib import Path

from emberline.failure import Failure


def write(folder: Path, files: Mapping[str, str], mode: int = 0o644) -> tuple[Path, ...]:
    """The paths of `files` (relative name to text) below `folder`, each replaced atomically.

    All texts are on the disk before the first file is replaced, so a full disk, or a folder in the place of a file,
    leaves the old files as they were. A link stays one; what is no file, such as a pipe, is written to. Failure names
    the path that cannot be written.
    """
    staged: dict[Path, Path] = {}
    at = folder
    try:
        for name, text in files.items():
            at = folder / name
            staged[at] = _staged(at, text, mode)
        for at, temporary in staged.items():
            if _is_special(at):
                at.write_text(files[str(at.relative_to(folder))], encoding="utf-8")
            else:
                temporary.replace(at.resolve())
    except OSError as error:
        raise Failure(f"{at}: cannot write: {error.strerror or error}") from error
    finally:
        for temporary in staged.values():
            temporary.unlink(missing_ok=True)
    return tuple(staged)


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


def _staged(path: Path, text: str, mode: int) -> Path:
    """The text in a new file next to where it shall go; OSError where that is a folder."""
    if path.is_dir():
        raise IsADirectoryError(EISDIR, os.strerror(EISDIR))
    path.parent.mkdir(parents=True, exist_ok=True)
    place = None if _is_special(path) else path.resolve().parent
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=place)
    os.close(handle)
    temporary = Path(name)
    try:
        temporary.write_text(text, encoding="utf-8")
        temporary.chmod(mode)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    return temporary


def _is_special(path: Path) -> bool:
    """Whether something is there that is neither a file nor a folder."""
    return path.exists() and not (path.is_file() or path.is_dir())
