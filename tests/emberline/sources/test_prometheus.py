"""Samples fetched from a real Prometheus are the ones that were loaded, whatever pieces they came in."""

import re
import time
from collections.abc import Iterator
from decimal import Decimal

import numpy as np
import pytest

from emberline.sources.matrix import NoMatrix, error_text, read_matrix
from emberline.sources.prometheus import Prometheus
from emberline.sources.source import SourceError
from rules.promql import Aggregate, Written, vector
from slo.samples import Track
from slo.selector import Matcher, Selector, parse_selector
from slo.vector import Grid
from tests.integration.telemetry import SCRAPE, START, Held, Scraper, openmetrics
from tests.servers import PrometheusServer

HOURS = 60.0
END = START + int(HOURS * 3_600_000)
AWKWARD = 'a "quoted" \\ label, "values":[[1,"2"]]'


def _telemetry() -> Held:
    exact, jittery = Scraper.of(5, HOURS, jitter=0), Scraper.of(6, HOURS)
    return Held((
        exact.counter("jobs_total", rate=5.0, queue="a"),
        jittery.counter("jobs_total", rate=0.3, whole=False, queue="b"),
        jittery.counter("jobs_seconds_bucket", rate=3.0, le="5.0"),
        jittery.counter("jobs_seconds_bucket", rate=4.0, le="10.0"),
    ))  # fmt: skip


TELEMETRY = _telemetry()
JOBS = parse_selector("jobs_total")
BUCKET = Selector("jobs_seconds_bucket", le=Decimal(5))


