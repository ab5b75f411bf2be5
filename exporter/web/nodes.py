"""YAML as Go's strict decoder sees it: every scalar as text, its line known, bounded before anything is built."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import yaml

from exporter.yaml_place import Place, excess, spell

FILE_BYTES: Final = 1 << 20
"""Certificates may stand in the file itself."""
_DEPTH: Final = 16
_NODES: Final = 20_000
_MERGE: Final = "tag:yaml.org,2002:merge"
_TRUE: Final = {"y", "Y", "yes", "Yes", "YES", "true", "True", "TRUE", "on", "On", "ON"}
_FALSE: Final = {"n", "N", "no", "No", "NO", "false", "False", "FALSE", "off", "Off", "OFF"}
_INTEGER: Final = re.compile(r"[-+]?\d{1,18}")


@dataclass(frozen=True, slots=True, order=True)
class Fault:
    """One thing wrong with a document: line, the path to it such as `tls_server_config.key`, and what it is."""

    line: int
    path: str
    message: str

    def __str__(self) -> str:
        """Without the name of the file."""
        return f"{self.line}: {self.path}: {self.message}" if self.path else f"{self.line}: {self.message}"


class FaultsError(Exception):
    """Everything that is wrong with a document."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__(*faults)
        self.faults = tuple(sorted(set(faults)))


class Word(str):
    """A scalar without quotes: the only kind that can be a truth value or a number."""

    __slots__ = ()

    @property
    def truth(self) -> bool | None:
        """What it is in YAML 1.1; None if it is no truth value."""
        return True if self in _TRUE else False if self in _FALSE else None

    @property
    def integer(self) -> int | None:
        """The decimal number; None if it is none."""
        return int(self) if _INTEGER.fullmatch(self) else None


def compose(data: bytes) -> yaml.Node | None:
    """The first and only document, None if there is none; FaultsError if it is not YAML, too large or too deep."""
    if len(data) > FILE_BYTES:
        raise FaultsError([Fault(1, "", f"the file is larger than {FILE_BYTES} bytes")])
    try:
        found = excess(yaml.parse(data, yaml.SafeLoader), depth=_DEPTH, nodes=_NODES, aliases=True)
        if found is not None:
            raise FaultsError([Fault(found[0], "", found[1])])
        return yaml.compose(data, yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        line = 1 if error.problem_mark is None else error.problem_mark.line + 1
        raise FaultsError([Fault(line, "", f"not YAML: {error.problem}")]) from error
    except (yaml.YAMLError, ValueError) as error:
        raise FaultsError([Fault(1, "", f"not YAML: {error}".replace("\n", " "))]) from error


def value_of(node: yaml.Node) -> object:
    """Mappings, lists, text and None, ready for a model; FaultsError for keys that are no text or stand twice."""
    builder = _Builder()
    found = builder.value(node, ())
    if builder.faults:
        raise FaultsError(builder.faults)
    return found


class _Builder:
    """Values made from nodes, counted, since aliases multiply what a small document holds."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []
        self._made = 0

    def value(self, node: yaml.Node, loc: Place) -> object:
        self._made += 1
        if self._made > _NODES or len(loc) > _DEPTH:
            raise FaultsError([Fault(node.start_mark.line + 1, "", "aliases make it too large")])
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*loc, index)) for index, item in enumerate(node.value)]
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, loc)
        if node.tag == "tag:yaml.org,2002:null":
            return None
        text = str(node.value)
        return text if getattr(node, "style", None) else Word(text)

    def _mapping(self, node: yaml.MappingNode, loc: Place) -> dict[str, object]:
        found: dict[str, object] = {}
        merged: dict[str, object] = {}
        for key, item in node.value:
            line, name = key.start_mark.line + 1, str(key.value)
            if not isinstance(key, yaml.ScalarNode):
                self.faults.append(Fault(line, spell(loc), "a key must be text"))
            elif key.tag == _MERGE:
                merged |= self._merged(item, loc)
            elif name in found:
                self.faults.append(Fault(line, spell((*loc, name)), "written twice"))
            else:
                found[name] = self.value(item, (*loc, name))
        return merged | found

    def _merged(self, node: yaml.Node, loc: Place) -> dict[str, object]:
        """What `<<` adds: a mapping, or several of which the first wins."""
        nodes = node.value if isinstance(node, yaml.SequenceNode) else [node]
        found: dict[str, object] = {}
        for item in reversed(nodes):
            if isinstance(item, yaml.MappingNode):
                found |= self._mapping(item, (*loc, "<<"))
            else:
                self.faults.append(Fault(item.start_mark.line + 1, spell(loc), "<< needs a mapping"))
        return found
