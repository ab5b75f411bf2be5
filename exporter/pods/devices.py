"""Ids under which device plugins hand out GPUs, and the GPUs and MIG instances of this node that they name.

| form | who writes it |
|---|---|
| `GPU-<uuid>`, `MIG-<uuid>` | NVIDIA's device plugin |
| `GPU-<uuid>::<replica>`, `MIG-<uuid>::<replica>` | the same with time slicing or MPS |
| `MIG-GPU-<uuid>/<gi>/<ci>` | the same before driver 470 |
| `nvidia<minor>` | GKE's device plugin, and others that name device nodes |
| `nvidia<minor>/gi<gi>`, either with `/vgpu<replica>` | GKE's with MIG, time slicing or MPS |

`nvidia0` is the device node /dev/nvidia0: its number is the minor number, which may differ from the index.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Final

_FORMS: Final = tuple(
    map(
        partial(re.compile, flags=re.ASCII),
        (
            r"(?P<uuid>(?:GPU|MIG)-(?!GPU-)[0-9A-Za-z-]{1,64})(?:::(?P<replica>\d{1,6}))?",
            r"MIG-(?P<uuid>GPU-[0-9A-Za-z-]{1,64})/(?P<gi>\d{1,4})/(?P<ci>\d{1,4})(?:::(?P<replica>\d{1,6}))?",
            r"nvidia(?P<minor>\d{1,4})(?:/gi(?P<gi>\d{1,4}))?(?:/vgpu(?P<replica>\d{1,6}))?",
        ),
    )
)


@dataclass(frozen=True, slots=True)
class Instance:
    """One MIG device of a GPU: its UUID (`MIG-…`), the ids of its GPU instance and of its compute instance."""

    uuid: str
    gi: int
    ci: int


@dataclass(frozen=True, slots=True)
class Device:
    """One GPU of this node; without a known minor number the index stands in for it."""

    uuid: str
    index: int
    minor: int | None = None
    instances: tuple[Instance, ...] = ()

    @property
    def node(self) -> int:
        """The N of /dev/nvidiaN."""
        return self.index if self.minor is None else self.minor


@dataclass(frozen=True, slots=True)
class Entity:
    """What can be held and measured: a whole GPU by UUID, or with `instance` (`MIG-…`) one MIG device of it."""

    gpu: str
    instance: str = ""


@dataclass(frozen=True, slots=True)
class DeviceId:
    """An id taken apart; `replica` is empty unless the device is handed out several times."""

    uuid: str = ""
    minor: int | None = None
    gi: int | None = None
    ci: int | None = None
    replica: str = ""


def parse_id(text: str) -> DeviceId | None:
    """The parts of a device id; None when it has none of the forms."""
    for form in _FORMS:
        found = form.fullmatch(text)
        if found:
            parts = found.groupdict()
            return DeviceId(
                uuid=parts.get("uuid") or "",
                minor=_number(parts.get("minor")),
                gi=_number(parts.get("gi")),
                ci=_number(parts.get("ci")),
                replica=parts["replica"] or "",
            )
    return None


@dataclass(frozen=True, slots=True)
class Inventory:
    """The devices of this node, to be found by UUID or by the number of their device node."""

    by_uuid: Mapping[str, Device]
    by_node: Mapping[int, Device]
    by_instance: Mapping[str, Entity]

    @classmethod
    def of(cls, devices: Iterable[Device]) -> "Inventory":
        """An inventory of these devices."""
        known = tuple(devices)
        return cls(
            {device.uuid: device for device in known},
            {device.node: device for device in known},
            {it.uuid: Entity(device.uuid, it.uuid) for device in known for it in device.instances},
        )

    def find(self, wanted: DeviceId) -> tuple[Entity, ...]:
        """The entities that an id names: none when this node lacks it; all compute instances of a GPU instance."""
        if wanted.uuid in self.by_instance:
            return (self.by_instance[wanted.uuid],)
        device = self.by_uuid.get(wanted.uuid) if wanted.minor is None else self.by_node.get(wanted.minor)
        if device is None:
            return ()
        if wanted.gi is None:
            return (Entity(device.uuid),)
        return tuple(
            Entity(device.uuid, it.uuid) for it in device.instances if it.gi == wanted.gi and wanted.ci in (None, it.ci)
        )


def _number(text: str | None) -> int | None:
    return None if text is None else int(text)
