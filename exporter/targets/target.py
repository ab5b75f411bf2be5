"""A server to be probed."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal

Kind = Literal["vllm", "milvus"]


@dataclass(frozen=True, slots=True)
class Canary:
    """How often at most a vLLM is asked for one token, how long it may take (seconds), and of which model."""

    interval: float = 60.0
    timeout: float = 10.0
    model: str | None = None
    """None is the first model listed that is no adapter."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a server is, what it is called on our page, and how often and how patiently it is asked (seconds)."""

    kind: Kind
    name: str
    url: str
    rest_url: str
    interval: float
    timeout: float
    credentials_file: Path | None = None
    stalled_after: float = 30.0
    """Requests without progress for so long are a stall."""
    starting_for: float = 600.0
    """A server that has never answered is starting for so long."""
    canary: Canary | None = None
    moves: bool = True
    """Whether a Milvus may be looked for at the ports next to its own."""
    relay: bool = False
    """Whether the target's own page passes through ours."""
    pod: tuple[str, str] | None = None
    """Namespace and name of the pod in which the server runs, where that is known."""
    gpus: tuple[str, ...] = ()
    """UUIDs of the GPUs or MIG devices that are the server's, where somebody wrote them down."""
