"""Windows are the very floats of a real Prometheus 3.5, on telemetry with resets, gaps, jitter and missing series."""

from collections.abc import Iterator
from decimal import Decimal

import pytest

from slo.burn import Burn
from slo.condition import All, Any, Burning
from slo.duration import Duration
from slo.readings import Readings
from slo.selector import Selector, parse_selector
from slo.sli import Counted, Events, Interpolated, Remainder
from slo.vector import Grid
from slo.verdict import holding
from slo.window import Composed, Direct
from tests.integration.agreement import differences, ours, theirs
from tests.integration.telemetry import START, Held, Scraper, buckets, openmetrics, part
from tests.servers import PrometheusServer

MINUTE = Duration(60_000)
HOURS = 9.0
OBJECTIVE = Decimal("0.999")


def _telemetry() -> Held:
    shop, jittery, exact = Scraper.of(1, HOURS), Scraper.of(2, HOURS, jitter=9_000), Scraper.of(3, HOURS, jitter=0)
    shards = [
        scraper.counter("requests_total", rate=rate, resets=4, service=service, code=code, pod=pod)
        for scraper, service in ((shop, "cart"), (jittery, "pay"))
        for pod in ("a", "b", "c")
        for code, rate in (("200", 40.0), ("500", 0.4), ("503", 0.1))
    ]
    flawless = exact.counter("requests_total", rate=3.0, service="search", code="200", pod="a")
    idle = exact.counter("requests_total", rate=0.0, resets=0, service="idle", code="200", pod="a")
    late = [
        part(
            exact.counter("requests_total", rate=9.0, resets=0, service="late", code="200", pod=pod), begin, 0.96, first
        )
        for pod, begin, first in (("a", 0.6, 7.0), ("b", 0.9, 7.0), ("c", 0.93, 2.0))
    ]
    retries = exact.counter("retries_total", rate=0.2, service="search", pod="a")
    seconds = [jittery.counter("busy_seconds_total", rate=0.7, resets=9, whole=False, pod=pod) for pod in "abcdefg"]
    spent = [jittery.counter("lost_seconds_total", rate=0.1, resets=9, whole=False, pod=pod) for pod in "abcdefg"]
    count = shop.counter("latency_seconds_count", rate=25.0, resets=0, first=1000.0)
    histogram = buckets(count, (("2.5", 0.97), ("1.0", 0.9), ("0.5", 0.8)), shop)
    return Held((*shards, flawless, idle, *late, retries, *seconds, *spent, *histogram))


TELEMETRY = _telemetry()
ALL = parse_selector("requests_total")
FAILED = parse_selector('requests_total{code=~"5.."}')
RETRIED = parse_selector("retries_total")
LATENCY = Selector("latency_seconds")
BUCKET_1, BUCKET_2_5 = (LATENCY.suffixed("_bucket", le=Decimal(bound)) for bound in ("1", "2.5"))

SLIS = {
    "counted": Events((ALL,), Counted((FAILED,)), ("service",), OBJECTIVE),
    "two counters": Events((ALL, RETRIED), Counted((FAILED, RETRIED)), ("service",), OBJECTIVE),
    "no instances": Events((ALL,), Counted((FAILED,)), (), OBJECTIVE),
    "seconds": Events((Selector("busy_seconds_total"),), Counted((Selector("lost_seconds_total"),)), (), OBJECTIVE),
    "bucket": Events((LATENCY.suffixed("_count"),), Remainder((BUCKET_1,)), (), OBJECTIVE),
    "between buckets": Events(
        (LATENCY.suffixed("_count"),), Interpolated(BUCKET_1, BUCKET_2_5, Decimal("0.1")), (), OBJECTIVE
    ),
}

_ALL = "sum by (service) (increase(requests_total[W]))"
_FAILED = 'sum by (service) (increase(requests_total{code=~"5.."}[W]))'
_RETRIED = "sum by (service) (increase(retries_total[W]))"
_COUNT = "sum(increase(latency_seconds_count[W]))"
_BUCKET_1, _BUCKET_2_5 = (f'sum(increase(latency_seconds_bucket{{le=~"{le}"}}[W]))' for le in ("1([.]0)?", "2[.]5"))


