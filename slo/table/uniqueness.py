"""What only one row may have, in one file or several: its id, and the names of its alerts."""

from collections.abc import Iterator, Sequence

from slo.plan import generated_alert_names
from slo.table.document import Node, Path
from slo.table.fault import Fault
from slo.table.file import TableFile


def repetitions(files: Sequence[TableFile]) -> Iterator[Fault]:
    """A fault for each id or alert name that an earlier row has, read from rows that have other faults too."""
    taken: dict[tuple[str, str], str] = {}
    for file in files:
        for path, kind, names in _claims(file):
            fault = file.fault(path, "")
            place = f"{fault.file}:{fault.line}"
            clash = next((name for name in names if (kind, _folded(name)) in taken), None)
            if clash:
                other = taken[kind, _folded(clash)]
                yield Fault(fault.file, fault.line, fault.path, f"{kind} {clash!r} is taken by {other}")
            taken = {(kind, _folded(name)): place for name in names} | taken


def _claims(file: TableFile) -> Iterator[tuple[Path, str, tuple[str, ...]]]:
    area = _text(file.root.child("area"))
    for index, row in enumerate(file.rows):
        if own := _text(row.child("id")):
            yield ("slos", index, "id"), "id", (own,)
        if name := _text(row.child("name")):
            yield ("slos", index, "name"), "alert", generated_alert_names(area, name)
        alert = row.child("alert")
        if static := _text(alert.child("name") if alert else None):
            yield ("slos", index, "alert", "name"), "alert", (static,)


def _folded(name: str) -> str:
    """Files and objects are named by ids: not every disk tells cases apart, and Kubernetes knows no underscore."""
    return name.lower().replace("_", "-")


def _text(node: Node | None) -> str:
    return node.value if node and isinstance(node.value, str) else ""
