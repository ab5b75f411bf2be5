"""Targets from the annotations of pods: a pod says of itself what it is, and where; never with which secret.

No annotation names a credentials file: whoever may write a pod would have our secrets sent to an address of their own.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from ipaddress import ip_address
from typing import Any, Final

from pydantic import ValidationError

from exporter.kubernetes.objects import mapping, unix
from exporter.pods.objects import TARGET_PREFIX
from exporter.settings import TargetEntry
from exporter.targets.target import Target
from exporter.yaml_file import plain

_LOG: Final = logging.getLogger(__name__)
PREFIX: Final = TARGET_PREFIX
TARGETS: Final = 64
"""Of one node; those beyond, by namespace and name, are left out."""
_KEYS: Final = ("interval", "timeout", "stalled-after", "starting-for", "relay")
_PORTS: Final = {"vllm": "8000", "milvus": "9091"}
ANNOTATIONS: Final = frozenset({"kind", "scheme", "port", "rest-port", "canary", *_KEYS})
"""What stands behind `PREFIX`."""
_CHARACTERS: Final = 256


@dataclass(frozen=True, slots=True)
class PodTarget:
    """A target that a pod asked for, and what its pod's life is like: Unix seconds, None if unknown."""

    target: Target
    uid: str
    terminating: bool
    started_at: float | None


@dataclass(frozen=True, slots=True)
class Found:
    """The targets of some pods, sorted by name, and one line for each pod whose annotations are no target."""

    targets: tuple[PodTarget, ...]
    faults: tuple[str, ...]


class Wishes:
    """What pods ask for, time after time; each fault is logged once, and again after it had gone."""

    def __init__(self) -> None:
        self._faults: tuple[str, ...] = ()

    def of(self, pods: Iterable[Mapping[str, Any]]) -> tuple[PodTarget, ...]:
        """The targets of these pods."""
        found = targets_of(pods)
        for fault in found.faults:
            if fault not in self._faults:
                _LOG.warning("%s", fault)
        self._faults = found.faults
        return found.targets


def targets_of(pods: Iterable[Mapping[str, Any]]) -> Found:
    """The targets of pods (objects of the Kubernetes API); pods without our annotations are passed over."""
    found: list[PodTarget] = []
    faults: list[str] = []
    for pod in sorted(pods, key=_name):
        wanted = _annotations(pod)
        if not wanted or _status(pod).get("phase") in ("Succeeded", "Failed"):
            continue
        try:
            target = _target(pod, wanted)
        except ValueError as error:
            faults += [f"pod {_name(pod)}: {line}" for line in _lines(error)]
            continue
        if target is not None and len(found) < TARGETS:
            found.append(target)
        elif target is not None:
            faults.append(f"pod {_name(pod)}: more than {TARGETS} pods want to be targets")
    return Found(tuple(found), tuple(faults))


def _target(pod: Mapping[str, Any], wanted: Mapping[str, str]) -> PodTarget | None:
    """The target of one pod; None before it has an address."""
    unknown = sorted(wanted.keys() - ANNOTATIONS)
    if unknown:
        raise ValueError(f"{PREFIX}{unknown[0]}: no such annotation")
    address = _status(pod).get("podIP")
    if not isinstance(address, str) or not address:
        return None
    host = f"[{address}]" if ip_address(address).version == 6 else address  # noqa: PLR2004 - IPv6
    _harmless(wanted)
    scheme, kind = wanted.get("scheme", "http"), wanted.get("kind", "")
    options: dict[str, object] = {key.replace("-", "_"): wanted[key] for key in _KEYS if key in wanted}
    if "canary" in wanted:
        options["canary"] = {"interval": wanted["canary"]}
    if "rest-port" in wanted:
        options["rest_url"] = f"{scheme}://{host}:{wanted['rest-port']}"
    url = f"{scheme}://{host}:{wanted.get('port', _PORTS.get(kind, '0'))}"
    entry = TargetEntry.model_validate({"kind": kind, "url": url, "name": _name(pod), **options})
    metadata = mapping(pod.get("metadata"))
    terminating = metadata.get("deletionTimestamp") is not None
    target = replace(entry.target(), pod=(str(metadata.get("namespace", "")), str(metadata.get("name", ""))))
    return PodTarget(target, str(metadata.get("uid", "")), terminating, _started(pod))


def _harmless(wanted: Mapping[str, str]) -> None:
    """ValueError where an annotation would lead away from its pod: parts of an address are put together from them."""
    if wanted.get("scheme", "http") not in ("http", "https"):
        raise ValueError(f"{PREFIX}scheme: must be http or https")
    for key in ("port", "rest-port"):
        port = wanted.get(key, "1")
        if not (port.isascii() and port.isdigit()):
            raise ValueError(f"{PREFIX}{key}: must be the number of a port")


def _annotations(pod: Mapping[str, Any]) -> dict[str, str]:
    found = mapping(mapping(pod.get("metadata")).get("annotations"))
    return {key.removeprefix(PREFIX): str(text)[:_CHARACTERS] for key, text in found.items() if key.startswith(PREFIX)}


def _started(pod: Mapping[str, Any]) -> float | None:
    """When the newest of its running containers started."""
    statuses = _status(pod).get("containerStatuses")
    times = [mapping(mapping(mapping(one).get("state")).get("running")).get("startedAt") for one in statuses or ()]
    return max((moment for moment in map(unix, times) if moment is not None), default=None)


def _lines(error: ValueError) -> Iterator[str]:
    if not isinstance(error, ValidationError):
        yield str(error)
        return
    for fault in error.errors():
        where = ".".join(str(step) for step in fault["loc"])
        yield f"{PREFIX}{where.replace('_', '-')}: {plain(fault['msg'])}" if where else plain(fault["msg"])


def _name(pod: Mapping[str, Any]) -> str:
    metadata = mapping(pod.get("metadata"))
    return f"{metadata.get('namespace', '')}/{metadata.get('name', '')}"


def _status(pod: Mapping[str, Any]) -> Mapping[str, Any]:
    return mapping(pod.get("status"))
