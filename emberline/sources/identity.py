"""Which series a line of a page is: names and labels as Prometheus 3 stores them."""

from collections.abc import Iterable
from typing import Final

from emberline.sources.target import Target
from native.exposition import FamilyType
from native.exposition.spelling import canonical
from slo.selector import Labels, labels_of

_NUMBERS: Final[dict[FamilyType, str]] = {"histogram": "le", "summary": "quantile"}
"""The label whose value is a number, by type of family."""


def identity(target: Target, labels: Iterable[tuple[str, str]], kind: FamilyType) -> Labels:
    """The labels of a series: the page's, with bounds spelt in one way, and the target's.

    A label that both have keeps the target's value, and the page's moves to `exported_...` (again, while
    that is taken too); with `honor_labels` the page's value stays.
    """
    number = _NUMBERS.get(kind)
    page = {name: canonical(value) if name == number else value for name, value in labels if value}
    if target.honor_labels:
        return labels_of({**target.label, **page})
    merged = target.label
    for name, value in page.items():
        free = name
        while free in merged or (free != name and free in page):
            free = f"exported_{free}"
        merged[free] = value
    return labels_of(merged)
