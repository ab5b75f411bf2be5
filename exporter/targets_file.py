"""The targets file: YAML read with bounds, every error at once with its line."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Final

import yaml
from pydantic import TypeAdapter, ValidationError

from exporter.settings import TargetEntry, plain
from exporter.targets.target import Target

FILE_BYTES: Final = 256 << 10
TARGETS: Final = 256
_DEPTH: Final = 8
_ENTRIES: Final = TypeAdapter(list[TargetEntry])
_Fault = tuple[int, str]


def read_targets(path: Path) -> tuple[Target, ...]:
    """The targets of a file; OSError if it cannot be read, ValueError with `file:line: path: message` lines if bad."""
    with path.open("rb") as file:
        data = file.read(FILE_BYTES + 1)
    if len(data) > FILE_BYTES:
        raise ValueError(f"{path}:1: the file is larger than {FILE_BYTES} bytes")
    try:
        return _targets(data)
    except _FaultsError as error:
        raise ValueError("\n".join(f"{path}:{line}: {text}" for line, text in sorted(error.faults))) from error


class _FaultsError(Exception):
    def __init__(self, faults: list[_Fault]) -> None:
        super().__init__(faults)
        self.faults = faults


def _targets(data: bytes) -> tuple[Target, ...]:
    node = _compose(data)
    if node is None:
        return ()
    faults = list(_repeated_keys(node, ""))
    try:
        entries = _ENTRIES.validate_python(_plain_value(node))
    except ValidationError as error:
        faults += [_located(node, fault["loc"], plain(fault["msg"])) for fault in error.errors()]
        raise _FaultsError(faults) from error
    targets = tuple(entry.target() for entry in entries)
    faults += _repeated_names(node, targets)
    if len(targets) > TARGETS:
        faults.append((1, f"{len(targets)} targets are more than {TARGETS}"))
    if faults:
        raise _FaultsError(faults)
    return targets


def _compose(data: bytes) -> yaml.Node | None:
    try:
        _refuse_bombs(yaml.parse(data, yaml.BaseLoader))
        return yaml.compose(data, yaml.BaseLoader)
    except yaml.MarkedYAMLError as error:
        line = 1 if error.problem_mark is None else error.problem_mark.line + 1
        raise _FaultsError([(line, f"not YAML: {error.problem}")]) from error
    except yaml.YAMLError as error:
        raise _FaultsError([(1, f"not YAML: {error}".replace("\n", " "))]) from error


def _refuse_bombs(events: Iterator[yaml.Event]) -> None:
    """Aliases multiply a document, and nesting without end makes every later step recursive or quadratic."""
    depth = 0
    for event in events:
        line = 1 if event.start_mark is None else event.start_mark.line + 1
        if isinstance(event, yaml.AliasEvent):
            raise _FaultsError([(line, "aliases are not allowed")])
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > _DEPTH:
            raise _FaultsError([(line, "nested too deeply")])


def _plain_value(node: yaml.Node) -> object:
    """The document with every scalar as text: what it means is the model's business, not YAML's."""
    loader = yaml.BaseLoader("")
    try:
        return loader.construct_document(node)
    except yaml.constructor.ConstructorError as error:
        line = 1 if error.problem_mark is None else error.problem_mark.line + 1
        raise _FaultsError([(line, f"{error.problem}")]) from error


def _located(node: yaml.Node, loc: tuple[int | str, ...], message: str) -> _Fault:
    """The line of the deepest part of `loc` that the file has."""
    line, path = node.start_mark.line + 1, ""
    here: yaml.Node | None = node
    for step in loc:
        path += f"[{step}]" if isinstance(step, int) else f".{step}" if path else step
        here = _child(here, step)
        line = line if here is None else here.start_mark.line + 1
    return line, f"{path}: {message}" if path else message


def _child(node: yaml.Node | None, step: int | str) -> yaml.Node | None:
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int):
        items: list[yaml.Node] = node.value
        return items[step]
    if isinstance(node, yaml.MappingNode):
        return next((key for key, _ in node.value if key.value == step), None)
    return None


def _repeated_keys(node: yaml.Node, path: str) -> Iterator[_Fault]:
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _repeated_keys(item, f"{path}[{index}]")
    elif isinstance(node, yaml.MappingNode):
        keys = sorted((str(key.value), key.start_mark.line + 1) for key, _ in node.value)
        twice = ((key, line) for (key, _), (again, line) in pairwise(keys) if key == again)
        yield from ((line, f"{path}.{key}: written twice") for key, line in twice)


def _repeated_names(node: yaml.Node, targets: tuple[Target, ...]) -> Iterator[_Fault]:
    seen: dict[str, int] = {}
    for index, target in enumerate(targets):
        first = seen.setdefault(target.name, index)
        if first != index:
            yield _located(node, (index, "name"), f"{target.name!r} is the name of [{first}] already")
