"""The file that says what /probe may reach, and how."""

from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, IPvAnyNetwork, TypeAdapter

from exporter.settings import CredentialsFile, Seconds
from exporter.targets.policy import Allowed, Module, Policy
from exporter.targets.target import Kind
from exporter.yaml_file import read_yaml
from exporter.yaml_place import Place

_MODULES: Final = 32
_ALLOWED: Final = 64


def _number(value: object) -> object:
    return int(value) if isinstance(value, str) and value.isascii() and value.isdigit() else value


Port = Annotated[int, BeforeValidator(_number), Field(ge=1, le=65_535)]


class AllowEntry(BaseModel):
    """Networks that may be reached at these ports."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    networks: Annotated[list[IPvAnyNetwork], Field(min_length=1, max_length=_ALLOWED)]
    ports: Annotated[list[Port], Field(min_length=1, max_length=_ALLOWED)]
    schemes: Annotated[list[Literal["http", "https"]], Field(min_length=1)] = ["http", "https"]

    def allowed(self) -> Allowed:
        """The same, frozen."""
        return Allowed(tuple(self.networks), frozenset(self.ports), frozenset(self.schemes))


class ModuleEntry(BaseModel):
    """How targets of a kind are asked."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Kind
    timeout: Seconds = 3.0
    credentials_file: CredentialsFile | None = None
    rest_port: Port = 19_530
    relay: bool = False


class ProbeEntry(BaseModel):
    """The whole file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    allow: Annotated[list[AllowEntry], Field(min_length=1, max_length=_ALLOWED)]
    modules: Annotated[dict[str, ModuleEntry], Field(min_length=1, max_length=_MODULES)]


_FILE: Final = TypeAdapter(ProbeEntry)


def read_policy(path: Path) -> Policy:
    """The policy of a file; OSError if it cannot be read, ValueError with a line for each error if it is bad."""
    entry = read_yaml(path, _FILE, _faults)
    if entry is None:
        raise ValueError(f"{path}:1: it allows nothing: `allow` and `modules` are missing")
    modules = {name: Module(**module.model_dump()) for name, module in entry.modules.items()}
    return Policy(tuple(allow.allowed() for allow in entry.allow), modules)


def _faults(entry: ProbeEntry) -> Iterator[tuple[Place, str]]:
    ports = {port for allow in entry.allow for port in allow.ports}
    for name, module in entry.modules.items():
        if module.kind == "milvus" and module.rest_port not in ports:
            yield ("modules", name), f"its rest_port {module.rest_port} is allowed nowhere"
