"""Mutants of an expression that looser data would let pass: aggregations swapped, and labels that no longer matter."""

import re
from collections.abc import Iterator
from typing import Final

AGGREGATIONS: Final = ("max", "min", "sum")
_AGGREGATION: Final = re.compile(r"\b(?:max|min|sum)(?= by |\()")
_MATCHER: Final = re.compile(r"(?<=[{,])\w+(?:=~|!~|!=|=)\"(?:[^\"\\]|\\.)*\"(?=[,}]),?")
_CLUSTER: Final = re.compile(r"\bcluster(?:, |(?=\)))")
_GUARD: Final = re.compile(r" > 0(?=\))")


def loosened(expr: str) -> Iterator[tuple[str, str]]:
    """The name of each mutant, which counts places of a kind from 1, and its text."""
    for place, found in enumerate(_AGGREGATION.finditer(expr), 1):
        for other in AGGREGATIONS:
            if other != found[0]:
                yield f"{found[0]} {place} -> {other}", _without(expr, found, other)
    for pattern in (_MATCHER, _CLUSTER, _GUARD):
        for place, found in enumerate(pattern.finditer(expr), 1):
            yield f"{found[0].strip(', ')} {place} dropped", _without(expr, found, "")


def _without(expr: str, found: re.Match[str], replacement: str) -> str:
    return f"{expr[: found.start()]}{replacement}{expr[found.end() :]}"
