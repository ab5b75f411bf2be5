"""What the child tells its parent, one JSON line per reading: free of pynvml and of pydantic, both sides import it."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Final, Literal

State = Literal["ok", "slow", "wedged", "lost", "reset_required", "failed"]
"""Of a GPU: answers to everything; to some questions not in time; to none; is gone; is to be reset; refuses all."""

ANSWERS: Final = frozenset({"ok", "slow"})
"""The states in which a GPU gives values."""

LINE_BYTES: Final = 512 * 1024
"""The longest line a parent takes: sixteen full GPUs with seven instances each need about 200 KiB."""

_STRICT: Final = {"extra": "forbid", "allow_inf_nan": False}


@dataclass(frozen=True, slots=True)
class Identity:
    """What does not change about a GPU: UUID, PCI bus id as NVML spells it, model, the N of /dev/nvidiaN, texts."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = _STRICT

    uuid: str
    pci_bus_id: str
    model: str
    minor: int | None = None
    texts: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Instance:
    """One MIG instance: its UUID, ids and profile, and values by quantity."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = _STRICT

    uuid: str
    gpu_instance: int
    compute_instance: int
    profile: str
    values: dict[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Process:
    """One process on a GPU: percent of the time since it was last asked about, and bytes; None where nothing says."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = _STRICT

    pid: int
    percent: float | None = None
    memory_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class Gpu:
    """One GPU in one reading.

    `groups` holds, for each family of questions that was answered since the reading before, values by quantity.
    `counts` holds what was added to each counter of ours, `spent` the driver's seconds by family, both since then.
    `instances` and `processes` are None when they were not asked for or the driver does not tell, `gaps` when nothing
    changed: it says by quantity why there is no value. `identity` is None as long as the driver has not told it;
    `detail` says why the state is not "ok".
    """

    __pydantic_config__: ClassVar[Mapping[str, Any]] = _STRICT

    index: int
    state: State
    identity: Identity | None
    groups: dict[str, dict[str, float]] = field(default_factory=dict)
    counts: dict[str, float] = field(default_factory=dict)
    spent: dict[str, float] = field(default_factory=dict)
    instances: tuple[Instance, ...] | None = None
    processes: tuple[Process, ...] | None = None
    gaps: dict[str, str] | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Xid:
    """One error event of the driver; `gpu_instance` is None where it is about the whole GPU."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = _STRICT

    pci_bus_id: str
    code: int
    gpu_instance: int | None = None
    at: float | None = None
    """When the driver told it, in monotonic seconds, which both processes share."""


@dataclass(frozen=True, slots=True)
class Reading:
    """All GPUs of the node at one moment, or in `error` why NVML could not be opened; `last`: the child ends."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = _STRICT

    driver: str
    gpus: tuple[Gpu, ...]
    error: str = ""
    last: bool = False
    nvml: str = ""
    xids: tuple[Xid, ...] = ()

    @property
    def answered(self) -> bool:
        """Whether a new process could do no better: some GPU answers, there is none, or NVML is not there."""
        return bool(self.error) or not self.gpus or any(gpu.state in ANSWERS for gpu in self.gpus)


def encode(reading: Reading) -> bytes:
    """The reading as one line."""
    return json.dumps(reading, default=_fields_of, separators=(",", ":"), allow_nan=False).encode() + b"\n"


def _fields_of(part: Any) -> dict[str, Any]:  # noqa: ANN401 - any of the parts above
    """A part as JSON knows it; `asdict` would copy every value first, each second."""
    return {name: getattr(part, name) for name in part.__slots__}
