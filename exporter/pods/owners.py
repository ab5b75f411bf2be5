"""Who holds which GPU or MIG device, from what the kubelet lists: pure."""

from collections.abc import Container as Contains
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from exporter.pods.devices import DeviceId, Entity, Inventory, parse_id
from exporter.pods.resources import Claim, ClaimedDevice, Container, Pod

RESOURCES: Final = frozenset({"nvidia.com/gpu", "nvidia.com/gpu.shared"})
"""`.shared` is what NVIDIA's device plugin appends with `renameByDefault`."""
MIG_PREFIX: Final = "nvidia.com/mig-"

DRIVER: Final = "gpu.nvidia.com"
"""The driver whose claims are looked at; a node's network cards are claimed as well."""

PodName = tuple[str, str]
"""Namespace and name."""


@dataclass(frozen=True, slots=True)
class PublishedDevice:
    """A device as its driver's ResourceSlice publishes it; of a MIG device `parent` and `profile` are known."""

    uuid: str
    parent: str = ""
    profile: str = ""


Published = Mapping[tuple[str, str, str], PublishedDevice]
"""Devices of ResourceSlices by driver, pool and name."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """The claim through which a device is held."""

    claim: str
    namespace: str
    device: ClaimedDevice
    published: PublishedDevice


@dataclass(frozen=True, slots=True)
class Owner:
    """A container that holds a device, or one `replica` of it, by device plugin or by `claim`."""

    namespace: str
    pod: str
    container: str
    replica: str = ""
    claim: Claimed | None = field(default=None, compare=False)

    @property
    def pod_name(self) -> PodName:
        """Namespace and name of the pod."""
        return self.namespace, self.pod

    @property
    def order(self) -> tuple[str, str, str, int, str]:
        """Where it stands among the owners of one entity."""
        return self.namespace, self.pod, self.container, len(self.replica), self.replica


@dataclass(frozen=True, slots=True)
class Ownership:
    """Owners by entity, in the order of their names, and the ids that name nothing on this node."""

    by_entity: Mapping[Entity, tuple[Owner, ...]] = field(default_factory=dict)
    unknown: tuple[str, ...] = ()

    def of(self, entity: Entity) -> tuple[Owner, ...]:
        """The owners of one entity; empty when nobody holds it."""
        return self.by_entity.get(entity, ())

    def shared(self, entity: Entity) -> bool:
        """Whether containers of more than one pod hold it."""
        return len({owner.pod_name for owner in self.of(entity)}) > 1


@dataclass(frozen=True, slots=True)
class _Holding:
    id: str
    owner: Owner
    entities: tuple[Entity, ...]


def ownership(
    pods: Iterable[Pod],
    inventory: Inventory,
    *,
    resources: Contains[str] = RESOURCES,
    published: Published | None = None,
    running: Contains[PodName] | None = None,
) -> Ownership:
    """Who holds what.

    Where several pods hold one and the same id, all but one have ended (kubelets before 1.34 list those too): the ones
    that are not `running` are left out when that is known, and else all stay, so that the device counts as shared.
    """
    holdings = [it for pod in pods for it in _holdings(pod, inventory, resources, published or {})]
    found: dict[Entity, set[Owner]] = {}
    for holding in _without_ended(holdings, running):
        for entity in holding.entities:
            found.setdefault(entity, set()).add(holding.owner)
    return Ownership(
        {entity: tuple(sorted(owners, key=lambda owner: owner.order)) for entity, owners in found.items()},
        tuple(sorted({it.id for it in holdings if not it.entities})),
    )


def _without_ended(holdings: list[_Holding], running: Contains[PodName] | None) -> Iterator[_Holding]:
    holders: dict[str, set[PodName]] = {}
    for it in holdings:
        holders.setdefault(it.id, set()).add(it.owner.pod_name)
    for it in holdings:
        alone = it.owner.claim is not None or len(holders[it.id]) == 1
        if alone or running is None or it.owner.pod_name in running:
            yield it


def _holdings(pod: Pod, inventory: Inventory, resources: Contains[str], published: Published) -> Iterator[_Holding]:
    for container in pod.containers:
        yield from _plugged(pod, container, inventory, resources)
        for claim in container.claims:
            ours = (it for it in claim.devices if it.driver == DRIVER)
            yield from (_claimed(pod, container, claim, it, inventory, published) for it in ours)


def _plugged(pod: Pod, container: Container, inventory: Inventory, resources: Contains[str]) -> Iterator[_Holding]:
    for devices in container.devices:
        if devices.resource in resources or devices.resource.startswith(MIG_PREFIX):
            for text in devices.ids:
                parts = parse_id(text)
                owner = Owner(pod.namespace, pod.name, container.name, parts.replica if parts else "")
                yield _Holding(text, owner, inventory.find(parts) if parts else ())


def _claimed(
    pod: Pod, container: Container, claim: Claim, device: ClaimedDevice, inventory: Inventory, published: Published
) -> _Holding:
    entry = published.get((device.driver, device.pool, device.device), PublishedDevice(""))
    owner = Owner(pod.namespace, pod.name, container.name, claim=Claimed(claim.name, claim.namespace, device, entry))
    entities = inventory.find(DeviceId(entry.uuid)) if entry.uuid else ()
    return _Holding(f"{device.driver}/{device.pool}/{device.device}", owner, entities)
