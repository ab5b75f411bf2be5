"""What is wrong with a table: every fault of an input at once, each with its place."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One fault: the file and line (from 1) it stands in, the path inside the document, and what is wrong."""

    file: str
    line: int
    path: str
    message: str

    def __str__(self) -> str:
        """`file:line: path: message`; the path is missing where the document has no shape yet."""
        path = f"{self.path}: " if self.path else ""
        return f"{self.file}:{self.line}: {path}{self.message}"


class Invalid(ValueError):
    """Tables that cannot be used, with every fault, in the order of files and lines."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(map(str, self.faults)))
