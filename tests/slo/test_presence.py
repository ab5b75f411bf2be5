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
    """Series by their text, each with one sample."""

    series: tuple[str, ...]

    def select(self, selector: Selector) -> list[Track]:
        found = [parse_selector(text) for text in self.series]
        labelled = [(each.metric, {matcher.label: matcher.value for matcher in each.matchers}) for each in found]
        at, value = np.array([0]), np.array([1.0])
        return [Track(m, labels_of(labels), at, value) for m, labels in labelled if selector.matches(m, labels)]


BUCKETS = tuple(f'order_seconds_bucket{{shop="a",le="{le}"}}' for le in ("0.1", "0.5", "1.0", "2.5", "+Inf"))
COUNT = 'order_seconds_count{shop="a"}'
SUM = changed(RATIO, ("total: orders_total", "total: [taken_total, lost_total]"))


def told(row: str, *series: str) -> list[str]:
    (slo,) = load({"t.yaml": table(row)})
    return [f"{'.'.join(map(str, path))}: {message}" for path, message in absences(slo, Held(series))]


@pytest.mark.parametrize(
    ("row", "series", "expected"),
    [
        (RATIO, ('orders_total{code="200"}', 'orders_total{code="500"}'), []),
        (RATIO, ('orders_total{code="200"}',), []),
        (RATIO, (), ["indicator.total: no series of orders_total; needed: nothing"]),
        (RATIO, ('orders_total{status="500"}',), [
            "indicator.bad: no series of orders_total has a label code: nothing would ever be bad",
        ]),
        (SUM, ("taken_total",), []),
        (SUM, (), [
            "indicator.total: no series of taken_total; needed: nothing",
            "indicator.total: no series of lost_total; needed: nothing",
        ]),
        (LATENCY, (COUNT, *BUCKETS), []),
        (LATENCY, (COUNT, *BUCKETS[1:3]), ["indicator.buckets: order_seconds_bucket has no bucket 0.1, 2.5"]),
        (LATENCY, ("order_seconds_count", COUNT, *BUCKETS), [
            "indicator.histogram: 1 of 2 series have no label shop, by which instances are told apart",
        ]),
        (changed(LATENCY, ("order_seconds", 'order_seconds{job="x"}')), (COUNT, *BUCKETS), [
            "indicator.histogram: order_seconds_count has series, but none that the matchers pick",
        ]),
        (SLICE, ("staff", "customers"), []),
        (SLICE, ("staff",), ["indicator.gate.metric: no series of customers; needed: nothing"]),
        (SLICE, ("customers",), ["indicator.metric: no series of staff; needed: nothing"]),
        (PROMQL, (), []),
    ],
)  # fmt: skip
def test_what_is_absent_is_named(row: str, series: tuple[str, ...], expected: list[str]) -> None:
    assert told(row, *series) == expected
