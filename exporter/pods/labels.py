"""Labels that say who holds a device, as dcgm-exporter writes them: pod labels first, then its own, each by name.

A pod label keeps its key where that is a label name nobody else uses. Otherwise:

1. every character that a label name cannot have becomes `_`;
2. a name that begins with a digit, or that this exporter's series use or may use, gets the prefix `label_`;
3. of keys that then have one name, the one that was spelt so from the start keeps it, and each other one gets `_` and
   eight hex digits of its SHA-256: what it is called depends on the pod's own labels alone, not on their order.
"""

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256
from typing import Final

from exporter.pods.owners import Claimed, Owner
from native.exposition import Labels

PREFIX: Final = "label_"
RESERVED: Final = frozenset(
    (
        *("gpu", "UUID", "uuid", "pci_bus_id", "device", "modelName", "GPU_I_PROFILE", "GPU_I_ID", "Hostname"),
        *("hostname", "simulated", "container", "namespace", "pod", "pod_uid", "vgpu", "hpc_job", "method", "gpu_uuid"),
        *("container_name", "pod_name", "pod_namespace", "err_code", "err_msg", "xid", "clock_event", "nvlink"),
        *("dra_claim_name", "dra_claim_namespace", "dra_driver_name", "dra_pool_name", "dra_device_name"),
        *("dra_mig_profile", "dra_mig_device_uuid", "window_size_in_ms", "health_watch", "health_error_code"),
        *("peer_gpu", "link_status", "nvswitch", "cpu", "cpucore", "le", "quantile", "job", "instance", "pid"),
    )
)
"""Label names of our series, and those that Prometheus adds; `DCGM_…` and `__…` are reserved as well."""
LABELS: Final = 64
"""Pod labels that are shown of one pod: the first by key."""
VALUE_CHARACTERS: Final = 63
"""What Kubernetes allows a label value; longer ones are cut."""

_KEY_CHARACTERS: Final = 317  # prefix 253, slash, name 63
_NO_NAME: Final = re.compile(r"[^a-zA-Z0-9_]")
_SURROGATE: Final = re.compile("[\ud800-\udfff]")


@dataclass(frozen=True, slots=True)
class PodDetails:
    """What the API server knows of a pod: its UID and its labels by key."""

    uid: str
    labels: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Allowed:
    """Which pod labels are shown: keys in which one of the patterns is found, every key when there are none."""

    patterns: tuple[re.Pattern[str], ...] = ()

    def __contains__(self, key: object) -> bool:
        return isinstance(key, str) and (not self.patterns or _found(self.patterns, key))


@dataclass(frozen=True, slots=True)
class Shown:
    """What is shown of an owner, by dcgm-exporter's options; `old_names` are those of its version 1."""

    pod_labels: bool = False
    pod_uid: bool = False
    allowed: Allowed = Allowed()
    old_names: bool = False
    virtual_gpus: bool = False

    def labels(self, owner: Owner, details: PodDetails | None = None, job: str = "") -> Labels:
        """The labels of one owner, to be appended to those of its device."""
        return (*self._of_pod(details), *sorted(self._own(owner, details, job).items()))

    def copies(
        self, owners: Sequence[Owner], details: Mapping[tuple[str, str], PodDetails], jobs: Sequence[str] = ()
    ) -> tuple[Labels, ...]:
        """What each copy of a device's series carries: at least one copy, whose labels may be empty.

        A device that several containers hold is shown once without an owner, for it has no single one; with
        `virtual_gpus` once for each, as dcgm-exporter does, so that a sum over pods counts it several times. Job files
        name whole jobs, one copy each.
        """
        shown = owners if self.virtual_gpus or len({(it.pod_name, it.container) for it in owners}) == 1 else ()
        if not self.virtual_gpus:
            shown = shown[:1]
        return tuple(
            self.labels(owner, details.get(owner.pod_name), job) if owner else _job(job)
            for owner in (shown or (None,))
            for job in (jobs or ("",))
        )

    def _of_pod(self, details: PodDetails | None) -> Labels:
        if details is None or not self.pod_labels:
            return ()
        return pod_labels({key: value for key, value in details.labels.items() if key in self.allowed})

    def _own(self, owner: Owner, details: PodDetails | None, job: str) -> dict[str, str]:
        pod, namespace, container = (
            ("pod_name", "pod_namespace", "container_name") if self.old_names else ("pod", "namespace", "container")
        )
        found = {pod: owner.pod, namespace: owner.namespace, container: owner.container}
        found["pod_uid"] = details.uid if details and self.pod_uid else ""
        found["vgpu"] = owner.replica if self.virtual_gpus else ""
        found |= _claim(owner.claim) | dict(_job(job))
        return {name: clean(value) for name, value in found.items() if value}


def pod_labels(labels: Mapping[str, str]) -> Labels:
    """Pod labels under names that no other label of a series has, by name."""
    keys = sorted(key for key in labels if 0 < len(key) <= _KEY_CHARACTERS)[:LABELS]
    names = {key: _name(key) for key in keys}
    taken = Counter(names.values())
    exact_first = sorted(keys, key=lambda key: (names[key] != key, key))
    shown: dict[str, str] = {}
    for key in exact_first:
        name = names[key] if taken[names[key]] == 1 or names[key] == key else f"{names[key]}_{_digest(key)}"
        shown.setdefault(name, clean(labels[key])[:VALUE_CHARACTERS])  # somebody may have spelt the digest as well
    return tuple(sorted(shown.items()))


def clean(text: str) -> str:
    """Text without halves of characters, which JSON can spell and a page of UTF-8 cannot hold."""
    return _SURROGATE.sub("\ufffd", text)


def _name(key: str) -> str:
    name = _NO_NAME.sub("_", key)
    reserved = name in RESERVED or name.startswith(("DCGM_", "__"))
    return PREFIX + name if reserved or name[0].isdigit() else name


def _digest(key: str) -> str:
    return sha256(key.encode(errors="surrogatepass")).hexdigest()[:8]


@lru_cache(maxsize=4096)
def _found(patterns: tuple[re.Pattern[str], ...], key: str) -> bool:
    return any(pattern.search(key) for pattern in patterns)


def _job(job: str) -> Labels:
    return (("hpc_job", job),) if job else ()


def _claim(claim: Claimed | None) -> dict[str, str]:
    if claim is None:
        return {}
    return {
        "dra_claim_name": claim.claim,
        "dra_claim_namespace": claim.namespace,
        "dra_driver_name": claim.device.driver,
        "dra_pool_name": claim.device.pool,
        "dra_device_name": claim.device.device,
        "dra_mig_profile": claim.published.profile,
        "dra_mig_device_uuid": claim.published.uuid if claim.published.parent else "",
    }
