"""An entry of the targets file: a page, how often it is asked for, and what it asks of us."""

import re
from pathlib import Path
from typing import Annotated, Final, Self
from urllib.parse import urlsplit, urlunsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, model_validator

from emberline.sources.access import Access, Tls, User
from emberline.sources.target import INTERVAL, Target
from slo.duration import Duration
from slo.selector import labels_of

_SHORTEST: Final = Duration.parse("1s")
_LONGEST: Final = Duration.parse("2m")
"""Two scrapes fit into the five minutes that a sample stands for the present."""
_PORTS: Final = {"http": 80, "https": 443}
_HOST: Final = re.compile(r"(?:[a-z0-9_-]{1,63}\.)*[a-z0-9_-]{1,63}\.?|[0-9a-f:.]*:[0-9a-f:.]*(?:%[^/]+)?")
"""What a resolver takes: labels of letters, digits and hyphens, or an IPv6 address."""
_NAMING: Final = {"job", "instance"}
_NAME_CHARACTERS: Final = 128


def _interval(value: object) -> Duration:
    interval = value if isinstance(value, Duration) else Duration.parse(str(value))
    if not _SHORTEST <= interval <= _LONGEST:
        raise ValueError(f"must lie between {_SHORTEST} and {_LONGEST}")
    return interval


def _url(text: str) -> str:
    parts = urlsplit(text)
    if parts.scheme not in _PORTS or not parts.hostname or parts.port == 0:
        raise ValueError("is not an address such as http://127.0.0.1:9400/metrics")
    if parts.username or parts.password:
        raise ValueError("holds credentials; they belong in credentials_file or basic_auth")
    if not _HOST.fullmatch(parts.hostname):
        raise ValueError(f"{parts.hostname!r} is not the name of a host")
    return urlunsplit(parts._replace(path=parts.path if parts.path not in ("", "/") else "/metrics", fragment=""))


def _server_name(name: str) -> str:
    if not _HOST.fullmatch(name.lower()):
        raise ValueError(f"{name!r} is not the name of a host")
    return name


def _file(name: Path) -> Path:
    if name == Path():
        raise ValueError("the name of a file is missing")
    return name


def _labels(labels: dict[str, str]) -> dict[str, str]:
    """`job` and `instance` name a target on the screen and on the page of the exporter that probes it."""
    for name in _NAMING & labels.keys():
        if not (labels[name].isprintable() and 0 < len(labels[name]) <= _NAME_CHARACTERS):
            raise ValueError(f"{name} must be 1 to {_NAME_CHARACTERS} printable characters")
    reserved = sorted(name for name in labels if name.startswith("__"))
    if reserved:
        raise ValueError(f"{reserved[0]}: names that begin with __ are reserved")
    return labels


_STRICT: Final = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)
_File = Annotated[Path, AfterValidator(_file)]
"""The name of a file, from the folder of the targets file."""


class BasicAuth(BaseModel):
    """Who we are, by the name and the file with the password, as in Prometheus' `basic_auth`."""

    model_config = _STRICT

    username: Annotated[str | None, Field(min_length=1, max_length=256, pattern=r"^[^:\x00-\x1f\x7f]+$")] = None
    username_file: _File | None = None
    password_file: _File

    def user(self, folder: Path) -> User:
        """The same, files found from `folder`."""
        return User(self.username or folder / (self.username_file or ""), folder / self.password_file)

    @model_validator(mode="after")
    def _one_name(self) -> Self:
        if (self.username is None) == (self.username_file is None):
            raise ValueError("wants username or username_file")
        return self


class TlsConfig(BaseModel):
    """Whom we trust and who we are, as in Prometheus' `tls_config`."""

    model_config = _STRICT

    ca_file: _File | None = None
    server_name: Annotated[str, Field(max_length=253), AfterValidator(_server_name)] = ""
    cert_file: _File | None = None
    key_file: _File | None = None

    @model_validator(mode="after")
    def _a_pair(self) -> Self:
        if (self.cert_file is None) != (self.key_file is None):
            raise ValueError("cert_file and key_file belong together")
        return self

    def tls(self, folder: Path) -> Tls:
        """The same, files found from `folder`."""
        ca, certificate, key = (
            None if name is None else folder / name for name in (self.ca_file, self.cert_file, self.key_file)
        )
        return Tls(ca, self.server_name, certificate, key)


class Entry(BaseModel):
    """One page, as the file says it."""

    model_config = _STRICT

    kind: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=_NAME_CHARACTERS)]
    url: Annotated[str, Field(max_length=2048), AfterValidator(_url)]
    interval: Annotated[Duration, BeforeValidator(_interval)] = INTERVAL
    credentials_file: _File | None = None
    basic_auth: BasicAuth | None = None
    tls_config: TlsConfig | None = None
    labels: Annotated[
        dict[Annotated[str, Field(pattern=r"^[a-zA-Z_][a-zA-Z0-9_]*$")], str], AfterValidator(_labels)
    ] = {}
    honor_labels: bool = False
    each_address: bool = False

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        secure = urlsplit(self.url).scheme == "https"
        if self.tls_config and not secure:
            raise ValueError("tls_config needs an address with https")
        if self.credentials_file and self.basic_auth:
            raise ValueError("credentials_file and basic_auth cannot both be sent")
        if self.each_address and "instance" in self.labels:
            raise ValueError("each_address gives each address an instance of its own")
        if self.each_address and secure and not (self.tls_config and self.tls_config.server_name):
            raise ValueError("each_address needs http, or the name in the certificates as tls_config.server_name")
        return self

    def target(self, folder: Path) -> Target:
        """What the entry says, files found from `folder`."""
        parts = urlsplit(self.url)
        instance = parts.netloc if parts.port else f"{parts.netloc.rstrip(':')}:{_PORTS[parts.scheme]}"
        labels = labels_of({"job": self.kind, "instance": instance, **self.labels})
        access = Access(
            folder / self.credentials_file if self.credentials_file else None,
            self.basic_auth.user(folder) if self.basic_auth else None,
            self.tls_config.tls(folder) if self.tls_config else None,
        )
        return Target(
            *(self.kind, self.url, labels, self.interval, self.honor_labels, access), each_address=self.each_address
        )
