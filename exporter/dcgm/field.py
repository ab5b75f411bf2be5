"""A field of DCGM as data: its names in both vocabularies, type and help, and what its value is made of."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

FieldType = Literal["gauge", "counter", "label"]
Values = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class First:
    """The first of these quantities that was read, divided by `per`.

    `whole`: DCGM holds the field as an integer and drops what is behind the point.
    """

    quantities: tuple[str, ...]
    per: float = 1.0
    whole: bool = True

    def of(self, values: Values) -> float | None:
        """The value, None without a reading."""
        for name in self.quantities:
            if name in values:
                value = values[name]
                return value // self.per if self.whole else value / self.per
        return None


@dataclass(frozen=True, slots=True)
class UsedShare:
    """Used memory over what can be used, 0 to 1: DCGM's `used / (total - reserved)`."""

    def of(self, values: Values) -> float | None:
        """The share, None unless used and total are known."""
        used, total = values.get("memory_used_bytes"), values.get("memory_total_bytes")
        usable = 0.0 if total is None else total - values.get("memory_reserved_bytes", 0.0)
        return used / usable if used is not None and usable > 0 else None


@dataclass(frozen=True, slots=True)
class Pace:
    """The increase per second of counters, summed and divided by `per`: a value that needs two readings."""

    quantities: tuple[str, ...]
    per: float

    def between(self, before: Values, now: Values, seconds: float) -> float | None:
        """The pace, a whole number; None if a reading is missing, time stood still or a counter began anew."""
        if seconds <= 0:
            return None
        increase = 0.0
        for name in self.quantities:
            if name not in before or name not in now or now[name] < before[name]:
                return None
            increase += now[name] - before[name]
        return increase / seconds // self.per


@dataclass(frozen=True, slots=True)
class Text:
    """What the driver says of a GPU in words: a key of `exporter.nvml.quantities.TEXTS`."""

    key: str


@dataclass(frozen=True, slots=True)
class OfNode:
    """What is the same for all GPUs of the node: its attribute of `exporter.dcgm.device.Node`."""

    attribute: Literal["driver", "nvml"]


@dataclass(frozen=True, slots=True)
class OfDevice:
    """What identifies a GPU: an attribute of `exporter.dcgm.device.Device`."""

    attribute: Literal["index", "minor", "uuid", "pci_bus_id", "model"]


@dataclass(frozen=True, slots=True)
class LastXid:
    """The newest Xid code, with the labels `err_code` and `err_msg`; 0 is none so far."""


@dataclass(frozen=True, slots=True)
class Counted:
    """Xids or clock events by kind, in a sliding window or since the start (`total`)."""

    what: Literal["xid", "clock_event"]
    total: bool = False


@dataclass(frozen=True, slots=True)
class Unserved:
    """Why NVML cannot serve the field."""

    reason: str


Source = First | UsedShare | Pace | Text | OfNode | OfDevice | LastXid | Counted | Unserved

_NUMBERS: Final = ("index", "minor")


@dataclass(frozen=True, slots=True)
class Field:
    """One field: DCGM's number, which is also its place on the page, both names, type, help, source.

    `default`: whether dcgm-exporter's default counters have it switched on, switched off as a comment, or not at all.
    Types and helps are dcgm-exporter's where it has the field, right or wrong.
    """

    number: int
    legacy: str
    renamed: str
    type: FieldType
    help: str
    source: Source
    default: Literal["on", "off", "absent"]

    @property
    def words(self) -> bool:
        """Whether it is a text: good for a label alone."""
        source = self.source
        return isinstance(source, Text | OfNode) or (isinstance(source, OfDevice) and source.attribute not in _NUMBERS)

    @property
    def labels(self) -> bool:
        """Whether it can be a label: it is one thing at any moment, and needs no other reading."""
        return isinstance(self.source, First | Text | OfNode | OfDevice | Unserved)

    @property
    def served(self) -> bool:
        """Whether NVML can serve it on some GPU."""
        return not isinstance(self.source, Unserved)
