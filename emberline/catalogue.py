"""SLO tables from files: those that ship with the core, or those that a command is given."""

from collections.abc import Iterable, Mapping, Sequence
from errno import ENOENT
from functools import cache
from importlib import resources
from pathlib import Path

from emberline.failure import Failure
from slo.handbook.load import HandbookAlerts, load_alerts, load_promises
from slo.handbook.promise import Promise
from slo.spec import Slo
from slo.table.document import MAX_BYTES
from slo.table.fault import Invalid
from slo.table.load import load

AREAS = ("platform", "ai-hub", "banking", "fabric", "relay")


@cache
def shipped() -> tuple[Slo, ...]:
    """The 21 rows of the handbook, in its order."""
    return load(shipped_files())


def shipped_files() -> Mapping[str, bytes]:
    """The five tables in the package `slo.catalog`, by file name."""
    return {f"{area}.yaml": _catalog(f"{area}.yaml") for area in AREAS}


@cache
def shipped_alerts() -> HandbookAlerts:
    """The handbook's 19 alerts, six of which are static alerts of shipped rows, and its five incidents."""
    return load_alerts("alerts.yaml", _catalog("alerts.yaml"))


@cache
def shipped_promises() -> tuple[Promise, ...]:
    """What the handbook promises beyond its tables, an entry for each system."""
    return load_promises("promises.yaml", _catalog("promises.yaml"))


def rows(paths: Sequence[Path] = (), area: str | None = None) -> tuple[Slo, ...]:
    """The rows of the tables at `paths` (files, or folders of them), or the shipped ones without a path.

    Failure with every fault where a table cannot be used, or where no row is in the area.
    """
    try:
        found = load(files(paths)) if paths else shipped()
    except Invalid as invalid:
        raise Failure(str(invalid)) from invalid
    chosen = tuple(slo for slo in found if area in (None, slo.area))
    if not chosen:
        known = ", ".join(dict.fromkeys(slo.area for slo in found))
        raise Failure(f"no SLO in area {area!r}; there are {known}")
    return chosen


def files(paths: Iterable[Path]) -> Mapping[str, bytes]:
    """The bytes of every table, by path; a folder stands for the *.yaml in it.

    Failure with all that cannot be read, and with the faults of the others.
    """
    found: dict[str, bytes] = {}
    unread: list[str] = []
    for path in paths:
        try:
            tables = _tables(path)
        except OSError as error:
            unread.append(f"{error.filename or path}: {error.strerror}")
            continue
        for table in tables:
            try:
                found[str(table)] = _bounded(table)
            except OSError as error:
                unread.append(f"{table}: {error.strerror}")
    if unread:
        raise Failure("\n".join([*unread, *_faults(found)]))
    return found


def _faults(tables: Mapping[str, bytes]) -> list[str]:
    """A line for each fault of the tables."""
    try:
        load(tables)
    except Invalid as invalid:
        return str(invalid).splitlines()
    return []


def _catalog(name: str) -> bytes:
    return (resources.files("slo") / "catalog" / name).read_bytes()


def _tables(path: Path) -> list[Path]:
    if not path.is_dir():
        return [path]
    tables = sorted(table for table in path.iterdir() if table.suffix == ".yaml")
    if not tables:
        raise FileNotFoundError(ENOENT, "no *.yaml in this folder", str(path))
    return tables


def _bounded(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(MAX_BYTES + 1)
