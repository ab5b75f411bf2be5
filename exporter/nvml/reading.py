"""What the child tells its parent, one JSON line per reading: free of pynvml and of pydantic, both sides import it."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar, Final, Literal

State = Literal["ok", "lost", "reset_required", "hung", "failed"]

LINE_BYTES: Final = 256 * 1024
"""The longest line a parent takes: sixteen full GPUs need about 16 KiB."""

_STRICT: Final = {"extra": "forbid", "allow_inf_nan": False}


@dataclass(frozen=True, slots=True)
class Identity:
    """What does not change about a GPU: its UUID, its PCI bus id as NVML spells it, its model."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = _STRICT

    uuid: str
    pci_bus_id: str
    model: str


@dataclass(frozen=True, slots=True)
class Gpu:
    """One GPU in one reading: values by metric name when the state is "ok", none otherwise.

    `identity` is None as long as the driver has not told it; `detail` says why the state is not "ok".
    """

    __pydantic_config__: ClassVar[Mapping[str, Any]] = _STRICT

    index: int
    state: State
    identity: Identity | None
    values: dict[str, float] = field(default_factory=dict)
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Reading:
    """All GPUs of the node at one moment, or in `error` why NVML could not be opened; `last`: the child ends."""

    __pydantic_config__: ClassVar[Mapping[str, Any]] = _STRICT

    driver: str
    gpus: tuple[Gpu, ...]
    error: str = ""
    last: bool = False

    @property
    def answered(self) -> bool:
        """Whether a new process could do no better: some GPU answers, there is none, or NVML is not there."""
        return bool(self.error) or not self.gpus or any(gpu.state == "ok" for gpu in self.gpus)


def encode(reading: Reading) -> bytes:
    """The reading as one line."""
    return json.dumps(asdict(reading), separators=(",", ":"), allow_nan=False).encode() + b"\n"
