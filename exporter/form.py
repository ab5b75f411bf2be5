"""The forms in which one page can be spelt."""

from collections.abc import Iterable
from typing import Final, Literal

from native.exposition import Family, Layout

Format = Literal["text", "openmetrics"]
Escaping = Literal["allow-utf-8", "underscores", "dots", "values"]
Form = tuple[Format, Escaping]
"""The bytes of a page follow from its samples and this; versions of a format differ in their Content-Type alone."""

PLAIN: Final[Form] = ("text", "underscores")
OFFERED: Final[frozenset[Format]] = frozenset({"text"})
"""What `layout` can spell; a client that prefers another format gets its next choice."""


def layout(families: Iterable[Family], form: Form) -> Layout:
    """The page without its numbers. Every name of ours is within the old characters: each escaping leaves it as is."""
    del form
    return Layout.of(families)
