"""Pages of vLLM and Milvus as they were captured, set in motion.

What the simulation does not drive on purpose keeps the captured proportions: a counter that stood at twice the
number of requests counts two for every simulated request, a gauge stays as it was.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any, Final, TypeVar

from emberline.demo.component import Cell, Metric, Terms
from emberline.demo.driver import Driver, One
from emberline.demo.metrics import Spread, distributed
from native.exposition import Labels

_T = TypeVar("_T")
_TIMES: Final = ("_created", "_start_time_seconds", "_unix_seconds")
"""Endings of gauges that hold a moment in Unix seconds: that of the start."""


@dataclass(frozen=True, slots=True)
class Direction:
    """How a captured page is set in motion.

    `unit` is the captured number of requests, of which `load` makes more. `numbers` drive series named as on the
    page, with one label at most (`name`, `name{label="value"}`), and `ratios` those that are no whole numbers;
    `spreads` drive whole histogram series in the same way. `rename` replaces label values, and `started_ms` is when
    the process began.
    """

    load: Driver
    unit: float
    started_ms: int
    rename: Mapping[tuple[str, str], str] = field(default_factory=dict)
    numbers: Mapping[str, Terms] = field(default_factory=dict)
    ratios: Mapping[str, Terms] = field(default_factory=dict)
    spreads: Mapping[str, tuple[tuple[Driver, Spread], ...]] = field(default_factory=dict)


def captured(component: str, direction: Direction) -> Iterator[Metric]:
    """The families of the captured page of `vllm` or `milvus`, in its order."""
    text = (files("emberline.demo") / "layouts" / f"{component}.jsonl").read_text()
    for line in text.splitlines():
        yield _metric(json.loads(line), direction)


def _metric(family: dict[str, Any], direction: Direction) -> Metric:
    name, kind = family["name"], family["type"]
    cells: list[Cell] = []
    for entry in family["series"]:
        if kind == "histogram":
            cells.extend(_distribution(name, entry, direction))
        else:
            suffix, labels, value = entry
            rises = kind == "counter" or suffix in ("_sum", "_count")
            cells.append(_number(name + suffix, _renamed(labels, direction), value, direction, rises=rises))
    return Metric(name, kind, family["help"], tuple(cells))


def _renamed(labels: Mapping[str, str], direction: Direction) -> Labels:
    return tuple((label, direction.rename.get((label, value), value)) for label, value in labels.items())


def _directed(name: str, labels: Labels, given: Mapping[str, _T]) -> _T | None:
    """What is said about one series, the more specific first."""
    keys = (*(f'{name}{{{label}="{value}"}}' for label, value in labels), name)
    return next((given[key] for key in keys if key in given), None)


def _number(name: str, labels: Labels, value: float, direction: Direction, *, rises: bool) -> Cell:
    if ratio := _directed(name, labels, direction.ratios):
        return Cell(name, labels, ratio, whole=False)
    terms = _directed(name, labels, direction.numbers)
    if terms is not None:
        return Cell(name, labels, terms, whole=value.is_integer())
    if rises:
        return Cell(name, labels, _share(value, direction), whole=value.is_integer())
    constant = direction.started_ms / 1000 if name.endswith(_TIMES) else value
    return Cell(name, labels, ((One(), constant),), whole=False)


def _share(value: float, direction: Direction) -> Terms:
    return ((direction.load, max(0.0, value) / direction.unit),)


def _distribution(name: str, entry: list[Any], direction: Direction) -> Iterator[Cell]:
    labels, bounds = _renamed(entry[0], direction), entry[1]
    parts = _directed(name, labels, direction.spreads)
    if parts is not None:
        yield from distributed(name, labels, bounds, parts)
        return
    for bound, value in bounds.items():
        yield Cell(f"{name}_bucket", tuple(sorted((*labels, ("le", bound)))), _share(value, direction))
    yield Cell(f"{name}_sum", labels, _share(entry[2], direction), whole=False)
    yield Cell(f"{name}_count", labels, _share(entry[3], direction))
