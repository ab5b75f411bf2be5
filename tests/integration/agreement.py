"""Our windows beside those of a real Prometheus, float by float."""

import struct
from collections.abc import Iterator
from typing import Any

from slo.selector import labels_of
from slo.vector import Grid, Vector
from tests.servers import PrometheusServer

Points = dict[tuple[tuple[tuple[str, str], ...], int], float]
"""Values by instance and time in ms; what is absent has none."""


def theirs(server: PrometheusServer, expression: str, grid: Grid) -> Points:
    """What Prometheus computes at every time of a grid."""
    times = grid.times
    matrix = server.query_range(expression, times[0] / 1000, times[-1] / 1000, grid.step / 1000)
    return dict(_points(matrix))


def ours(vector: Vector, grid: Grid) -> Points:
    """What the engine computed."""
    times = grid.times.tolist()
    return {
        (labels, at): float(vector.values[row, column])
        for row, labels in enumerate(vector.instances)
        for column, at in enumerate(times)
        if vector.present[row, column]
    }


def differences(mine: Points, other: Points) -> list[str]:
    """Every point that is absent on one side or whose bits differ; all NaN are one, their bits are not printed."""
    keys = sorted({*mine, *other})
    return [f"{key}: {mine.get(key)} != {other.get(key)}" for key in keys if _bits(mine, key) != _bits(other, key)]


def _bits(points: Points, key: Any) -> bytes | None:  # noqa: ANN401  a key of the points
    value = points.get(key)
    return None if value is None else b"NaN" if value != value else struct.pack("<d", value)  # noqa: PLR0124  NaN


def _points(matrix: list[dict[str, Any]]) -> Iterator[tuple[Any, float]]:
    for series in matrix:
        labels = labels_of(series["metric"])
        for at, value in series["values"]:
            yield (labels, round(at * 1000)), float(value)
