"""One SLO table as a document: where its rows are, and where a fault of it stands."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from slo.table.document import Node, Path
from slo.table.fault import Fault


@dataclass(frozen=True, slots=True)
class TableFile:
    """A parsed table and the name of its file."""

    name: str
    root: Node

    @property
    def rows(self) -> Sequence[Node]:
        """The rows, of whatever shape; none where `slos` is no list."""
        return self.items("slos")

    def items(self, key: str) -> Sequence[Node]:
        """The items of the list at `key`, of whatever shape; none where there is no list."""
        found = self.root.child(key)
        return found.value if found and isinstance(found.value, tuple) else ()

    def fault(self, path: Path, message: str) -> Fault:
        """A fault at the nearest node that is written; a key that is missing ends the path."""
        node, written = self.root, list[str | int]()
        for index, part in enumerate(path):
            if (child := node.child(part)) is not None:
                node = child
            elif isinstance(part, int) or index < len(path) - 1:
                continue
            written.append(part)
        return Fault(self.name, node.line, _spelled(written), message)

    def repeated_keys(self) -> Iterator[Fault]:
        """A fault for each key that a mapping holds more than once."""
        for path, node in self.root.walk():
            for key, line in node.repeated:
                first = self.fault((*path, key), "")
                yield Fault(self.name, line, first.path, f"the key stands at line {first.line} already")


def _spelled(path: Sequence[str | int]) -> str:
    """`slos[0].alert.name`; a key that is no plain word stands in quotes, as an index does."""
    plain = (f".{part}" if isinstance(part, str) and part.isidentifier() else f"[{part!r}]" for part in path)
    return "".join(plain).removeprefix(".")
