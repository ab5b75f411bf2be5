"""What a usable row is told about itself, and that the shipped rows are told nothing."""

import pytest

from emberline.catalogue import shipped
from slo.table.lint import lint
from slo.table.load import load
from tests.slo.rows import LATENCY, PROMQL, RATIO, SLICE, changed, table

SHORT = ("    objective", "    window: 7d\n    objective")
HOLDS = "while the objective still holds"


def remarks(row: str) -> list[str]:
    (slo,) = load({"t.yaml": table(row)})
    return [f"{'.'.join(map(str, path))}: {message}" for path, message in lint(slo)]


@pytest.mark.parametrize("row", [RATIO, LATENCY, SLICE, PROMQL], ids=["ratio", "latency", "slice", "promql"])
def test_a_sound_row_is_told_nothing(row: str) -> None:
    assert remarks(row) == []


def test_the_shipped_rows_are_sound() -> None:
    assert [(slo.id, *remark) for slo in shipped() for remark in lint(slo)] == []


@pytest.mark.parametrize(
    ("row", "old", "new", "expected"),
    [
        (RATIO, *SHORT, [
            f"window: the ticket alert over 1d fires at burn rate 0.7: {HOLDS}",
            f"window: the ticket alert over 2h fires at burn rate 0.7: {HOLDS}",
            f"window: the ticket alert over 3d fires at burn rate 0.23: {HOLDS}",
            f"window: the ticket alert over 6h fires at burn rate 0.23: {HOLDS}",
        ]),
        (RATIO, "below: 99.5%", "below: 99.95%", [f"alert: the static alert over 5m fires at burn rate 0.5: {HOLDS}"]),
        (RATIO, "below: 99.5%", "below: 99.9%", []),
        (RATIO, "total: orders_total", 'total: orders_total{shop="a"}', [
            "indicator.bad: counts events of orders_total that `total` leaves out",
        ]),
        (RATIO, "total: orders_total", 'total: orders_total{code="200"}', [
            "indicator.bad: counts events of orders_total that `total` leaves out",
        ]),
        (RATIO, "total: orders_total", 'total: orders_total{code=~"[25]00"}', []),
        (RATIO, "total: orders_total", 'total: [\'orders_total{code="200"}\', \'orders_total{code="500"}\']', []),
        (RATIO, "total: orders_total", "total: calls_total", []),
        (RATIO, 'bad: orders_total{code="500"}', 'good: orders_total{le="0.5"}', [
            "indicator.good: le is spelt differently across versions; a latency row finds its bucket",
        ]),
        (LATENCY, "slower_than: 1s", "slower_than: 100ms", [
            "alert.slower_than: fires on events within 500ms, which are good",
        ]),
        (LATENCY, "slower_than: 1s", "slower_than: 500ms", []),
        (SLICE, 'value: "< 2"', 'value: "< 4"', ["alert.value: fires on slices that are good, > 3"]),
        (SLICE, 'value: "< 2"', 'value: "> 9"', ["alert.value: fires on slices that are good, > 3"]),
        (SLICE, 'value: "< 2"', 'value: "<= 3"', []),
        (changed(SLICE, ('"> 3"', '">= 3"')), 'value: "< 2"', 'value: "<= 3"', [
            "alert.value: fires on slices that are good, >= 3",
        ]),
        (changed(SLICE, ('"> 3"', '"< 3"')), 'value: "< 2"', 'value: "> 5"', []),
    ],
)  # fmt: skip
def test_what_is_odd_is_named(row: str, old: str, new: str, expected: list[str]) -> None:
    assert remarks(changed(row, (old, new))) == expected