@pytest.fixture(scope="module", params=["3.5", "2.42"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrometheusServer]:
    """A Prometheus with sixty hours of jobs that answers with a third of them at most."""
    folder = tmp_path_factory.mktemp("source") / "server"
    backfill, few = openmetrics(TELEMETRY.tracks), ("--query.max-samples=20000",)
    with PrometheusServer.running(folder, backfill=backfill, series=request.param, arguments=few) as running:
        yield running


def same(found: Track, loaded: Track, start: int, end: int) -> bool:
    inside = (loaded.timestamps > start) & (loaded.timestamps <= end)
    return (
        (found.metric, found.labels) == (loaded.metric, loaded.labels)
        and np.array_equal(found.timestamps, loaded.timestamps[inside])
        and np.array_equal(found.values, loaded.values[inside])
    )


def test_samples_come_whole_and_exact(server: PrometheusServer) -> None:
    start, end = START + 1_000 * SCRAPE, END - 3_600_000
    with Prometheus(server.url) as source:
        samples = source.fetch([JOBS, BUCKET, Selector("nobodys_total")], start, end)
    assert samples.select(Selector("nobodys_total")) == ()
    for selector, count in ((JOBS, 2), (BUCKET, 1)):
        found, loaded = samples.select(selector), TELEMETRY.select(selector)
        assert len(found) == len(loaded) == count
        assert all(same(one, other, start, end) for one, other in zip(found, loaded, strict=True))


def test_a_dense_past_behind_an_empty_present_is_fetched_in_smaller_pieces(server: PrometheusServer) -> None:
    with Prometheus(server.url) as source:
        samples = source.fetch([JOBS], START - 1, END + 10 * 86_400_000)
    found, loaded = samples.select(JOBS), TELEMETRY.select(JOBS)
    assert all(same(one, other, START - 1, END) for one, other in zip(found, loaded, strict=True))


@pytest.mark.parametrize(
    ("selectors", "limit", "whole"), [([JOBS], 20_000, False), ([JOBS], 35_000, True), ([JOBS, BUCKET], 35_000, False)]
)
def test_more_samples_than_fit_are_refused(
    server: PrometheusServer, selectors: list[Selector], limit: int, *, whole: bool
) -> None:
    with Prometheus(server.url, limit=limit) as source:
        if whole:
            assert source.fetch(selectors, START, END).select(JOBS)
        else:
            with pytest.raises(SourceError, match=f"more than {limit} samples; evaluate fewer SLOs"):
                source.fetch(selectors, START, END)


def test_matchers_are_quoted(server: PrometheusServer) -> None:
    selector = Selector("jobs_total", (Matcher("queue", "!=", AWKWARD), Matcher("queue", "=~", "b|\\d")))
    with Prometheus(server.url + "/") as source:
        (track,) = source.fetch([selector], START, END).select(selector)
    assert dict(track.labels) == {"queue": "b"}


def test_what_the_server_says_is_told(server: PrometheusServer) -> None:
    odd = Selector("jobs_total", (Matcher("queue", "=~", "("),))
    with Prometheus(server.url) as source, pytest.raises(SourceError, match=r"HTTP status 400: .*missing closing"):
        source.fetch([odd], START, END)


@pytest.mark.parametrize("count", [1, 5])
def test_an_expression_is_evaluated_at_every_time_of_a_grid(server: PrometheusServer, count: int) -> None:
    grid = Grid(END, 60_000, count)
    per_queue = Aggregate("sum", vector(JOBS), ("queue",))
    with Prometheus(server.url) as source:
        found = {series.labels["queue"]: series for series in source.query(per_queue, grid)}
    assert found.keys() == {"a", "b"}
    for track in TELEMETRY.select(JOBS):
        series = found[dict(track.labels)["queue"]]
        latest = np.searchsorted(track.timestamps, grid.times, side="right") - 1
        assert np.array_equal(series.timestamps, grid.times)
        assert np.array_equal(series.values, track.values[latest])


def test_an_expression_that_the_server_refuses_is_told(server: PrometheusServer) -> None:
    with Prometheus(server.url) as source, pytest.raises(SourceError, match=r"HTTP status 400: .*parse error"):
        source.query(Written("sum("), Grid(END, 60_000))


def answer(series: str) -> bytes:
    return b'{"status":"success","data":{"resultType":"matrix","result":[%s]}}' % series.encode()


def test_values_of_every_kind_are_read() -> None:
    (series,) = read_matrix(answer('{"metric":{"a":"1"},"values":[[1.001,"NaN"],[2,"+Inf"],[3.5,"-Inf"],[4,"1e-07"]]}'))
    assert (series.labels, series.timestamps.tolist()) == ({"a": "1"}, [1001, 2000, 3500, 4000])
    assert series.values.tolist() == [pytest.approx(float("nan"), nan_ok=True), float("inf"), float("-inf"), 1e-7]


def test_labels_that_look_like_samples_are_labels() -> None:
    (series,) = read_matrix(answer('{"metric":{"a":"\\"values\\":[[1,\\"2\\"]]"},"values":[[5,"6"]]}'))
    assert (series.labels, series.values.tolist()) == ({"a": '"values":[[1,"2"]]'}, [6.0])


def test_native_histograms_are_left_out() -> None:
    histogram = '{"metric":{"a":"1"},"histograms":[[1,{"count":"2","sum":"3","buckets":[[0,"1","2","2"]]}]]}'
    (series,) = read_matrix(answer(histogram + ',{"metric":{"a":"2"},"values":[[1,"2"]]}'))
    assert series.labels == {"a": "2"}


@pytest.mark.parametrize(
    "series",
    [
        '{"metric":{},"values":[[1,"x"]]}',
        '{"metric":{},"values":[[1]]}',
        '{"metric":{},"values":7}',
        '{"values":[[1,"1"]]}',
        '"text"',
        '{"metric":{},"values":[[NaN,"1"]]}',
        '{"metric":{},"values":[[1e300,"1"]]}',
        "[" * 100_000,
    ],
)
def test_half_an_answer_is_none(series: str) -> None:
    with pytest.raises(NoMatrix, match="not an answer of the Prometheus HTTP API"):
        read_matrix(answer(series))


@pytest.mark.parametrize(
    ("series", "told"),
    [
        (
            '{"metric":{"a":"1"},"values":[[1,"1"],[3,"1"],[2,"1"]]}',
            'the timestamps of {a="1"} must ascend strictly, sample 2 does not',
        ),
        ('{"metric":{},"values":[[1,"1"],[1,"2"]]}', "the timestamps of {} must ascend strictly, sample 1 does not"),
        (
            '{"metric":{"a":"1","b":""},"values":[[1,"1"]]},{"metric":{"a":"1"},"values":[[2,"1"]]}',
            '{a="1"} is there twice',
        ),
    ],
)
def test_an_answer_out_of_order_is_told(series: str, told: str) -> None:
    with pytest.raises(NoMatrix, match=re.escape(told)):
        read_matrix(answer(series))


@pytest.mark.parametrize("mark", ['"warnings":["a store is down"]', '"isPartial":true'])
def test_an_answer_that_is_not_whole_is_none(mark: str) -> None:
    body = answer('{"metric":{},"values":[[1,"1"]]}')
    assert len(read_matrix(body.replace(b'"data"', b'"warnings":[],"isPartial":false,"data"'))) == 1
    with pytest.raises(NoMatrix, match=r"incomplete|a store is down"):
        read_matrix(body.replace(b'"data"', mark.encode() + b',"data"'))


def test_what_is_merely_remarked_on_takes_nothing_from_an_answer() -> None:
    body = answer('{"metric":{},"values":[[1,"1"]]}')
    remark = b'"warnings":["PromQL info: metric might not be a counter"],"data"'
    assert len(read_matrix(body.replace(b'"data"', remark))) == 1


@pytest.mark.parametrize("warnings", [b"5", b'{"a":1}', b'"text"'])
def test_warnings_of_another_shape_are_no_answer_or_not_whole(warnings: bytes) -> None:
    body = answer('{"metric":{},"values":[[1,"1"]]}')
    with pytest.raises(NoMatrix):
        read_matrix(body.replace(b'"data"', b'"warnings":' + warnings + b',"data"'))


def test_an_answer_of_beginnings_alone_is_refused_at_once() -> None:
    began = time.process_time()
    with pytest.raises(NoMatrix):
        read_matrix(b'"values":[' * 50_000)
    assert time.process_time() - began < 5


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"\xff", b'{"error":5}', b"[" * 100_000])
def test_an_error_without_words_has_no_text(body: bytes) -> None:
    assert error_text(body) in (None, "5")
