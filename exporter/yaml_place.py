"""Places in a YAML document: keys and indices from its top, their lines, and how a person writes them; its bounds."""

from collections.abc import Iterable
from typing import Final

import yaml

Place = tuple[int | str, ...]
"""Keys and indices from the top of a document."""


_TAG: Final = 128
"""Characters of a tag; its prefix is written once, and stands in each node."""


def excess(events: Iterable[yaml.Event], *, depth: int, nodes: int, aliases: bool) -> tuple[int, str] | None:
    """The line and the name of the first thing that is too much, None where all is within bounds.

    Aliases multiply a document, and nesting without end makes every later step recursive or quadratic.
    """
    within = 0
    for count, event in enumerate(events):
        within += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if isinstance(event, yaml.AliasEvent) and not aliases:
            fault = "aliases are not allowed"
        elif within > depth:
            fault = "nested too deeply"
        elif count > nodes:
            fault = "too many values"
        elif len(getattr(event, "tag", None) or "") > _TAG:
            fault = "a tag is too long"
        else:
            continue
        return 1 if event.start_mark is None else event.start_mark.line + 1, fault
    return None


def spell(place: Place) -> str:
    """A path as a person writes it: `tls_server_config.cipher_suites[2]`."""
    path = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in place)
    return path.removeprefix(".")


def line_of(node: yaml.Node | None, place: Place) -> int:
    """The line of the deepest part of `place` that the document has."""
    line = 1 if node is None else node.start_mark.line + 1
    for step in place:
        node, mark = _child(node, step)
        if mark is None:
            break
        line = mark.start_mark.line + 1
    return line


def _child(node: yaml.Node | None, step: int | str) -> tuple[yaml.Node | None, yaml.Node | None]:
    """The value at a step, and the node whose line names it."""
    if isinstance(node, yaml.SequenceNode) and isinstance(step, int):
        return node.value[step], node.value[step]
    if isinstance(node, yaml.MappingNode):
        return next(((item, key) for key, item in node.value if key.value == step), (None, None))
    return None, None
