"""YAML files of settings: read with bounds, every error at once as `file:line: path: message`."""

from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Final, TypeVar

import yaml
from pydantic import TypeAdapter, ValidationError

from exporter.apart import open_at_once
from exporter.yaml_place import Place, excess, line_of, spell

FILE_BYTES: Final = 256 << 10
_DEPTH: Final = 8
_NODES: Final = 100_000
T = TypeVar("T")
_Fault = tuple[int, str]


def read_yaml(path: Path, model: TypeAdapter[T], check: Callable[[T], Iterator[tuple[Place, str]]]) -> T | None:
    """The value of a file, None if it holds nothing; `check` names what is wrong with a value of the right form.

    OSError if it cannot be read, ValueError with a line for each error if it is bad.
    """
    with open_at_once(path) as file:
        data = file.read(FILE_BYTES + 1)
    if len(data) > FILE_BYTES:
        raise ValueError(f"{path}:1: the file is larger than {FILE_BYTES} bytes")
    try:
        return _value(data, model, check)
    except _FaultsError as error:
        raise ValueError("\n".join(f"{path}:{line}: {text}" for line, text in sorted(error.faults))) from error


def plain(message: str) -> str:
    """A message of pydantic without its prefix."""
    return message.removeprefix("Value error, ")


class _FaultsError(Exception):
    def __init__(self, faults: list[_Fault]) -> None:
        super().__init__(faults)
        self.faults = faults


def _located(node: yaml.Node, place: Place, message: str) -> _Fault:
    return line_of(node, place), f"{spell(place)}: {message}" if place else message


def _value(data: bytes, model: TypeAdapter[T], check: Callable[[T], Iterator[tuple[Place, str]]]) -> T | None:
    node = _compose(data)
    if node is None:
        return None
    faults = list(_repeated_keys(node, ""))
    try:
        value = model.validate_python(_plain_value(node))
    except ValidationError as error:
        faults += [_located(node, fault["loc"], plain(fault["msg"])) for fault in error.errors()]
        raise _FaultsError(faults) from error
    faults += [_located(node, place, message) for place, message in check(value)]
    if faults:
        raise _FaultsError(faults)
    return value


def _compose(data: bytes) -> yaml.Node | None:
    try:
        found = excess(yaml.parse(data, yaml.BaseLoader), depth=_DEPTH, nodes=_NODES, aliases=False)
        if found is not None:
            raise _FaultsError([found])
        return yaml.compose(data, yaml.BaseLoader)
    except yaml.MarkedYAMLError as error:
        line = 1 if error.problem_mark is None else error.problem_mark.line + 1
        raise _FaultsError([(line, f"not YAML: {error.problem}")]) from error
    except yaml.YAMLError as error:
        raise _FaultsError([(1, f"not YAML: {error}".replace("\n", " "))]) from error


def _plain_value(node: yaml.Node) -> object:
    """The document with every scalar as text: what it means is the model's business, not YAML's."""
    loader = yaml.BaseLoader("")
    try:
        return loader.construct_document(node)
    except yaml.constructor.ConstructorError as error:
        line = 1 if error.problem_mark is None else error.problem_mark.line + 1
        raise _FaultsError([(line, f"{error.problem}")]) from error


def _repeated_keys(node: yaml.Node, path: str) -> Iterator[_Fault]:
    if isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _repeated_keys(item, f"{path}[{index}]")
    elif isinstance(node, yaml.MappingNode):
        keys = sorted((str(key.value), key.start_mark.line + 1) for key, _ in node.value)
        twice = ((key, line) for (key, _), (again, line) in pairwise(keys) if key == again)
        yield from ((line, f"{path}.{key}: written twice") for key, line in twice)
