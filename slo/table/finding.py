"""What is odd about a row that can be used, and where it stands."""

from dataclasses import dataclass

from slo.table.document import Path


@dataclass(frozen=True, slots=True)
class Remark:
    """What is odd at a path below the row, and the formula that says so, with the numbers of the row in it."""

    path: Path
    message: str
    formula: str


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """A remark and its place: the file and line (from 1), the path inside the document, and the id of the row."""

    file: str
    line: int
    path: str
    row: str
    message: str
    formula: str

    def __str__(self) -> str:
        """`file:line: path: row: message: formula`."""
        return f"{self.file}:{self.line}: {self.path}: {self.row}: {self.message}: {self.formula}"
