"""The answers of a Prometheus beside ours, float by float."""

from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from slo.samples import Rows
from slo.selector import Labels, labels_of
from slo.vector import Grid
from tests.servers import PrometheusServer

_NAN = np.uint64(0x7FF8000000000000)


def answer(server: PrometheusServer, text: str, grid: Grid) -> Rows:
    """What Prometheus says at every time of a grid."""
    times = grid.times
    matrix = server.query_range(text, times[0] / 1000, times[-1] / 1000, grid.step / 1000)
    row = np.repeat(np.arange(len(matrix)), [len(series["values"]) for series in matrix])
    points = [point for series in matrix for point in series["values"]]
    at = np.array([time for time, _ in points], np.float64)
    column = np.rint((at * 1000 - times[0]) / grid.step).astype(np.int64)
    values = np.zeros((len(matrix), grid.count))
    present = np.zeros(values.shape, np.bool_)
    values[row, column] = [float(value) for _, value in points]
    present[row, column] = True
    return Rows(tuple(labels_of(series["metric"]) for series in matrix), values, present)


def differences(mine: Rows, theirs: Rows, grid: Grid, tolerance: float = 0.0) -> list[str]:
    """Every point that is absent on one side or whose bits differ; all NaN are one, their bits are not printed."""
    strangers = [f"{labels}: not ours" for labels in set(theirs.labels) - set(mine.labels)]
    other = _in_order(theirs, mine.labels)
    wrong = (mine.present != other.present) | (mine.present & _differ(mine.values, other.values, tolerance))
    return [*strangers, *_told(mine, other, wrong, grid)]


def _in_order(rows: Rows, order: tuple[Labels, ...]) -> Rows:
    place = {labels: row for row, labels in enumerate(rows.labels)}
    values = np.zeros((len(order), rows.values.shape[1]))
    present = np.zeros(values.shape, np.bool_)
    here = [(row, place[labels]) for row, labels in enumerate(order) if labels in place]
    if here:
        ours, theirs = (list(each) for each in zip(*here, strict=True))
        values[ours], present[ours] = rows.values[theirs], rows.present[theirs]
    return Rows(order, values, present)


def _differ(left: NDArray[np.float64], right: NDArray[np.float64], tolerance: float) -> NDArray[np.bool_]:
    if tolerance:
        return ~np.isclose(left, right, rtol=tolerance, atol=0.0, equal_nan=True)
    bits: NDArray[np.bool_] = _bits(left) != _bits(right)
    return bits


def _bits(values: NDArray[np.float64]) -> NDArray[np.uint64]:
    return np.where(np.isnan(values), _NAN, values.view(np.uint64))


def _told(mine: Rows, other: Rows, wrong: NDArray[np.bool_], grid: Grid) -> Iterator[str]:
    for row, column in np.argwhere(wrong).tolist():
        ours, theirs = (
            repr(float(each.values[row, column])) if each.present[row, column] else "absent" for each in (mine, other)
        )
        yield f"{mine.labels[row]} at {grid.times[column]}: {ours} here, {theirs} there"
