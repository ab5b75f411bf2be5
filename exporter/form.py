"""The forms in which one page can be spelt."""

from collections.abc import Iterable
from typing import Final

from native.exposition import Escaping, Family, Format, Layout

Form = tuple[Format, Escaping]
"""The bytes of a page follow from its samples and this; versions of a format differ in their Content-Type alone."""

PLAIN: Final[Form] = ("text", "underscores")
OFFERED: Final[frozenset[Format]] = frozenset({"text", "openmetrics"})
"""What `layout` can spell; a client that prefers another format gets its next choice."""


def layout(families: Iterable[Family], form: Form) -> Layout:
    """The page without its numbers."""
    return Layout.of(families, format=form[0], escaping=form[1])
