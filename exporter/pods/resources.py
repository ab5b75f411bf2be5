"""What the kubelet says about its pods, as values: the parts of `v1.PodResourcesLister` that concern devices."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Devices:
    """Ids of one resource, such as `nvidia.com/gpu`, that a container holds."""

    resource: str
    ids: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ClaimedDevice:
    """One device of a claim by driver, pool and name; its UUID stands in the driver's ResourceSlice."""

    driver: str
    pool: str
    device: str
    share: str = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """A ResourceClaim (dynamic resource allocation) that a container uses."""

    name: str
    namespace: str
    devices: tuple[ClaimedDevice, ...] = ()


@dataclass(frozen=True, slots=True)
class Container:
    """A container with what it holds."""

    name: str
    devices: tuple[Devices, ...] = ()
    claims: tuple[Claim, ...] = ()


@dataclass(frozen=True, slots=True)
class Pod:
    """A pod with its containers."""

    namespace: str
    name: str
    containers: tuple[Container, ...] = ()