def _plus(left: str, right: str) -> str:
    return f"(({left} or 0 * {right}) + ({right} or 0 * {left}))"


PROMQL = {
    "counted": (f"({_FAILED} or 0 * {_ALL})", _ALL),
    "two counters": (f"({_plus(_FAILED, _RETRIED)} or 0 * {_plus(_ALL, _RETRIED)})", _plus(_ALL, _RETRIED)),
    "no instances": ('sum(increase(requests_total{code=~"5.."}[W]))', "sum(increase(requests_total[W]))"),
    "seconds": ("sum(increase(lost_seconds_total[W]))", "sum(increase(busy_seconds_total[W]))"),
    "bucket": (f"({_COUNT} - {_BUCKET_1})", _COUNT),
    "between buckets": (f"({_COUNT} - ({_BUCKET_1} + ({_BUCKET_2_5} - {_BUCKET_1}) * 0.1))", _COUNT),
}
"""Bad and total of each SLI, written by hand."""

EVERY_MINUTE = Grid(START + 60_000 * 60 * 9, 60_000, 140)
ODD_TIMES = Grid(START + 60_000 * 60 * 9 + 12_345, 7_001, 120)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrometheusServer]:
    """A Prometheus that holds the telemetry."""
    folder = tmp_path_factory.mktemp("windows") / "server"
    with PrometheusServer.running(folder, backfill=openmetrics(TELEMETRY.tracks)) as running:
        yield running


def _burn(name: str, window: str, grid: Grid) -> Burn:
    interval = Duration(grid.step)
    return Readings(TELEMETRY, interval).burn(SLIS[name], Direct(Duration.parse(window)), grid)


@pytest.mark.parametrize("window", ["1h", "6h"])
@pytest.mark.parametrize("name", SLIS)
def test_direct_windows_are_bit_equal(server: PrometheusServer, name: str, window: str) -> None:
    bad, total = (side.replace("W", window) for side in PROMQL[name])
    for grid in (EVERY_MINUTE, ODD_TIMES):
        burn = _burn(name, window, grid)
        expected = theirs(server, f"{bad} / {total}", grid)
        assert len(expected) > 100
        assert not differences(ours(burn.error_ratio, grid), expected)
        assert not differences(ours(burn.total, grid), theirs(server, total, grid))
        assert not differences(ours(burn.bad, grid), theirs(server, bad, grid))


def test_composed_windows_are_bit_equal(server: PrometheusServer) -> None:
    grid = Grid(EVERY_MINUTE.end, 60_000, 30)
    window = Composed(Duration.parse("6h"), Duration.parse("5m"))
    for name, sli in SLIS.items():
        burn = Readings(TELEMETRY, MINUTE).burn(sli, window, grid)
        bad, total = (f"sum_over_time(({side.replace('W', '5m')})[6h:1m])" for side in PROMQL[name])
        assert not differences(ours(burn.error_ratio, grid), theirs(server, f"{bad} / {total}", grid))


def test_page_holds_at_the_same_evaluations(server: PrometheusServer) -> None:
    sli = SLIS["counted"]
    pairs = (("1h", "5m", "12.1"), ("6h", "30m", "12.1"))
    grid = Grid(EVERY_MINUTE.end, 60_000, 200)
    page = Any(
        tuple(
            All(tuple(Burning(sli, Direct(Duration.parse(w)), Decimal(factor)) for w in (long, short)))
            for long, short, factor in pairs
        )
    )
    found = holding(page, Readings(TELEMETRY, MINUTE), grid)
    assert found is not None
    bad, total = PROMQL["counted"]
    burns = {w: f"({bad.replace('W', w)} / {total.replace('W', w)})" for pair in pairs for w in pair[:2]}
    expression = " or ".join(
        f"({burns[long]} > {Decimal(f) / 1000} and {burns[short]} > {Decimal(f) / 1000})" for long, short, f in pairs
    )
    expected = theirs(server, expression, grid)
    assert ours(found, grid).keys() == expected.keys()
    assert 50 < len(expected) < 2 * grid.count - 50, "an alert that never or always holds shows nothing"
