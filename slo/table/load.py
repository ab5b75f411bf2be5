"""SLO tables, from text to rows: every fault of every file at once, each with file, line and path.

A table is a mapping of `area` and `slos`, a list of rows (`slo.spec.Slo`) that all get the area.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Final

from pydantic import Field, ValidationError

from slo.indicator import Written
from slo.spec import Area, Slo
from slo.table.complaint import complaints
from slo.table.document import Path, Unreadable, parse
from slo.table.fault import Fault, Invalid
from slo.table.file import TableFile
from slo.table.finding import Finding, Remark
from slo.table.uniqueness import repetitions

_NO_AREA: Final = "none"  # stands in for an area that is itself at fault, so that rows are not blamed for it


class _Table(Written):
    area: Area
    slos: Annotated[tuple[Any, ...], Field(min_length=1)]


@dataclass(frozen=True, slots=True)
class Row:
    """An SLO and the place where it is written."""

    slo: Slo
    file: TableFile
    index: int

    def fault(self, path: Path, message: str) -> Fault:
        """What is wrong with the row, at a path below it."""
        return self.file.fault(("slos", self.index, *path), message)

    def finding(self, remark: Remark) -> Finding:
        """A remark on the row, with its place."""
        at = self.fault(remark.path, remark.message)
        return Finding(at.file, at.line, at.path, self.slo.id, remark.message, remark.formula)


def load(files: Mapping[str, bytes]) -> tuple[Slo, ...]:
    """The SLOs of tables in UTF-8, given by file name, in their order; Invalid with every fault of all of them."""
    return tuple(row.slo for row in read(files))


def read(files: Mapping[str, bytes]) -> tuple[Row, ...]:
    """As `load`, with the place of each."""
    rows: list[Row] = []
    faults: list[Fault] = []
    documents: list[TableFile] = []
    for name, content in files.items():
        try:
            documents.append(TableFile(name, parse(content)))
        except Unreadable as error:
            faults.append(Fault(name, error.line, "", str(error)))
    for file in documents:
        for found in _read(file):
            if isinstance(found, Row):
                rows.append(found)
            else:
                faults.append(found)
    faults += repetitions(documents)
    if faults:
        order = list(files)
        raise Invalid(sorted(set(faults), key=lambda fault: (order.index(fault.file), fault.line, fault.path)))
    return tuple(rows)


def _read(file: TableFile) -> Iterator[Row | Fault]:
    yield from file.repeated_keys()
    document = file.root.plain()
    try:
        area = _Table.model_validate(document).area
    except ValidationError as error:
        area = _NO_AREA
        for path, message in complaints(error):
            yield file.fault(path, message)
    for index, row in enumerate(file.rows):
        yield from _row(file, index, row.plain(), area)


def _row(file: TableFile, index: int, row: object, area: str) -> Iterator[Row | Fault]:
    if isinstance(row, dict):
        if "area" in row:
            yield file.fault(("slos", index, "area"), "belongs at the head of the table, for all its rows")
        row = {**row, "area": area}
    try:
        slo = Slo.model_validate(row)
    except ValidationError as error:
        for path, message in complaints(error):
            yield file.fault(("slos", index, *path), message)
    else:
        yield Row(slo, file, index)
