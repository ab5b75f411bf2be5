"""The counters file: dcgm-exporter's CSV of field, type and help, read with bounds; a bad row costs itself alone."""

import csv
import difflib
from collections.abc import Container, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from exporter.apart import open_at_once
from exporter.dcgm.catalogue import BY_NAME, default_counters, field_of
from exporter.dcgm.field import Field, FieldType, Unserved

FILE_BYTES: Final = 256 << 10
ROWS: Final = 2048
HELP_CHARACTERS: Final = 1024
UPSTREAM_FOLDER: Final = Path("/etc/dcgm-exporter")
"""Where dcgm-exporter's image keeps its default files: one that is not there means the built-in one."""
_FIELDS: Final = 3
_TYPES: Final[dict[str, FieldType]] = {"gauge": "gauge", "counter": "counter", "label": "label"}


@dataclass(frozen=True, slots=True)
class Row:
    """One row that holds: the field, the name it was asked for by, and the type and help of the file."""

    field: Field
    name: str
    type: FieldType
    help: str


@dataclass(frozen=True, slots=True)
class Counters:
    """A file as far as it holds.

    `metrics` in the order of DCGM's field numbers, as dcgm-exporter's page has them; `labels` by name, as its label
    sets are sorted. `faults` are bad rows, `notes` good ones that NVML cannot serve: both `file:line: name: message`.
    """

    metrics: tuple[Row, ...]
    labels: tuple[Row, ...]
    faults: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


class _FaultError(Exception):
    pass


def parse(text: str, origin: str) -> Counters:
    """The rows of the text; `origin` names the file in messages. No row is ever fatal here."""
    rows: dict[str, Row] = {}
    faults, notes = [], []
    for line, content in _records(text):
        where = f"{origin}:{line}"
        try:
            row = _row(_cells(content), rows)
        except _FaultError as fault:
            faults.append(f"{where}: {fault}")
            continue
        if isinstance(row.field.source, Unserved):
            notes.append(f"{where}: {row.name}: NVML cannot serve it: {row.field.source.reason}")
        elif len(rows) == ROWS:
            faults.append(f"{where}: {row.name}: more than {ROWS} rows")
            break
        else:
            rows[row.name] = row
    metrics = sorted((row for row in rows.values() if row.type != "label"), key=lambda row: row.field.number)
    labels = sorted((row for row in rows.values() if row.type == "label"), key=lambda row: row.name)
    return Counters(tuple(metrics), tuple(labels), tuple(faults), tuple(notes))


def read(path: Path | None) -> Counters:
    """The file, or the built-in one for None; OSError if it cannot be read, ValueError if it is no text within bounds.

    Upstream's own paths need not exist: their content is built in.
    """
    if path is None or (path.parent == UPSTREAM_FOLDER and not path.exists()):
        return parse(default_counters(), "built-in counters")
    with open_at_once(path) as file:
        data = file.read(FILE_BYTES + 1)
    if len(data) > FILE_BYTES:
        raise ValueError(f"{path}:1: the file is larger than {FILE_BYTES} bytes")
    try:
        return parse(data.decode("utf-8-sig"), str(path))
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ValueError(f"{path}:{line}: not UTF-8") from error


def _records(text: str) -> Iterator[tuple[int, str]]:
    """The lines that are neither empty nor comments."""
    for line, content in enumerate(text.split("\n"), start=1):
        stripped = content.strip()
        if stripped and not stripped.startswith("#"):
            yield line, stripped


def _cells(content: str) -> list[str]:
    try:
        return [cell.strip() for cell in next(csv.reader([content], skipinitialspace=True))]
    except csv.Error as error:
        raise _FaultError(f"{content[:80]!r}: not CSV: {error}") from error


def _row(cells: list[str], before: Container[str]) -> Row:
    if len(cells) != _FIELDS:
        raise _FaultError(f"{cells[0][:80]}: {len(cells)} cells where name, type and help are expected")
    name, kind, text = cells
    field = field_of(name)
    if field is None:
        raise _FaultError(f"{name[:80]}: DCGM has no field of this name{_resembling(name)}")
    if name in before:
        raise _FaultError(f"{name}: is there already, the first row counts")
    type_ = _TYPES.get(kind)
    if type_ is None:
        raise _FaultError(f"{name}: {_bad_type(kind)}")
    if type_ != "label" and field.words:
        raise _FaultError(f"{name}: is a text: its type can only be label")
    if type_ == "label" and not field.labels:
        raise _FaultError(f"{name}: is counted or reckoned: its type cannot be label")
    if len(text) > HELP_CHARACTERS or not text.isprintable():
        raise _FaultError(f"{name}: the help has more than {HELP_CHARACTERS} characters or some that do not print")
    return Row(field, name, type_, text)


def _bad_type(kind: str) -> str:
    if kind in ("histogram", "summary"):
        return f"no field of DCGM is a {kind}: its type can be gauge, counter or label"
    return f"{kind[:80]!r} is no type: gauge, counter or label"


def _resembling(name: str) -> str:
    close = difflib.get_close_matches(name[:80], BY_NAME, 1, 0.8)
    return f"; did you mean {close[0]}?" if close else ""
