"""The targets file: YAML, a list of what to scrape.

- kind: milvus                      # becomes the label job
  url: http://127.0.0.1:9091        # /metrics, unless it has a path
  interval: 15s
  credentials_file: milvus.token    # a bearer token, relative to this file
  labels: {cluster: lab}
  honor_labels: true                # the page's labels win over these and over job and instance
- kind: emberline-node
  url: https://nodes.lab:9400
  each_address: true                # scrape every address of the host's name; each is an instance
  basic_auth: {username: prometheus, password_file: scraper.password}
  tls_config: {ca_file: ca.crt, server_name: nodes.lab}    # and cert_file, key_file
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Self

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from emberline.sources.entry import Entry
from emberline.sources.target import Target
from slo.selector import Labels
from slo.table.document import MAX_BYTES, Node, Unreadable, parse
from slo.table.fault import Fault, Invalid


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
        target = Entry.model_validate(item.plain()).target(file.path.parent)
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
