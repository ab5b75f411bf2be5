"""What `emberline check --prometheus` finds in the measurements of a real server, and where it finds nothing."""

import json
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.program import emberline
from tests.servers import PrometheusServer
from tests.slo.rows import LATENCY, PROMQL, RATIO, SLICE, changed, table

MINUTES = range(-7 * 60, 15)
"""Samples go on after the start, so that the last one before now is never older than a minute."""
BUSY = 100.0
"""Events per minute: enough for every pair of windows."""
DOUBLE = "several spellings: its events count double"
MONTH = "the objective was missed over the last 30d"


def renamed(name: str, row: str, *changes: tuple[str, str]) -> str:
    """A row of its own: id and names from `name`, metrics of the same prefix."""
    own = {"S1": "Availability", "S2": "Latency", "S3": "Staff", "S4": "Freshness"}
    number, title = next((number, title) for number, title in own.items() if f"id: {number}\n" in row)
    alert = {"S1": "OrdersFailing", "S2": "OrdersSlow", "S3": "StaffMissing", "S4": "PricesStale"}[number]
    text = changed(row, (f"id: {number}", f"id: {name}"), (f"name: {title}", f"name: {name}"), (alert, f"{name}Odd"))
    for metric in ("orders_total", "order_seconds", "metric: staff", "stale[", "prices["):
        text = text.replace(metric, metric.replace("staff", f"{name}_staff") if " " in metric else f"{name}_{metric}")
    return changed(text, *changes)


BY_SHOP = ("    namespace", "    by: [shop]\n    namespace")
GOOD_SIDE = ('bad: Good_orders_total{code="500"}', "good: Good_taken_total")
ROWS = (
    renamed("Quiet", RATIO),
    renamed("Good", RATIO, GOOD_SIDE),
    renamed("Even", RATIO, ('bad: Even_orders_total{code="500"}', "good: Even_taken_total")),
    renamed(
        "Few", RATIO, ('bad: Few_orders_total{code="500"}', "good: Few_taken_total"), ("99.9%", "95%"), ("99.5", "90")
    ),
    renamed("Bad", RATIO, ('bad: Bad_orders_total{code="500"}', "bad: Bad_failed_total"), BY_SHOP),
    renamed("Daily", RATIO, ('bad: Daily_orders_total{code="500"}', "bad: Daily_failed_total")),
    renamed("Rare", RATIO, BY_SHOP),
    renamed("Often", RATIO),
    renamed("Slow", RATIO),
    renamed("Idle", RATIO),
    renamed("Missed", RATIO, BY_SHOP),
    renamed("Kept", RATIO),
    renamed("Twice", LATENCY, ("500ms", "1s")),
    renamed("Once", LATENCY, ("500ms", "1s")),
    renamed("Beyond", PROMQL),
    renamed("Within", PROMQL),
    renamed("Stale", PROMQL),
    renamed("Nothing", PROMQL),
    renamed("Empty", SLICE),
    renamed("Full", SLICE),
)
FINDINGS = {
    "Good": [("indicator.good", "more good events than events over the last 1h", "good = 7200 > total = 6000")],
    "Bad": [("indicator.bad", "more bad events than events over the last 1h for shop=a and 1 more",
             "bad = 7200 > total = 6000"),
            ("objective", f"{MONTH} for shop=a", "1.2 > b = 0.001")],
    "Daily": [("indicator.bad", "more bad events than events over the last 1d", " > total = "),
              ("objective", MONTH, " > b = 0.001")],
    "Rare": [("objective", "a single bad event pages for shop=b and 1 more: 2.5 in 5m and 30 in 1h",
              "n = 2.5, 30 < 1 / (f·b) = 1 / (14.4 · 0.001) = 69.44")],
    "Slow": [("objective", "a single bad event pages: 5.7 in 5m and 69 in 1h",
              "n = 5.7, 69 < 1 / (f·b) = 1 / (14.4 · 0.001) = 69.44")],
    "Idle": [("objective", "a single bad event pages: 0 in 5m and 0 in 1h",
              "n = 0, 0 < 1 / (f·b) = 1 / (14.4 · 0.001) = 69.44")],
    "Missed": [("objective", f"{MONTH} for shop=b and 1 more", " > b = 0.001")],
    "Twice": [("indicator.buckets", f"Twice_order_seconds_bucket has the bucket 1 under {DOUBLE}",
               'le = 1 is 2 series: "1", "1.0"'),
              ("indicator.histogram", "more good events than events over the last 1h for shop=a",
               "good = 12000 > total = 6000")],
    "Beyond": [("indicator.error_ratio", "no share of events over the last 1h", "e = 1.5 is not within [0, 1]"),
               ("objective", MONTH, "e = 1.5 > b = 0.01")],
    "Stale": [("objective", MONTH, "e = 0.02 > b = 0.01")],
    "Nothing": [("indicator.error_ratio", "yields nothing over 1d; needed: nothing", "0 series")],
    "Empty": [("objective", MONTH, "e = 0.")],
}  # fmt: skip


def flat(series: str, per_minute: float, *, past: float = 0.0) -> Iterator[tuple[str, int, float]]:
    """A counter that rises evenly, series, minute and value; `past` more 20 days ago, within a minute."""
    if past:
        yield series, -20 * 1440, 1e6 - past
        yield series, -20 * 1440 + 1, 1e6
    for minute in MINUTES:
        yield series, minute, 1e6 + per_minute * (minute - MINUTES[0])


