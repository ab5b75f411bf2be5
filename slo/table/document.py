"""YAML as a tree that knows its lines. Scalars stay text: what they mean is decided by whoever reads them.

Bytes, depth and number are bounded as it is built, and aliases and tags refused: a few of them can stand for gigabytes.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, TypeAlias

import yaml

MAX_BYTES: Final = 256 * 1024
MAX_DEPTH: Final = 12
MAX_NODES: Final = 20_000
"""Keys and values: some 300 rows. Their number, not their bytes, is what reading costs."""

Path: TypeAlias = tuple[str | int, ...]


class Unreadable(ValueError):
    """A text that is no document, and the line (from 1) where that shows."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(message)
        self.line = line


@dataclass(frozen=True, slots=True)
class Node:
    """A scalar's text, items, or entries, and the line (from 1) where it starts; an entry starts at its key.

    `repeated` are keys that stand there once more, with their lines; the first one counts.
    """

    line: int
    value: "str | Sequence[Node] | Mapping[str, Node]"
    repeated: tuple[tuple[str, int], ...] = ()

    def plain(self) -> Any:  # noqa: ANN401  a document of any shape
        """The value as strings, lists and dicts."""
        if isinstance(self.value, str):
            return self.value
        if isinstance(self.value, Mapping):
            return {key: node.plain() for key, node in self.value.items()}
        return [node.plain() for node in self.value]

    def child(self, part: str | int) -> "Node | None":
        """The entry of that key, or the item at that position."""
        if isinstance(self.value, Mapping):
            return self.value.get(str(part))
        if isinstance(self.value, str) or not isinstance(part, int) or part >= len(self.value):
            return None
        return self.value[part]

    def walk(self, path: Path = ()) -> Iterator[tuple[Path, "Node"]]:
        """This node and every one below it, with their paths, in the order of the document."""
        yield path, self
        if isinstance(self.value, Mapping):
            for key, node in self.value.items():
                yield from node.walk((*path, key))
        elif not isinstance(self.value, str):
            for index, node in enumerate(self.value):
                yield from node.walk((*path, index))


def parse(content: bytes) -> Node:
    """The tree of a YAML document in UTF-8; Unreadable where it is none, or breaks a bound."""
    if len(content) > MAX_BYTES:
        raise Unreadable(1, f"larger than {MAX_BYTES} bytes")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise Unreadable(content.count(b"\n", 0, error.start) + 1, "not UTF-8") from error
    root = _quickly(text) or _carefully(text)
    if root is None:
        raise Unreadable(1, "the file is empty")
    return _node(root, root.start_mark.line + 1)


def _quickly(text: str) -> yaml.Node | None:
    """The root as libyaml sees it, ten times faster; None where it sees none: its messages are not for people."""
    try:
        return _Quick(text).get_single_node()
    except (yaml.YAMLError, ValueError, OverflowError):
        return None


def _carefully(text: str) -> yaml.Node | None:
    try:
        composer = _Careful(text)
    except yaml.reader.ReaderError as error:
        raise Unreadable(text.count("\n", 0, error.position) + 1, "a character that YAML does not allow") from error
    try:
        return composer.get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise Unreadable(mark.line + 1 if mark else 1, error.problem or "no YAML") from error
    except (ValueError, OverflowError) as error:  # of its int() and chr(): a version, an escaped character
        raise Unreadable(composer.line + 1, "a number that is too large") from error


class _Bounded(yaml.composer.Composer):
    """Builds the tree from events, and stops at a bound."""

    depth = 0
    nodes = 0

    def compose_node(self: Any, parent: yaml.Node | None, index: int) -> yaml.Node | None:
        mark = self.peek_event().start_mark
        if self.check_event(yaml.AliasEvent):
            raise yaml.composer.ComposerError(None, None, "aliases have no place in a table", mark)
        if getattr(self.peek_event(), "tag", None) is not None:  # a prefix of tags can be long, and is in each of them
            raise yaml.composer.ComposerError(None, None, "tags have no place in a table", mark)
        self.nodes += 1
        if self.nodes > MAX_NODES:
            raise yaml.composer.ComposerError(None, None, f"more than {MAX_NODES} keys and values", mark)
        self.depth += 1
        if self.depth > MAX_DEPTH:
            raise yaml.composer.ComposerError(None, None, f"nested deeper than {MAX_DEPTH} levels", mark)
        node = super().compose_node(parent, index)
        self.depth -= 1
        return node


class _Careful(_Bounded, yaml.SafeLoader):
    """Events by Python's parser."""


if yaml.__with_libyaml__:

    class _Quick(_Bounded, yaml.CSafeLoader):
        """Events by libyaml."""

        def __init__(self, text: str) -> None:
            yaml.CSafeLoader.__init__(self, text)
            yaml.composer.Composer.__init__(self)

else:
    _Quick = _Careful  # type: ignore[misc, assignment]


def _node(node: yaml.Node, line: int) -> Node:
    if isinstance(node, yaml.MappingNode):
        return _entries(node, line)
    if isinstance(node, yaml.SequenceNode):
        return Node(line, tuple(_node(item, item.start_mark.line + 1) for item in node.value))
    return Node(line, str(node.value))


def _entries(mapping: yaml.MappingNode, line: int) -> Node:
    entries: dict[str, Node] = {}
    repeated: list[tuple[str, int]] = []
    for key, value in mapping.value:
        at = key.start_mark.line + 1
        if not isinstance(key, yaml.ScalarNode):
            raise Unreadable(at, "a key must be text")
        if key.value in entries:
            repeated.append((key.value, at))
        else:
            entries[key.value] = _node(value, at)
    return Node(line, entries, tuple(repeated))
