"""Objects of the Kubernetes API, as far as they are needed: pods' metadata, and devices of ResourceSlices."""

from collections.abc import Container as Contains
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from exporter.kubernetes.objects import mapping
from exporter.pods.labels import PodDetails, clean
from exporter.pods.owners import DRIVER, PodName, PublishedDevice

TARGET_PREFIX: Final = "emberline.io/"
"""The annotations by which a pod asks to be probed."""
_STATIC_UID: Final = "kubernetes.io/config.hash"
_MIRROR: Final = "kubernetes.io/config.mirror"

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Asking:
    """What there is of a pod that asks to be probed: parts of its metadata and status, as the API server has them."""

    document: Document


@dataclass(frozen=True, slots=True)
class KnownPod:
    """A pod by name, what is shown of it, and the UID under which the kubelet keeps its control group.

    The two UIDs differ for static pods: what the API server has is a mirror of them. `asking` is None for a pod that
    does not ask to be probed, and where nobody wants to know.
    """

    name: PodName
    details: PodDetails
    cgroup_uid: str
    asking: Asking | None = None


@dataclass(frozen=True, slots=True)
class Slice:
    """The devices of one ResourceSlice by driver, pool and name; of a pool the highest `generation` counts."""

    generation: int
    devices: Mapping[tuple[str, str, str], PublishedDevice]


def read_pod(item: Document, allowed: Contains[str], *, targets: bool = False) -> KnownPod | None:
    """A pod, or its metadata alone, with those of its labels that are allowed; None when it has no name or UID."""
    metadata = mapping(item.get("metadata"))
    namespace, name, uid = (_text(metadata.get(key)) for key in ("namespace", "name", "uid"))
    if not (name and uid):
        return None
    labels = {key: value for key, value in _texts(metadata.get("labels")).items() if key in allowed}
    notes = _texts(metadata.get("annotations"))
    static = notes.get(_STATIC_UID, "") if _MIRROR in notes else ""
    asks = targets and any(key.startswith(TARGET_PREFIX) for key in notes)
    return KnownPod((namespace, name), PodDetails(uid, labels), static or uid, _asking(item, notes) if asks else None)


def _asking(item: Document, notes: Mapping[str, str]) -> Asking:
    metadata, status = mapping(item.get("metadata")), mapping(item.get("status"))
    kept = {key: metadata.get(key) for key in ("namespace", "name", "uid", "deletionTimestamp")}
    kept["annotations"] = {key: text for key, text in notes.items() if key.startswith(TARGET_PREFIX)}
    return Asking(
        {"metadata": kept, "status": {key: status.get(key) for key in ("phase", "podIP", "containerStatuses")}}
    )


def read_slice(item: Document) -> Slice | None:
    """A ResourceSlice of our driver, in the form of v1 and v1beta2 or, with `basic`, of v1beta1."""
    spec = mapping(item.get("spec"))
    pool = mapping(spec.get("pool"))
    if spec.get("driver") != DRIVER:
        return None
    devices = [mapping(entry) for entry in _list(spec.get("devices"))]
    generation = pool.get("generation")
    return Slice(
        generation if isinstance(generation, int) else 0,
        {(DRIVER, _text(pool.get("name")), _text(device.get("name"))): _published(device) for device in devices},
    )


def published(slices: Iterable[Slice]) -> dict[tuple[str, str, str], PublishedDevice]:
    """The devices of all slices together."""
    found: dict[tuple[str, str, str], PublishedDevice] = {}
    for part in sorted(slices, key=lambda part: part.generation):
        found |= part.devices
    return found


def _published(device: Document) -> PublishedDevice:
    attributes = mapping(device.get("attributes") or mapping(device.get("basic")).get("attributes"))
    uuid, kind, parent, profile = (_attribute(attributes, name) for name in ("uuid", "type", "parentUUID", "profile"))
    return PublishedDevice(uuid, parent, profile) if kind == "mig" or parent else PublishedDevice(uuid)


def _attribute(attributes: Document, name: str) -> str:
    """The text of an attribute, under its plain name or with the driver's domain."""
    entry = attributes.get(name, attributes.get(f"{DRIVER}/{name}"))
    return _text(mapping(entry).get("string"))


def _texts(value: object) -> dict[str, str]:
    return {_text(key): _text(text) for key, text in mapping(value).items() if isinstance(text, str)}


def _text(value: object) -> str:
    return clean(value) if isinstance(value, str) else ""


def _list(value: object) -> list[object]:
    return value if isinstance(value, list) else []