def samples() -> Iterator[tuple[str, int, float]]:
    for name in ("Quiet", "Good", "Even"):
        yield from flat(f'{name}_orders_total{{code="200"}}', BUSY)
    yield from flat("Good_taken_total", 1.2 * BUSY)
    yield from flat("Even_taken_total", 1.005 * BUSY)
    yield from flat("Few_orders_total", 2 / 60)
    yield from flat("Few_taken_total", 2.12 / 60)
    yield from flat('Bad_orders_total{shop="a"}', BUSY)
    yield from flat('Bad_failed_total{shop="a"}', 1.2 * BUSY)
    yield from flat('Bad_failed_total{shop="b"}', 1)
    yield from flat("Daily_orders_total", BUSY)
    yield from (each for each in flat("Daily_failed_total", 4 * BUSY) if each[1] < -2 * 60)
    yield from flat('Rare_orders_total{shop="a",code="200"}', 1)
    yield from flat('Rare_orders_total{shop="b",code="200"}', 0.5)
    yield from flat('Rare_orders_total{shop="c",code="200"}', BUSY)
    yield from flat('Often_orders_total{code="200"}', 1.17)
    yield from flat('Slow_orders_total{code="200"}', 1.15)
    yield from flat('Idle_orders_total{code="200"}', 0)
    for shop, share in (("a", 0.01), ("b", 0.02), ("c", 0.0005)):
        total = 1e6 + BUSY * len(MINUTES)
        yield from flat(f'Missed_orders_total{{shop="{shop}",code="200"}}', BUSY, past=1e6 * (1 - share))
        yield from flat(f'Missed_orders_total{{shop="{shop}",code="500"}}', 0, past=share * total)
    yield from flat('Kept_orders_total{code="200"}', BUSY, past=1e6)
    yield from flat('Kept_orders_total{code="500"}', 0, past=900)
    for name, spellings in (("Twice", ("1", "1.0")), ("Once", ("1.0",))):
        yield from flat(f'{name}_order_seconds_count{{shop="a"}}', BUSY)
        for le in ("0.1", "0.5", *spellings, "2.5", "+Inf"):
            yield from flat(f'{name}_order_seconds_bucket{{shop="a",le="{le}"}}', BUSY)
    for name, share in (("Beyond", 1.5), ("Within", 0.005), ("Stale", 0.02)):
        yield from flat(f"{name}_stale", share * BUSY)
        yield from flat(f"{name}_prices", BUSY)
    for minute in MINUTES:
        yield "customers", minute, 1
        yield "Empty_staff", minute, 2 if minute % 5 == 0 else 9
        yield "Full_staff", minute, 2 if minute % 40 == 0 else 9


@pytest.fixture(scope="module")
def document(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Everything that the command says, as JSON; all findings are of one file."""
    folder = tmp_path_factory.mktemp("measured")
    tables = folder / "t.yaml"
    tables.write_bytes(table(*ROWS))
    now = int(time.time())
    backfill = "".join(f"{series} {value} {now + 60 * minute}\n" for series, minute, value in samples()) + "# EOF\n"
    with PrometheusServer.running(folder / "server", backfill=backfill) as server:
        run = check(tables, server.url)
    assert (run.returncode, run.stderr) == (1, "")
    told: dict[str, Any] = json.loads(run.stdout)
    assert {one["file"] for one in told["findings"]} == {str(tables)}
    return told


@pytest.fixture(scope="module")
def findings(document: dict[str, Any]) -> dict[str, list[tuple[str, str, str]]]:
    """What is found in every row, by its id: path, message and formula."""
    told: dict[str, list[tuple[str, str, str]]] = {}
    for one in document["findings"]:
        path = one["path"].partition(".")[2]
        told.setdefault(one["row"], []).append((path, one["message"], one["formula"]))
    return told


def check(tables: Path, url: str) -> subprocess.CompletedProcess[str]:
    return emberline("check", tables, "--prometheus", url, "--json")


@pytest.mark.parametrize("row", FINDINGS)
def test_what_is_measured_is_told_with_its_formula(row: str, findings: dict[str, list[tuple[str, str, str]]]) -> None:
    found, expected = findings[row], FINDINGS[row]
    assert [each[:2] for each in found] == [each[:2] for each in expected]
    assert [formula for (*_, formula), (*_, part) in zip(found, expected, strict=True) if part not in formula] == []


@pytest.mark.parametrize("row", ["Quiet", "Even", "Few", "Often", "Kept", "Once", "Within", "Full"])
def test_a_row_that_keeps_its_promise_is_told_nothing(
    row: str, findings: dict[str, list[tuple[str, str, str]]]
) -> None:
    assert row not in findings
    assert set(findings) == set(FINDINGS)


def test_rows_of_counted_events_have_their_period_computed_both_ways(document: dict[str, Any]) -> None:
    found = {one["row"]: one["instances"] for one in document["compositions"]}
    assert found.keys() & {"Within", "Full", "Beyond", "Empty", "Idle"} == set()
    assert found["Quiet"] == [{"labels": {}, "direct": 0.0, "composed": 0.0, "difference": 0.0}]
    missed = {one["labels"]["shop"]: one for one in found["Missed"]}
    assert sorted(missed) == ["a", "b", "c"]
    for one in missed.values():
        assert one["difference"] == (one["composed"] - one["direct"]) / 0.001
        assert one["composed"] == pytest.approx(one["direct"], rel=0.5)
        assert one["composed"] != one["direct"]
