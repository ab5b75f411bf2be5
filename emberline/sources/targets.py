"""The targets file: YAML, a list of what to scrape.

- kind: milvus                      # becomes the label job
  url: http://127.0.0.1:9091        # /metrics, unless it has a path
  interval: 15s
  credentials_file: milvus.token    # a bearer token, relative to this file
  labels: {cluster: lab}
  honor_labels: true                # the page's labels win over these and over job and instance
  each_address: true                # scrape every address of the host's name; each is an instance
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Final, Self
from urllib.parse import urlsplit, urlunsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic_core import ErrorDetails

from emberline.sources.target import INTERVAL, Target
from slo.duration import Duration
from slo.selector import Labels, labels_of
from slo.table.document import MAX_BYTES, Node, Unreadable, parse
from slo.table.fault import Fault, Invalid

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
        raise ValueError("holds credentials; they belong in credentials_file")
    if not _HOST.fullmatch(parts.hostname):
        raise ValueError(f"{parts.hostname!r} is not the name of a host")
    return urlunsplit(parts._replace(path=parts.path if parts.path not in ("", "/") else "/metrics", fragment=""))


def _labels(labels: dict[str, str]) -> dict[str, str]:
    """`job` and `instance` name a target on the screen and on the page of the exporter that probes it."""
    for name in _NAMING & labels.keys():
        if not (labels[name].isprintable() and 0 < len(labels[name]) <= _NAME_CHARACTERS):
            raise ValueError(f"{name} must be 1 to {_NAME_CHARACTERS} printable characters")
    reserved = sorted(name for name in labels if name.startswith("__"))
    if reserved:
        raise ValueError(f"{reserved[0]}: names that begin with __ are reserved")
    return labels


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    kind: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]*$", max_length=_NAME_CHARACTERS)]
    url: Annotated[str, Field(max_length=2048), AfterValidator(_url)]
    interval: Annotated[Duration, BeforeValidator(_interval)] = INTERVAL
    credentials_file: Path | None = None
    labels: Annotated[
        dict[Annotated[str, Field(pattern=r"^[a-zA-Z_][a-zA-Z0-9_]*$")], str], AfterValidator(_labels)
    ] = {}
    honor_labels: bool = False
    each_address: bool = False

    @model_validator(mode="after")
    def _one_instance(self) -> Self:
        if self.each_address and ("instance" in self.labels or urlsplit(self.url).scheme == "https"):
            raise ValueError("each_address needs http, and gives each address an instance of its own")
        return self

    def target(self, folder: Path) -> Target:
        """What the entry says, files found from `folder`."""
        parts = urlsplit(self.url)
        instance = parts.netloc if parts.port else f"{parts.netloc.rstrip(':')}:{_PORTS[parts.scheme]}"
        labels = labels_of({"job": self.kind, "instance": instance, **self.labels})
        credentials = folder / self.credentials_file if self.credentials_file else None
        return Target(
            *(self.kind, self.url, labels, self.interval, self.honor_labels),
            credentials,
            each_address=self.each_address,
        )


class _File:
    """A targets file with the faults found in it."""

    def __init__(self, path: Path, root: Node) -> None:
        self.path = path
        self.root = root
        self.faults: list[Fault] = []

    @classmethod
    def read(cls, path: Path) -> Self:
        """The document, or Invalid where there is none."""
        try:
            with path.open("rb") as file:
                return cls(path, parse(file.read(MAX_BYTES + 1)))
        except Unreadable as error:
            raise Invalid([Fault(str(path), error.line, "", str(error))]) from error
        except OSError as error:
            raise Invalid([Fault(str(path), 1, "", error.strerror or "cannot be read")]) from error

    def blame(self, node: Node, path: str, message: str) -> None:
        """Note a fault."""
        self.faults.append(Fault(str(self.path), node.line, path, message))


def load_targets(path: Path) -> tuple[Target, ...]:
    """The targets that a file names, in its order; Invalid with every fault."""
    file = _File.read(path)
    if isinstance(file.root.value, (str, Mapping)):
        file.blame(file.root, "", "must be a list of targets")
        raise Invalid(file.faults)
    taken: dict[Labels, int] = {}
    targets = []
    for index, item in enumerate(file.root.value):
        for target in _target(file, index, item):
            if (line := taken.setdefault(target.labels, item.line)) != item.line:
                file.blame(
                    item, f"[{index}]", f"has the labels of the target at line {line}, job and instance included"
                )
            targets.append(target)
    if file.faults:
        raise Invalid(sorted(file.faults))
    return tuple(targets)


def _target(file: _File, index: int, item: Node) -> Iterator[Target]:
    for key, line in item.repeated:
        file.faults.append(Fault(str(file.path), line, f"[{index}].{key}", "stands there already"))
    try:
        target = _Entry.model_validate(item.plain()).target(file.path.parent)
    except ValidationError as error:
        for detail in error.errors(include_url=False, include_input=False):
            _blame(file, index, item, detail)
        return
    yield target


def _blame(file: _File, index: int, item: Node, detail: ErrorDetails) -> None:
    node, path = item, f"[{index}]"
    for part in detail["loc"]:
        if part == "[key]":  # what pydantic adds behind a key that is itself at fault
            continue
        node = node.child(part) or node
        path += f".{part}"
    words = {"missing": "is missing", "extra_forbidden": "unknown key", "model_type": "must be a mapping"}
    file.blame(node, path, words.get(detail["type"], detail["msg"].removeprefix("Value error, ")))
