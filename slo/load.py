"""SLO tables, from text to rows: every fault of every file at once, each with file, line and path.

A table is a mapping of `area` and `slos`, a list of rows (`slo.spec.Slo`) that all get the area.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import Field, ValidationError

from slo.complaint import complaints
from slo.document import Node, Path, Unreadable, parse
from slo.fault import Fault, Invalid
from slo.indicator import Written
from slo.plan import burn_alert_name
from slo.spec import Area, Slo

_NO_AREA: Final = "none"  # stands in for an area that is itself at fault, so that rows are not blamed for it


class _Table(Written):
    area: Area
    slos: Annotated[tuple[Any, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class _File:
    name: str
    root: Node

    def fault(self, path: Path, message: str) -> Fault:
        """A fault at the nearest node that is written; a missing key stays in the path."""
        node, written = self.root, list[str | int]()
        for index, part in enumerate(path):
            if (child := node.child(part)) is not None:
                node = child
            elif isinstance(part, int) or index < len(path) - 1:
                continue
            written.append(part)
        return Fault(self.name, node.line, _spelled(written), message)

    def rows(self) -> Sequence[Node]:
        slos = self.root.child("slos")
        return slos.value if slos and isinstance(slos.value, tuple) else ()


def load(files: Mapping[str, bytes]) -> tuple[Slo, ...]:
    """The rows of tables in UTF-8, given by file name, in their order; Invalid with every fault of all of them."""
    rows: list[Slo] = []
    faults: list[Fault] = []
    documents: list[_File] = []
    for name, content in files.items():
        try:
            documents.append(_File(name, parse(content)))
        except Unreadable as error:
            faults.append(Fault(name, error.line, "", str(error)))
    for file in documents:
        for found in _read(file):
            if isinstance(found, Slo):
                rows.append(found)
            else:
                faults.append(found)
    faults += _repeated(documents)
    if faults:
        order = list(files)
        raise Invalid(sorted(set(faults), key=lambda fault: (order.index(fault.file), fault.line, fault.path)))
    return tuple(rows)


def _read(file: _File) -> Iterator[Slo | Fault]:
    for path, node in file.root.walk():
        for key, line in node.repeated:
            yield Fault(file.name, line, _spelled((*path, key)), f"the key stands at line {_line(node, key)} already")
    document = file.root.plain()
    try:
        area = _Table.model_validate(document).area
    except ValidationError as error:
        area = _NO_AREA
        for path, message in complaints(error):
            yield file.fault(path, message)
    for index, row in enumerate(file.rows()):
        yield from _row(file, index, row.plain(), area)


def _row(file: _File, index: int, row: object, area: str) -> Iterator[Slo | Fault]:
    try:
        yield Slo.model_validate({"area": area, **row} if isinstance(row, dict) else row)
    except ValidationError as error:
        for path, message in complaints(error):
            yield file.fault(("slos", index, *path), message)


def _repeated(files: Sequence[_File]) -> Iterator[Fault]:
    """Ids and alert names that stand in more than one row, found in rows that have other faults too."""
    taken: dict[tuple[str, str], str] = {}
    for file in files:
        for path, kind, names in _claims(file):
            fault = file.fault(path, "")
            place = f"{fault.file}:{fault.line}"
            earlier = [taken[kind, name] for name in names if (kind, name) in taken]
            if earlier:
                yield Fault(fault.file, fault.line, fault.path, f"{names[0]} is the {kind} of {earlier[0]} already")
            taken |= {(kind, name): place for name in names if (kind, name) not in taken}


def _claims(file: _File) -> Iterator[tuple[Path, str, tuple[str, ...]]]:
    area = _text(file.root.child("area"))
    for index, row in enumerate(file.rows()):
        path: Path = ("slos", index)
        name, alert = _text(row.child("name")), row.child("alert")
        if id_ := _text(row.child("id")):
            yield (*path, "id"), "id", (id_,)
        if name:
            burning = (burn_alert_name(area, name, "page"), burn_alert_name(area, name, "ticket"))
            yield (*path, "name"), "alert", burning
        if alert and (static := _text(alert.child("name"))):
            yield (*path, "alert", "name"), "alert", (static,)


def _text(node: Node | None) -> str:
    return node.value if node and isinstance(node.value, str) else ""


def _line(node: Node, key: str) -> int:
    entry = node.child(key)
    return entry.line if entry else node.line


def _spelled(path: Sequence[str | int]) -> str:
    parts = (f"[{part}]" if isinstance(part, int) else f".{part}" for part in path)
    return "".join(parts).removeprefix(".")
