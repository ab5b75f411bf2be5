"""Vectors at many times, and the grids of evaluations they stand on."""

import numpy as np
import pytest

from slo.vector import Grid, Vector

A, B = (("shop", "a"),), (("shop", "b"),)


def vector(**rows: str) -> Vector:
    """Instances with one value per character, `_` where it is absent."""
    values = [[0.0 if mark == "_" else float(mark) for mark in row] for row in rows.values()]
    present = [[mark != "_" for mark in row] for row in rows.values()]
    labels = tuple((("shop", shop),) for shop in rows)
    return Vector(labels, np.array(values), np.array(present, np.bool_))


def shown(found: Vector) -> dict[str, str]:
    rows = zip(found.instances, found.values.tolist(), found.present.tolist(), strict=True)
    return {
        labels[0][1]: "".join(f"{value:g}" if here else "_" for value, here in zip(values, present, strict=True))
        for labels, values, present in rows
    }


def test_otherwise_fills_what_is_absent() -> None:
    assert shown(vector(a="1_", b="__").otherwise(vector(b="2_", c="33"))) == {"a": "1_", "b": "2_", "c": "33"}


def test_an_operator_needs_both_sides() -> None:
    assert shown(vector(a="86_", b="444").with_(vector(a="2_2", c="11_"), np.divide)) == {"a": "4__"}


def test_latest_values_of_any_instances() -> None:
    found = vector(a="12", b="3_").latest((A, B, ()))
    assert found == [2.0, None, None]
    assert vector(a="12", b="3_").shown() == (A,)


def test_a_grid_ends_at_its_end() -> None:
    assert Grid(100, 30, 3).times.tolist() == [40, 70, 100]


@pytest.mark.parametrize(
    ("grid", "length", "interval", "expected"),
    [
        (Grid(100, 10), 30, 10, [80, 90, 100]),  # (70, 100]
        (Grid(100, 10), 25, 10, [80, 90, 100]),  # (75, 100]
        (Grid(100, 10, 3), 20, 10, [70, 80, 90, 100]),
        (Grid(100, 20, 2), 20, 10, [70, 80, 90, 100]),
    ],
)
def test_evaluations_before_a_grid(grid: Grid, length: int, interval: int, expected: list[int]) -> None:
    assert grid.before(length, interval).times.tolist() == expected


def test_evaluations_between_those_of_the_rules_are_refused() -> None:
    with pytest.raises(ValueError, match="evaluations 15 ms apart"):
        Grid(100, 15, 2).before(30, 10)
