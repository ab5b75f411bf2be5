"""To which pod a process belongs, from its control groups.

The kubelet names a pod's group by its UID, with `_` for `-` where systemd owns the tree:

    /kubepods/burstable/pod<uid>/<container>                                                      cgroupfs
    /kubepods.slice/kubepods-burstable.slice/kubepods-burstable-pod<uid>.slice/cri-containerd-<container>.scope  systemd
    /system.slice/containerd.service/kubepods-burstable-pod<uid>.slice:cri-containerd:<container> mixed drivers

in every hierarchy of version 1, and in the one `0::` line of version 2; `crio-`, `docker-` and nothing stand in for
`cri-containerd-`, kind and others put their own groups above, and containers may make groups below. A static pod's UID
has no dashes. Seen from the control-group namespace of another pod the path is cut at the front, `/../..`, but keeps
the name.
"""

import re
from collections.abc import Iterable
from pathlib import Path
from typing import Final

_POD: Final = re.compile(
    r"[/-]pod(?P<uid>[0-9a-f]{8}([-_])[0-9a-f]{4}(?:\2[0-9a-f]{4}){2}\2[0-9a-f]{12}|[0-9a-f]{32})(?:\.slice)?(?=[/:\n]|$)"
)
_HOST_PIDS: Final = "pid:[4026531836]"
"""PROC_PID_INIT_INO of the kernel: the same number on every machine."""
_BYTES: Final = 16 << 10
_MPS_SERVER: Final = b"nvidia-cuda-mps"
"""`nvidia-cuda-mps-server` as the kernel cuts it. It works for its clients, who may be of any pod."""


def pod_uid(cgroups: str) -> str | None:
    """The UID of the pod in a /proc/PID/cgroup, with dashes as the API server writes it; None outside any pod."""
    found = _POD.search(cgroups)
    return found["uid"].replace("_", "-") if found else None


def pods_of(pids: Iterable[int], proc: Path = Path("/proc")) -> dict[int, str | None]:
    """The pod UID of each process, empty for one outside any pod; None for one that is gone, and for an MPS server."""
    return {pid: _pod_of(proc / str(pid)) for pid in pids}


def sees_host(proc: Path = Path("/proc")) -> bool:
    """Whether process ids here are the host's (`hostPID: true`): elsewhere the driver hides others' processes."""
    try:
        return str((proc / "self/ns/pid").readlink()) == _HOST_PIDS
    except OSError:
        return False


def _pod_of(process: Path) -> str | None:
    try:
        if _read(process / "comm").startswith(_MPS_SERVER):
            return None
        return pod_uid(_read(process / "cgroup").decode(errors="replace")) or ""
    except OSError:
        return None


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_BYTES)
