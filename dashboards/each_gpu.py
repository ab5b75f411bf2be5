"""Graphs with a line for each GPU: of a fleet those that stand out, of a node all."""

from typing import Final

from dashboards.board import Query
from dashboards.quantity import Quantity

EACH: Final = ("Hostname", "gpu")
"""The labels that tell GPUs apart."""
_FEW: Final = 16
"""Lines of a graph."""
_LEGEND: Final = "{{Hostname}} GPU {{gpu}}"


def highest(quantity: Quantity) -> Query:
    """The GPUs with the largest values."""
    return quantity.top(_FEW).named(_LEGEND)


def lowest(quantity: Quantity) -> Query:
    """The GPUs with the smallest values."""
    return quantity.bottom(_FEW).named(_LEGEND)
