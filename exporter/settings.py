"""What the node process is told: the rim where text becomes frozen values."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final, Literal, Self
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from exporter import defaults
from exporter.dcgm.surface import Surface
from exporter.given import names
from exporter.kubernetes.api import ApiServer
from exporter.pods.options import PodOptions
from exporter.targets.policy import Policy
from exporter.targets.target import Canary, Target
from exporter.yaml_file import plain

_MILLISECONDS: Final = {"ms": 1, "s": 1000, "m": 60_000, "h": 3_600_000}
_LENGTH: Final = re.compile(r"(\d{1,9})(ms|s|m|h)")
_LISTEN: Final = re.compile(r"(?P<host>\[[0-9a-fA-F:.%]+\]|[^\[\]:/\s]*):(?P<port>\d{1,5})")
_HIGHEST_PORT: Final = 65_535
_MILVUS_REST_PORT: Final = 19_530
_PATIENCE: Final = 3.0


@dataclass(frozen=True, slots=True)
class Address:
    """Where to listen; an empty host is every interface, port 0 is any free one."""

    host: str
    port: int

    def __str__(self) -> str:
        """As it is written in a URL."""
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


def _seconds(value: object) -> float:
    shape = _LENGTH.fullmatch(value) if isinstance(value, str) else None
    if shape is None:
        raise ValueError(f"{value!r} is not a length of time such as 500ms, 15s or 1m")
    return int(shape[1]) * _MILLISECONDS[shape[2]] / 1000


def _address(value: object) -> Address:
    shape = _LISTEN.fullmatch(value) if isinstance(value, str) else None
    if shape is None or int(shape["port"]) > _HIGHEST_PORT:
        raise ValueError(f"{value!r} is not an address such as 127.0.0.1:9400, [::1]:9400 or :9400")
    return Address(shape["host"].strip("[]"), int(shape["port"]))


def _server(value: str) -> str:
    if not (value.isascii() and value.isprintable()) or " " in value:
        raise ValueError(f"{value!r} holds characters that an address cannot have")
    parts = urlsplit(value)
    _ = parts.port  # raises where it is no number of a port
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(f"{value!r} is not an address such as http://127.0.0.1:8000")
    parts.hostname.encode("idna")  # raises where no resolver would take the name
    if parts.username is not None or parts.password is not None:
        raise ValueError("credentials belong into credentials_file, not into the address")
    if parts.query or parts.fragment:
        raise ValueError(f"{value!r} must end with its path: each probe appends its own")
    return value.rstrip("/")


def _pod(value: str) -> tuple[str, str]:
    namespace, _, name = value.partition("/")
    return namespace, name


def _file(value: object) -> object:
    if value == "":
        raise ValueError("the name of a file is missing")
    return value


Seconds = Annotated[float, BeforeValidator(_seconds), Field(ge=0.1, le=86_400)]
"""A length of time, written `15s` or `500ms`."""
Server = Annotated[str, Field(max_length=2048), AfterValidator(_server)]
"""An http(s) address, kept without its final slash."""
Namespace = Annotated[str, Field(max_length=63, pattern=r"^[a-z0-9]([a-z0-9-]*[a-z0-9])?$")]
"""A namespace of Kubernetes."""
CredentialsFile = Annotated[Path, BeforeValidator(_file)]
"""A file that holds a secret, which is read when it is needed."""


Uuid = Annotated[str, Field(pattern=r"^(GPU|MIG)-[0-9A-Za-z-]{1,64}$")]
"""Of a GPU or MIG device."""


class CanaryEntry(BaseModel):
    """How a vLLM may be asked for a token of our own."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    interval: Annotated[Seconds, Field(ge=1)] = 60.0
    """At most one canary in this time."""
    timeout: Seconds = 10.0
    model: Annotated[str, Field(min_length=1, max_length=512)] | None = None


