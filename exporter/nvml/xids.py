"""Xids counted: by GPU and code, from two sources that tell the same story, and kept over restarts."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, Literal, TypeAlias

Parsed: TypeAlias = Any
Source = Literal["nvml", "kernel"]

SAME_SECONDS: Final = 2.0
"""An Xid that both sources tell as of moments so close to each other is one."""
_OPEN: Final = 1024
"""Xids that wait for the other source: the kernel tells at once, NVML with the next reading, which may be far off."""
_MOST: Final = 2**53
"""No count can be greater: a float that shows it would stand still."""

_CODES: Final = 1024
"""Different codes that are counted per GPU; NVIDIA has named fewer than 200."""


@dataclass(frozen=True, slots=True)
class Told:
    """An Xid that one source has told and the other not yet."""

    source: Source
    pci_bus_id: str
    code: int
    at: float


@dataclass(frozen=True, slots=True)
class Xids:
    """How often each code was seen of each GPU, by PCI bus id; `last` is each GPU's newest code."""

    counts: Mapping[str, Mapping[int, int]] = field(default_factory=dict)
    last: Mapping[str, int] = field(default_factory=dict)
    open: tuple[Told, ...] = ()

    def after(self, source: Source, pci_bus_id: str, code: int, at: float) -> "Xids":
        """With one more Xid that happened at `at` (seconds of any clock), unless the other source has told it."""
        address = bus_id(pci_bus_id)
        for told in self.open:
            same = (told.pci_bus_id, told.code) == (address, code) and abs(at - told.at) <= SAME_SECONDS
            if same and told.source != source:
                return replace(self, open=tuple(other for other in self.open if other is not told))
        counts = self.counts.get(address, {})
        if code not in counts and len(counts) >= _CODES:
            return self
        counted = {**counts, code: counts.get(code, 0) + 1}
        told = Told(source, address, code, at)
        return Xids({**self.counts, address: counted}, {**self.last, address: code}, (*self.open[1 - _OPEN :], told))

    def of(self, pci_bus_id: str) -> list[tuple[int, int]]:
        """Codes and counts of one GPU, in the order of the codes."""
        return sorted(self.counts.get(bus_id(pci_bus_id), {}).items())

    def last_of(self, pci_bus_id: str) -> int:
        """The newest code of one GPU, 0 before the first."""
        return self.last.get(bus_id(pci_bus_id), 0)


def bus_id(text: str) -> str:
    """A PCI address in one spelling: NVML writes `00000000:17:00.0`, the kernel `0000:17:00`."""
    domain, _, rest = text.strip().lower().partition(":")
    return f"{domain[-4:]:0>4}:{rest.split('.')[0]}"


def dump(xids: Xids) -> str:
    """The counts as a document for `load`."""
    return json.dumps({"xids": {address: dict(counts) for address, counts in xids.counts.items()}, "last": xids.last})


def load(text: str) -> Xids:
    """The counts of a document; ValueError if it is none of ours."""
    document = json.loads(text)
    if not isinstance(document, dict) or set(document) != {"xids", "last"}:
        raise ValueError("no document of Xids")
    counts = {str(address): dict(_counts(found)) for address, found in _mapping(document["xids"])}
    return Xids(counts, {str(address): int(code) for address, code in _mapping(document["last"])})


def _counts(found: Parsed) -> Iterator[tuple[int, int]]:
    for code, count in _mapping(found):
        if not isinstance(count, int) or not 0 <= count <= _MOST:
            raise ValueError("a count that is none")
        yield int(code), count


def _mapping(found: Parsed) -> Iterable[tuple[Any, Any]]:
    if not isinstance(found, dict):
        raise ValueError("not a mapping")  # noqa: TRY004 - a document's fault, not a caller's
    return found.items()
