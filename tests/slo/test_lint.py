"""What a usable row is told about itself, and that the shipped rows are told nothing."""

import pytest

from emberline.catalogue import shipped_files
from slo.duration import Duration
from slo.table.linting import SCRAPE_INTERVAL, lint, several_objectives
from slo.table.load import load, read
from tests.slo.rows import LATENCY, PROMQL, RATIO, SLICE, changed, table

SHORT = ("    objective", "    window: 7d\n    objective")
SPELT = "le is spelt differently across versions; a latency row finds its bucket"
GOOD_EVENTS = "fires on events within 500ms, which are good"
GOOD_SLICES = "fires on slices that are good"
ONE_SLICE = "a single bad slice pages: there are 60 in 1h"
HOLDS = "while the objective still holds"
RATED = changed(SLICE, ("reduce: min", "reduce: min\n      rate: 2m"), ("reduce: sum,", "reduce: sum, rate: 1m,"))


def remarks(row: str, scrape: Duration = SCRAPE_INTERVAL) -> list[str]:
    (slo,) = load({"t.yaml": table(row)})
    return [f"{'.'.join(map(str, each.path))}: {each.message}: {each.formula}" for each in lint(slo, scrape)]


@pytest.mark.parametrize("row", [RATIO, LATENCY, SLICE, PROMQL], ids=["ratio", "latency", "slice", "promql"])
def test_a_sound_row_is_told_nothing(row: str) -> None:
    assert remarks(row) == []


def test_the_shipped_rows_are_sound() -> None:
    rows = read(shipped_files())
    assert [(row.slo.id, remark) for row in rows for remark in lint(row.slo)] == []
    assert list(several_objectives(rows)) == []


@pytest.mark.parametrize(
    ("row", "old", "new", "expected"),
    [
        (RATIO, *SHORT, [
            f"window: the ticket alert over 2h fires {HOLDS}: f = 0.7 < 1",
            f"window: the ticket alert over 1d fires {HOLDS}: f = 0.7 < 1",
            f"window: the ticket alert over 6h fires {HOLDS}: f = 0.2333 < 1",
            f"window: the ticket alert over 3d fires {HOLDS}: f = 0.2333 < 1",
        ]),
        (RATIO, "below: 99.5%", "below: 99.95%", [f"alert: the static alert over 5m fires {HOLDS}: f = 0.5 < 1"]),
        (RATIO, "below: 99.5%", "below: 99.9001%", [f"alert: the static alert over 5m fires {HOLDS}: f = 0.999 < 1"]),
        (RATIO, "below: 99.5%", "below: 99.900001%", [
            f"alert: the static alert over 5m fires {HOLDS}: f = 0.9999 < 1",
        ]),
        (RATIO, "below: 99.5%", "below: 99.9%", []),
        (RATIO, "total: orders_total", 'total: orders_total{shop="a"}', [
            "indicator.bad: counts events of orders_total that `total` leaves out: bad / total <= 1 is not certain",
        ]),
        (RATIO, "total: orders_total", 'total: orders_total{code="200"}', [
            "indicator.bad: counts events of orders_total that `total` leaves out: bad / total <= 1 is not certain",
        ]),
        (RATIO, "total: orders_total", 'total: orders_total{code=~"[25]00"}', []),
        (RATIO, "total: orders_total", 'total: [\'orders_total{code="200"}\', \'orders_total{code="500"}\']', []),
        (RATIO, "total: orders_total", "total: calls_total", []),
        (RATIO, 'bad: orders_total{code="500"}', 'good: orders_total{le="0.5"}', [
            f'indicator.good: {SPELT}: le="0.5" knows one spelling',
        ]),
        (LATENCY, "slower_than: 1s", "slower_than: 100ms", [
            f"alert.slower_than: {GOOD_EVENTS}: slower_than = 100ms < threshold = 500ms",
        ]),
        (LATENCY, "slower_than: 1s", "slower_than: 500ms", []),
        (SLICE, 'value: "< 2"', 'value: "< 4"', [f"alert.value: {GOOD_SLICES}, > 3: some x is < 4 and > 3"]),
        (SLICE, 'value: "< 2"', 'value: "> 9"', [f"alert.value: {GOOD_SLICES}, > 3: some x is > 9 and > 3"]),
        (SLICE, 'value: "< 2"', 'value: "<= 3"', []),
        (changed(SLICE, ('"> 3"', '">= 3"')), 'value: "< 2"', 'value: "<= 3"', [
            f"alert.value: {GOOD_SLICES}, >= 3: some x is <= 3 and >= 3",
        ]),
        (changed(SLICE, ('"> 3"', '"< 3"')), 'value: "< 2"', 'value: "> 5"', []),
        (SLICE, "95%", "99.9%", [
            f"objective: {ONE_SLICE}: n = 1h / 1m = 60 < 1 / (f·b) = 1 / (14.4 · 0.001) = 69.44",
        ]),
        (SLICE, "95%", "99.8%", []),
    ],
)  # fmt: skip
def test_what_is_odd_is_named(row: str, old: str, new: str, expected: list[str]) -> None:
    assert remarks(changed(row, (old, new))) == expected


@pytest.mark.parametrize(
    ("row", "scrape", "expected"),
    [
        (RATIO, "75s", []),
        (RATIO, "76s", [
            "window: the page alert reads 5m, under 4 scrapes: 4 · 76s = 304s > 5m",
            "alert.window: the static alert reads 5m, under 4 scrapes: 4 · 76s = 304s > 5m",
        ]),
        (RATIO, "8m", [
            "window: the page alert reads 5m, under 4 scrapes: 4 · 8m = 32m > 5m",
            "window: the page alert reads 30m, under 4 scrapes: 4 · 8m = 32m > 30m",
            "alert.window: the static alert reads 5m, under 4 scrapes: 4 · 8m = 32m > 5m",
        ]),
        (changed(RATIO, ("for: 5m", "for: 5m\n      window: 1m")), "30s", [
            "alert.window: the static alert reads 1m, under 4 scrapes: 4 · 30s = 2m > 1m",
        ]),
        (changed(RATIO, ("for: 5m", "for: 5m\n      window: 2m")), "30s", []),
        (LATENCY, "2m", [
            "window: the page alert reads 5m, under 4 scrapes: 4 · 2m = 8m > 5m",
            "alert.window: the static alert reads 5m, under 4 scrapes: 4 · 2m = 8m > 5m",
        ]),
        (PROMQL, "2m", [
            "window: the page alert reads 5m, under 4 scrapes: 4 · 2m = 8m > 5m",
            "alert.window: the static alert reads 5m, under 4 scrapes: 4 · 2m = 8m > 5m",
        ]),
        (SLICE, "2m", []),
        (RATED, "15s", []),
        (RATED, "30s", ["indicator.gate.rate: the rate of the gate reads 1m, under 4 scrapes: 4 · 30s = 2m > 1m"]),
        (RATED, "1m", [
            "indicator.rate: the rate reads 2m, under 4 scrapes: 4 · 1m = 4m > 2m",
            "indicator.gate.rate: the rate of the gate reads 1m, under 4 scrapes: 4 · 1m = 4m > 1m",
        ]),
    ],
)  # fmt: skip
def test_a_window_under_four_scrapes_is_named(row: str, scrape: str, expected: list[str]) -> None:
    assert remarks(row, Duration.parse(scrape)) == expected
