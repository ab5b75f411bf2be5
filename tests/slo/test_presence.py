"""What a row is told about the series that it reads."""

from dataclasses import dataclass

import numpy as np
import pytest

from slo.samples import Track
from slo.selector import Selector, labels_of, parse_selector
from slo.table.load import load
from slo.table.presence import absences
from tests.slo.rows import LATENCY, PROMQL, RATIO, SLICE, changed, table


@dataclass(frozen=True)
class Held:
    """Series by their text, each with one sample: at 0, or at the time behind an @."""

    series: tuple[str, ...]

    def select(self, selector: Selector) -> list[Track]:
        return [track for track in map(_track, self.series) if selector.matches(track.metric, dict(track.labels))]


def _track(text: str) -> Track:
    series, _, at = text.partition(" @ ")
    found = parse_selector(series)
    labels = labels_of((matcher.label, matcher.value) for matcher in found.matchers)
    return Track(found.metric, labels, np.array([int(at or 0)]), np.array([1.0]))


BUCKETS = tuple(f'order_seconds_bucket{{shop="a",le="{le}"}}' for le in ("0.1", "0.5", "1.0", "2.5", "+Inf"))
COUNT = 'order_seconds_count{shop="a"}'
NEVER_BAD = "no series of orders_total has a label code: nothing would ever be bad"
APART = "1 of 2 series have no label shop, by which instances are told apart"
ODD = "order_seconds_bucket spells the bucket 0.5 as no version does"
DOUBLE = "order_seconds_bucket has the bucket 1 under several spellings: its events count double"
OTHERWISE = "order_seconds_bucket spells this bucket otherwise: nothing is counted"
SUM = changed(RATIO, ("total: orders_total", "total: [taken_total, lost_total]"))


def told(row: str, *series: str) -> list[str]:
    (slo,) = load({"t.yaml": table(row)})
    return [f"{'.'.join(map(str, each.path))}: {each.message}: {each.formula}" for each in absences(slo, Held(series))]


@pytest.mark.parametrize(
    ("row", "series", "expected"),
    [
        (RATIO, ('orders_total{code="200"}', 'orders_total{code="500"}'), []),
        (RATIO, ('orders_total{code="200"}',), []),
        (RATIO, (), ["indicator.total: no series of orders_total; needed: nothing: 0 series picked"]),
        (RATIO, ('orders_total{status="500"}',), [
            f'indicator.bad: {NEVER_BAD}: code = "" in 1 of 1 series',
        ]),
        (SUM, ("taken_total",), []),
        (SUM, (), [
            "indicator.total: no series of taken_total; needed: nothing: 0 series picked",
            "indicator.total: no series of lost_total; needed: nothing: 0 series picked",
        ]),
        (LATENCY, (COUNT, *BUCKETS), []),
        (LATENCY, (COUNT, *BUCKETS[1:3]), [
            "indicator.buckets: order_seconds_bucket has no bucket 0.1, 2.5: 0 series with le = 0.1, 2.5",
        ]),
        (LATENCY, ("order_seconds_count", COUNT, *BUCKETS), [
            f'indicator.histogram: {APART}: shop = "" in 1 of 2 series',
        ]),
        (changed(LATENCY, ("order_seconds", 'order_seconds{job="x"}')), (COUNT, *BUCKETS), [
            "indicator.histogram: order_seconds_count has series, but none that the matchers pick: 0 series picked",
        ]),
        (SLICE, ("staff", "customers"), []),
        (SLICE, ("staff",), ["indicator.gate.metric: no series of customers; needed: nothing: 0 series picked"]),
        (SLICE, ("customers",), ["indicator.metric: no series of staff; needed: nothing: 0 series picked"]),
        (PROMQL, (), []),
    ],
)  # fmt: skip
def test_what_is_absent_is_named(row: str, series: tuple[str, ...], expected: list[str]) -> None:
    assert told(row, *series) == expected


def bucket(le: str, at: int = 0, shop: str = "a") -> str:
    return f'order_seconds_bucket{{shop="{shop}",le="{le}"}} @ {at}'


REST = (COUNT, *(bucket(le) for le in ("0.1", "0.5", "2.5", "+Inf")))


@pytest.mark.parametrize(
    ("series", "expected"),
    [
        ((*REST, bucket("1")), []),
        ((*REST, bucket("1.0")), []),
        ((*REST, bucket("1"), bucket("1.0")), [f'indicator.buckets: {DOUBLE}: le = 1 is 2 series: "1", "1.0"']),
        ((*REST, bucket("1"), bucket("1.0", at=60_000)), []),
        ((*REST, bucket("1"), bucket("1.0", shop="b")), []),
        ((COUNT, *(bucket(le) for le in ("0.1", "0.50", "1", "2.5"))), [
            f'indicator.buckets: {ODD}: le="0.50" is not found as 0.5',
        ]),
        ((COUNT, *(bucket(le) for le in ("0.1", "0.51", "1", "2.5"))), [
            "indicator.buckets: order_seconds_bucket has no bucket 0.5: 0 series with le = 0.5",
        ]),
        ((COUNT, *(bucket(le) for le in ("0.1", "half", "1", "2.5"))), [
            "indicator.buckets: order_seconds_bucket has no bucket 0.5: 0 series with le = 0.5",
        ]),
    ],
)  # fmt: skip
def test_a_bucket_that_is_spelt_otherwise_or_twice_is_named(series: tuple[str, ...], expected: list[str]) -> None:
    assert told(LATENCY, *series) == expected


@pytest.mark.parametrize("side", ["bad", "good"])
@pytest.mark.parametrize(
    ("written", "held", "expected"),
    [("1", "1.0", ['le="1.0" ≠ le="1"']), ("1.0", "1", ['le="1" ≠ le="1.0"']), ("1", "1", [])],
)
def test_a_bucket_picked_by_its_spelling_is_told_the_other(
    side: str, written: str, held: str, expected: list[str]
) -> None:
    picked = f'{side}: order_seconds_bucket{{le="{written}"}}'
    row = changed(
        RATIO, ('bad: orders_total{code="500"}', picked), ("total: orders_total", "total: order_seconds_count")
    )
    found = told(row, COUNT, bucket(held))
    assert found == [f"indicator.{side}: {OTHERWISE}: {formula}" for formula in expected]


@pytest.mark.parametrize("le", ["1", "+Inf", "NaN", "1e9999999999", "one"])
@pytest.mark.parametrize("held", ["2", "-Inf", "2e9999999999", "one more"])
def test_a_bucket_that_nobody_has_is_merely_absent(le: str, held: str) -> None:
    row = changed(RATIO, ('bad: orders_total{code="500"}', f'good: order_seconds_bucket{{le="{le}"}}'))
    assert told(row, "orders_total", bucket(held)) == [
        "indicator.good: order_seconds_bucket has series, but none that the matchers pick: 0 series picked"
    ]
