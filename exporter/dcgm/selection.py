"""Which GPUs and MIG instances are shown: dcgm-exporter's `-d`, in the grammar of its release 4.8.3.

`f`: MIG instances where there are any, whole GPUs elsewhere. `g`, `g:0,2-4`: whole GPUs. `i`, `i:0,1`: MIG instances.
`g+i`, `g:0+i:3`: both.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from exporter.dcgm.device import Device

IDS: Final = 1024
"""How many ids a selector may come to; upstream's bound as well."""
_RANGE: Final = re.compile(r"(\d{1,9})(?:-(\d{1,9}))?")


@dataclass(frozen=True, slots=True)
class Selection:
    """Whole GPUs by index and MIG instances by their place on the node; None: none of them, empty: every one.

    An instance's place counts the instances of the node from 0, in the order of GPU index and instance id.
    """

    flexible: bool = True
    gpus: frozenset[int] | None = None
    instances: frozenset[int] | None = None

    def takes_gpu(self, index: int, *, divided: bool) -> bool:
        """Whether the whole GPU is shown; `divided`: it has MIG instances."""
        return not divided if self.flexible else _takes(self.gpus, index)

    def takes_instance(self, place: int) -> bool:
        """Whether the MIG instance at this place is shown."""
        return self.flexible or _takes(self.instances, place)

    def among(self, devices: Sequence[Device]) -> list[Device]:
        """Those of the devices that are shown, in their order."""
        parts = {(device.index, device.instance[1]) for device in devices if device.instance}
        places = {part: place for place, part in enumerate(sorted(parts))}
        divided = {index for index, _ in parts}
        return [
            device
            for device in devices
            if (
                self.takes_instance(places[device.index, device.instance[1]])
                if device.instance
                else self.takes_gpu(device.index, divided=device.index in divided)
            )
        ]

    def missing(self, devices: Sequence[Device]) -> Iterator[str]:
        """What is named and not among the devices: upstream ends for it, here it is worth a warning."""
        absent = (self.gpus or frozenset()) - {device.index for device in devices}
        yield from (f"GPU {index} was selected and is not there" for index in sorted(absent))
        instances = sum(bool(device.instance) for device in devices)
        beyond = (place for place in sorted(self.instances or ()) if place >= instances)
        yield from (f"MIG instance {place} was selected and is not there" for place in beyond)


def _takes(chosen: frozenset[int] | None, number: int) -> bool:
    return chosen is not None and (not chosen or number in chosen)


def parse_selection(text: str) -> Selection:
    """The selection; ValueError says what is wrong."""
    parts = text.split("+")
    if parts == ["f"]:
        return Selection()
    found: dict[str, frozenset[int]] = {}
    for part in parts:
        letter, colon, ids = part.partition(":")
        if letter == "f":
            raise ValueError(f"{text!r}: f stands alone, without ids")
        if letter not in ("g", "i"):
            raise ValueError(f"{text!r}: {letter!r} is neither f, g nor i")
        if letter in found:
            raise ValueError(f"{text!r}: {letter} is there twice")
        found[letter] = _ids(text, ids) if colon else frozenset()
    return Selection(flexible=False, gpus=found.get("g"), instances=found.get("i"))


def _ids(text: str, listed: str) -> frozenset[int]:
    ids: set[int] = set()
    for part in listed.split(","):
        shape = _RANGE.fullmatch(part)
        if shape is None:
            raise ValueError(f"{text!r}: {part!r} is neither a number nor a range such as 0-3")
        first, last = int(shape[1]), int(shape[2] or shape[1])
        if first > last:
            raise ValueError(f"{text!r}: the range {part} runs backwards")
        if last - first >= IDS or len(ids) + last - first >= IDS:
            raise ValueError(f"{text!r}: comes to more than {IDS} ids")
        ids.update(range(first, last + 1))
    return frozenset(ids)
