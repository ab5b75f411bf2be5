"""The handbook's alerts, incidents and promises, from text to values: every fault at once, with file, line and path."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Final, TypeVar

from pydantic import AfterValidator, ValidationError

from slo.handbook.alert import Alert, Incident, OwnAlert, RowAlert, Verification
from slo.handbook.promise import Promise
from slo.handbook.proof import Proof, ProofSeries
from slo.handbook.signal import Signal
from slo.indicator import Written
from slo.scalar import some
from slo.spec import Origin
from slo.table.complaint import complaints, vocabulary
from slo.table.document import Node, Path, Unreadable, parse
from slo.table.fault import Fault, Invalid
from slo.table.file import TableFile

T = TypeVar("T")

_Items = Annotated[tuple[Any, ...], AfterValidator(some)]


class _Alerts(Written):
    alerts: _Items
    incidents: tuple[Any, ...] = ()


class _Promises(Written):
    promises: _Items


_KEYS: Final = vocabulary(
    _Alerts,
    _Promises,
    OwnAlert,
    RowAlert,
    Incident,
    Promise,
    Verification,
    Signal,
    Proof,
    ProofSeries,
    Origin,
)
_UNIQUE: Final[Mapping[str, tuple[Path, ...]]] = {
    "alerts": (("id",), ("alert",)),
    "incidents": (("id",),),
    "promises": (("id",), ("alert", "alert")),
}
"""What only one item of each list may have: its id, and the name of its alert."""


@dataclass(frozen=True, slots=True)
class HandbookAlerts:
    """The handbook's alerts and incidents, in their order."""

    alerts: tuple[Alert, ...]
    incidents: tuple[Incident, ...]

    @property
    def own(self) -> tuple[OwnAlert, ...]:
        """The alerts that no SLO row has."""
        return tuple(each for each in self.alerts if isinstance(each, OwnAlert))


def load_alerts(name: str, content: bytes) -> HandbookAlerts:
    """The `alerts` and `incidents` of a document in UTF-8; Invalid with every fault."""
    file = _opened(name, content)
    alerts, incidents = list(_items(file, "alerts", _alert)), list(_items(file, "incidents", Incident.model_validate))
    _require_none([*_surroundings(file, _Alerts), *_faults(alerts), *_faults(incidents)])
    return HandbookAlerts(_values(alerts), _values(incidents))


def load_promises(name: str, content: bytes) -> tuple[Promise, ...]:
    """The `promises` of a document in UTF-8; Invalid with every fault."""
    file = _opened(name, content)
    promises = list(_items(file, "promises", Promise.model_validate))
    _require_none([*_surroundings(file, _Promises), *_faults(promises)])
    return _values(promises)


def _alert(item: object) -> Alert:
    of_a_row = isinstance(item, dict) and "row" in item
    return RowAlert.model_validate(item) if of_a_row else OwnAlert.model_validate(item)


def _opened(name: str, content: bytes) -> TableFile:
    try:
        return TableFile(name, parse(content))
    except Unreadable as error:
        raise Invalid([Fault(name, error.line, "", str(error))]) from error


def _items(file: TableFile, key: str, validated: Callable[[object], T]) -> Iterator[T | Fault]:
    for index, node in enumerate(file.items(key)):
        try:
            yield validated(node.plain())
        except ValidationError as error:
            for path, message in complaints(error, _KEYS):
                yield file.fault((key, index, *path), message)


def _surroundings(file: TableFile, document: type[Written]) -> Iterator[Fault]:
    """The faults that no item has alone: keys that are repeated, missing or unknown, and what is taken already."""
    yield from file.repeated_keys()
    try:
        document.model_validate(file.root.plain())
    except ValidationError as error:
        for path, message in complaints(error, _KEYS):
            yield file.fault(path, message)
    for key in document.model_fields:
        for path in _UNIQUE[key]:
            yield from _repetitions(file, key, path)


def _repetitions(file: TableFile, key: str, path: Path) -> Iterator[Fault]:
    taken: dict[str, int] = {}
    for index, item in enumerate(file.items(key)):
        if text := _text(item, path):
            fault = file.fault((key, index, *path), f"{text!r} is taken by line {taken.get(text)}")
            if taken.setdefault(text, fault.line) != fault.line:
                yield fault


def _text(node: Node | None, path: Path) -> str:
    for part in path:
        node = node.child(part) if node else None
    return node.value if node and isinstance(node.value, str) else ""


def _faults(found: Sequence[T | Fault]) -> Iterator[Fault]:
    return (each for each in found if isinstance(each, Fault))


def _values(found: Sequence[T | Fault]) -> tuple[T, ...]:
    return tuple(each for each in found if not isinstance(each, Fault))


def _require_none(faults: Sequence[Fault]) -> None:
    if faults:
        raise Invalid(sorted(set(faults)))
