"""Who used how much of a device: shares that are known, and a remainder that says how much is not. Pure.

| method | when | what a pod gets |
|---|---|---|
| `exclusive` | one pod holds the device, and no process of another pod or of the host is seen on it | all of it |
| `processes` | else, where the driver's processes can be told apart by pod | what its own processes used |
| `unattributed` | always | what is left |

There is no division into equal parts: nothing says that pods which share a device use it alike. Pods whose use is not
known have no point, rather than zero. Whatever the method, the parts of a device add up to the device, to the last bit
and in any order: each part is a multiple of the unit in the last place of the whole, so that no addition rounds.

A pod's energy is the energy of the interval times the part of the interval in which its kernels ran. A GPU draws no
less while it works than while it idles, so this is the least that was drawn while the pod ran; idle energy stays in
the remainder. Where the driver's samples add up to more than the device (they are taken at other moments), all are
scaled down alike.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import floor, fsum, isfinite, ulp
from typing import Final

from exporter.pods.owners import Owner, PodName

EXCLUSIVE: Final = "exclusive"
PROCESSES: Final = "processes"
UNATTRIBUTED: Final = "unattributed"


OUTSIDE: Final[PodName] = ("", "")
"""The pod of a process that is known to run in none: a service of the host, or a container that is not Kubernetes'."""


@dataclass(frozen=True, slots=True)
class Use:
    """Use of a device or by a process: ratio of time busy, bytes held, joules of the interval; None is not known."""

    utilization: float | None = None
    memory: float | None = None
    energy: float | None = None


@dataclass(frozen=True, slots=True)
class Process:
    """One process on a device and its use (never energy); `pod` is None where it is not known, or `OUTSIDE`."""

    pod: PodName | None
    use: Use


@dataclass(frozen=True, slots=True)
class Party:
    """To whom a part belongs: pod, its container if one alone holds the device, and how the part was found."""

    namespace: str
    pod: str
    container: str
    method: str


REMAINDER: Final = Party("", "", "", UNATTRIBUTED)


@dataclass(frozen=True, slots=True)
class Split:
    """The parts of a device by party, `REMAINDER` last; a quantity is there for all parties or, unknown, for none."""

    utilization: Mapping[Party, float]
    memory: Mapping[Party, float]
    energy: Mapping[Party, float]


def split(whole: Use, owners: Sequence[Owner], processes: Sequence[Process] | None) -> Split:
    """The device's use by party. `processes` is None where they cannot be seen or told apart, empty where none run."""
    sole = _sole(owners, processes)
    if sole is not None:
        share = {sole: 1.0}
        return Split(*(_parts(total, share) for total in (whole.utilization, whole.memory, whole.energy)))
    seen = processes if processes is not None else [Process(None, Use())]
    busy = _by_party(owners, [(it.pod, it.use.utilization) for it in seen])
    held = _by_party(owners, [(it.pod, it.use.memory) for it in seen])
    total = _known(whole.utilization)
    ran = _shares(busy, total)
    time = busy if total is None else {party: share * total for party, share in ran.items()}
    return Split(
        _parts(whole.utilization, ran),
        _parts(whole.memory, _shares(held, whole.memory)),
        _parts(whole.energy, _shares(time, 1.0)),
    )


def _sole(owners: Sequence[Owner], processes: Sequence[Process] | None) -> Party | None:
    """The one pod that holds the device, unless a process on it is known to be somebody else's."""
    pods = {owner.pod_name for owner in owners}
    if len(pods) != 1 or not {it.pod for it in processes or () if it.pod} <= pods:
        return None
    return _party(next(iter(pods)), owners, EXCLUSIVE)


def _party(pod: PodName, owners: Iterable[Owner], method: str) -> Party:
    containers = {owner.container for owner in owners if owner.pod_name == pod}
    return Party(*pod, containers.pop() if len(containers) == 1 else "", method)


def _by_party(owners: Sequence[Owner], used: Sequence[tuple[PodName | None, float | None]]) -> dict[Party, float]:
    """What the processes of each pod used, as far as all of them tell.

    Owners without a process used nothing, but that is known only if it is known whose every process is.
    """
    amounts: dict[PodName, list[float]] = {}
    if all(pod is not None for pod, _ in used):
        amounts = {owner.pod_name: [] for owner in owners}
    for pod, amount in used:
        if pod and amount is not None:
            amounts.setdefault(pod, []).append(max(0.0, amount))
    silent = {OUTSIDE, *(pod for pod, amount in used if amount is None)}
    return {_party(pod, owners, PROCESSES): fsum(it) for pod, it in sorted(amounts.items()) if pod not in silent}


def _shares(used: Mapping[Party, float], whole: float | None) -> dict[Party, float]:
    """Parts of one: what was used over the whole, or over their sum where that is more."""
    all_of_it = max(fsum(used.values()), _known(whole) or 0.0)
    return {party: amount / all_of_it if all_of_it > 0 else 0.0 for party, amount in used.items()}


def _parts(whole: float | None, shares: Mapping[Party, float]) -> dict[Party, float]:
    """Each share of the whole, rounded down to a multiple of its last place, and what is left."""
    total = _known(whole)
    if total is None:
        return {}
    unit = ulp(total)
    left = round(total / unit)
    parts = {}
    for party, share in shares.items():
        units = min(left, floor(total / unit * share))
        parts[party] = units * unit
        left -= units
    return {**parts, REMAINDER: left * unit}


def _known(total: float | None) -> float | None:
    return total if total is not None and isfinite(total) and total >= 0 else None
