"""A server to be probed."""

from dataclasses import dataclass
from pathlib import Path
from typing import Literal


@dataclass(frozen=True, slots=True)
class Target:
    """Where a server is, what it is called on our page, and how often and how patiently it is asked (seconds)."""

    kind: Literal["vllm", "milvus"]
    name: str
    url: str
    rest_url: str
    interval: float
    timeout: float
    credentials_file: Path | None = None