class TargetEntry(BaseModel):
    """One entry of the targets file."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["vllm", "milvus"]
    url: Server
    """vLLM's API port, or Milvus' management port (9091)."""
    rest_url: Server | None = None
    """Milvus' REST port; by default 19530 on the host of `url`."""
    name: Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[^\x00-\x1f\x7f]*$")] | None = None
    interval: Seconds = 5.0
    timeout: Seconds | None = None
    credentials_file: CredentialsFile | None = None
    stalled_after: Seconds = 30.0
    """A vLLM with requests whose counters stand still for so long is stalled."""
    starting_for: Seconds = 600.0
    """A vLLM that has never answered counts as starting for so long, then as dead."""
    canary: CanaryEntry | None = None
    relay: bool = False
    pod: Annotated[str, Field(max_length=317, pattern=r"^[a-z0-9-]+/[a-z0-9.-]+$")] | None = None
    """Namespace and name of the server's pod, `ai-hub/llm-0`, for what is told of it and its GPUs together."""
    gpus: Annotated[list[Uuid], Field(max_length=64)] = []
    """The server's GPUs or MIG devices; they outdo what `pod` tells."""

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if self.timeout is not None and self.timeout > self.interval:
            raise ValueError("timeout must not exceed interval, or a recovery is seen an interval too late")
        if self.kind != "milvus" and self.rest_url is not None:
            raise ValueError("rest_url belongs to kind milvus")
        odd = self.model_fields_set & {"canary", "stalled_after", "starting_for", "pod", "gpus"}
        if self.kind != "vllm" and odd:
            raise ValueError(f"{min(odd)} belongs to kind vllm")
        return self

    def target(self) -> Target:
        """The entry with its defaults filled in."""
        parts = urlsplit(self.url)
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        return Target(
            kind=self.kind,
            name=self.name or parts.netloc,
            url=self.url,
            rest_url=self.rest_url or f"{parts.scheme}://{host}:{_MILVUS_REST_PORT}",
            interval=self.interval,
            timeout=self.timeout or min(_PATIENCE, self.interval),
            credentials_file=self.credentials_file,
            stalled_after=self.stalled_after,
            starting_for=self.starting_for,
            canary=None if self.canary is None else Canary(**self.canary.model_dump()),
            relay=self.relay,
            pod=None if self.pod is None else _pod(self.pod),
            gpus=tuple(self.gpus),
        )


class Settings(BaseModel):
    """Everything the process is started with."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    listen: Annotated[Address, BeforeValidator(_address)]
    interval: Seconds
    """How often the GPUs are read."""
    window: Seconds = 15.0
    """How far averages and peaks of samples reach back."""
    simulate: bool = False
    record: Path | None = None
    replay: Path | None = None
    """A recorded session of NVML in place of the driver."""
    state_file: Path | None = None
    kmsg: Path | None = None
    release_for: Seconds = 30.0
    """How long SIGUSR1 lets go of the driver."""
    web_config: Path | None = None
    """exporter-toolkit's web configuration; plain HTTP for everybody without."""
    health_address: Annotated[Address, BeforeValidator(_address)] | None = None
    """A second address that answers for health alone, without TLS and users."""
    max_series: Annotated[int, Field(ge=0)] = defaults.MAX_SERIES
    """Series of a page, those about the exporter itself not counted."""
    targets: tuple[Target, ...] = ()
    probe_policy: Policy | None = None
    """What /probe may reach; there is no /probe without."""
    dcgm: Surface = Field(default_factory=Surface)
    """The compatible series."""
    pods: PodOptions = Field(default_factory=PodOptions)
    """What is told of the GPUs' owners."""
    targets_from_pods: bool = False
    kserve: bool = False
    milvus_upkeep: bool = False
    namespace: Namespace | None = None
    """The namespace of KServe's services and of Milvus' jobs; all of them without."""
    kubernetes_api: Server | None = None
    """Where the API is asked without a token, as `kubectl proxy` offers it."""
    api: ApiServer | None = None
    """The Kubernetes API, if there is one."""
    warnings: tuple[str, ...] = ()
    """What the log should say at the start."""

    @model_validator(mode="after")
    def _one_driver(self) -> Self:
        if self.simulate and (self.replay or self.record):
            raise ValueError("--simulate has no driver: neither --record nor --replay goes with it")
        return self


def settings(options: Mapping[str, object]) -> Settings:
    """Settings from options by the names of `Settings`; ValueError names every bad one."""
    try:
        return Settings.model_validate(options)
    except ValidationError as error:
        lines = (f"{_option(fault['loc'])}: {plain(fault['msg'])}" for fault in error.errors())
        raise ValueError("\n".join(lines)) from error


def _option(loc: tuple[int | str, ...]) -> str:
    """The option of a field as it is written; a fault of all of them together has none."""
    return names(str(loc[0]))[0] if loc else "options"
