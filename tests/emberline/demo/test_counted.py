"""Events are whole: what counts them never says that one was taken back, or became faster again."""

from collections.abc import Iterator

import numpy as np
import pytest

from emberline.catalogue import shipped
from emberline.demo.component import Component
from emberline.demo.fleet import Fleet
from slo.plan import plan

NOW = 1_790_000_000_000
FLEET = Fleet.at(NOW)
READ = {selector.metric for slo in shipped() for selector in plan(slo).selectors}
DAY = np.arange(NOW - 86_400_000, NOW, 60_000)


def histograms(component: Component) -> Iterator[tuple[list[int], int]]:
    """The rows of the buckets and of the count of every histogram series that an SLO reads."""
    rows: dict[tuple[object, ...], list[int]] = {}
    for row, sample in enumerate(component.samples):
        base = sample.name.removesuffix("_bucket").removesuffix("_count")
        if f"{base}_bucket" in READ and base != sample.name:
            series = (base, *sorted(pair for pair in sample.labels if pair[0] != "le"))
            rows.setdefault(series, []).append(row)
    for found in rows.values():
        yield found[:-1], found[-1]


CASES = [(component, series) for component in FLEET.components for series in histograms(component)]


@pytest.mark.parametrize(("component", "series"), CASES, ids=lambda value: getattr(value, "name", ""))
def test_no_more_events_are_fast_than_there_were(component: Component, series: tuple[list[int], int]) -> None:
    buckets, count = series
    moved = np.diff(component.values(DAY, [*buckets, count]))
    assert (moved >= 0).all()
    assert (moved[:-1] <= moved[-1]).all()


def test_every_histogram_that_an_slo_reads_and_the_fleet_has_is_among_them() -> None:
    named = {component.samples[count].name for component, (_, count) in CASES}
    assert {"vllm:e2e_request_latency_seconds_count", "livekit_session_start_time_ms_count"} <= named
    assert len(named) >= 9
