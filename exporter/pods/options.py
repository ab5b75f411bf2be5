"""What is told about pods, under dcgm-exporter's variables where they mean the same: the rim."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeVar

from exporter.pods.kubelet import SOCKET
from exporter.pods.labels import Allowed, Shown
from exporter.pods.owners import RESOURCES

KUBERNETES: Final = "DCGM_EXPORTER_KUBERNETES"
POD_LABELS: Final = "DCGM_EXPORTER_KUBERNETES_ENABLE_POD_LABELS"
POD_UID: Final = "DCGM_EXPORTER_KUBERNETES_ENABLE_POD_UID"
ALLOWLIST: Final = "DCGM_EXPORTER_KUBERNETES_POD_LABEL_ALLOWLIST_REGEX"
ID_TYPE: Final = "DCGM_EXPORTER_KUBERNETES_GPU_ID_TYPE"
OLD_NAMES: Final = "DCGM_EXPORTER_USE_OLD_NAMESPACE"
VIRTUAL: Final = "KUBERNETES_VIRTUAL_GPUS"
DRA: Final = "KUBERNETES_ENABLE_DRA"
JOB_FOLDER: Final = "DCGM_HPC_JOB_MAPPING_DIR"
RESOURCE_NAMES: Final = "NVIDIA_RESOURCE_NAMES"
KUBELET_SOCKET: Final = "DCGM_POD_RESOURCES_KUBELET_SOCKET"
NODE: Final = "NODE_NAME"

_TRUE: Final = frozenset(("1", "t", "T", "true", "TRUE", "True"))
_FALSE: Final = frozenset(("", "0", "f", "F", "false", "FALSE", "False"))
_RESOURCE: Final = re.compile(r"[A-Za-z0-9./_-]{1,317}")

Parsed = TypeVar("Parsed")


@dataclass(frozen=True, slots=True)
class PodOptions:
    """Everything that is told about pods; the node's name is needed for whatever asks the API server."""

    kubernetes: bool = False
    shown: Shown = field(default_factory=Shown)
    dra: bool = False
    resources: frozenset[str] = RESOURCES
    socket: Path = SOCKET
    node: str = ""
    job_folder: Path | None = None
    targets: bool = False
    """Whether pods may ask to be probed."""

    @property
    def details(self) -> bool:
        """Whether the API server is asked for the pods of this node."""
        return (self.kubernetes or self.targets) and bool(self.node)

    @property
    def asked(self) -> bool:
        """Whether anything of this is wanted."""
        return self.kubernetes or self.targets or self.job_folder is not None


def pod_options(variables: Mapping[str, str], *, targets: bool = False) -> PodOptions:
    """Options from environment variables; ValueError has one line for each bad one."""
    faults: list[str] = []

    def read(name: str, parse: Callable[[str], Parsed], default: Parsed) -> Parsed:
        try:
            return parse(variables.get(name, ""))
        except ValueError as error:
            faults.append(f"{name}: {error}")
            return default

    shown = Shown(
        pod_labels=read(POD_LABELS, _switch, default=False),
        pod_uid=read(POD_UID, _switch, default=False),
        allowed=read(ALLOWLIST, _patterns, Allowed()),
        old_names=read(OLD_NAMES, _switch, default=False),
        virtual_gpus=read(VIRTUAL, _switch, default=False),
    )
    options = PodOptions(
        kubernetes=read(KUBERNETES, _switch, default=False),
        shown=shown,
        dra=read(DRA, _switch, default=False),
        resources=read(RESOURCE_NAMES, _resources, RESOURCES),
        socket=Path(variables.get(KUBELET_SOCKET) or SOCKET),
        node=variables.get(NODE, ""),
        job_folder=Path(variables[JOB_FOLDER]) if variables.get(JOB_FOLDER) else None,
        targets=targets,
    )
    read(ID_TYPE, _id_type, "")
    switches = ((POD_LABELS, shown.pod_labels), (POD_UID, shown.pod_uid), (DRA, options.dra))
    asking = [name for name, on in switches if on]
    if options.kubernetes and asking and not options.node:
        faults.append(f"{NODE}: is missing, and {asking[0]} needs it: only this node's pods are asked for")
    if targets and not options.node:
        faults.append(f"--targets-from-pods: needs {NODE}: only this node's pods are asked for")
    if faults:
        raise ValueError("\n".join(faults))
    return options


def _switch(text: str) -> bool:
    if text not in _TRUE | _FALSE:
        raise ValueError(f"{text!r} is neither true nor false")
    return text in _TRUE


def _patterns(text: str) -> Allowed:
    try:
        return Allowed(tuple(re.compile(part.strip()) for part in text.split(",") if part.strip()))
    except re.error as error:
        raise ValueError(f"{error.pattern!r} is no regular expression: {error.msg}") from error


def _resources(text: str) -> frozenset[str]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    for name in names:
        if not _RESOURCE.fullmatch(name):
            raise ValueError(f"{name!r} is no name of a resource")
    return RESOURCES | frozenset(names)


def _id_type(text: str) -> str:
    """The id's own form says what it is, so both types are understood at once."""
    if text not in ("", "uid", "device-name"):
        raise ValueError(f"{text!r} is neither uid nor device-name")
    return text
