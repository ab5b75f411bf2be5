"""A real Prometheus accepts and refuses the same pages in both formats, and stores the same series and values."""

import json
import random
import time
from collections import Counter
from collections.abc import Iterator, Mapping

import pytest

from native.exposition import NO_TIMESTAMP, Exposition, ExpositionError, encode
from native.exposition.spelling import canonical
from tests.native import exposition_open_pages as openmetrics
from tests.native import exposition_pages as text
from tests.native.exposition_served import Served, draw, serving
from tests.native.test_exposition_written import FAMILIES
from tests.servers import PrometheusServer, until

DRAWN = 150
"""Pages of each format."""

STRICTER = {"a NUL instead of a line", "a line break between quotes"}
"""Pages of the text format that Prometheus reads and we refuse on purpose: it knows neither."""
QUOTE = "no closing quote on the line"
"""What we say of a line break between quotes, the one such difference that changes to a page lead to often."""

TABLE = (
    {f"text: {name}": Served("text", body) for name, body, _ in text.ACCEPTED}
    | {f"text: {name}": Served("text", body) for name, body, *_ in text.REFUSED}
    | {f"openmetrics: {name}": Served("openmetrics", body) for name, body, _ in openmetrics.ACCEPTED}
    | {f"openmetrics: {name}": Served("openmetrics", body) for name, body, *_ in openmetrics.REFUSED}
    | {f"openmetrics: {name}": Served("openmetrics", body) for name, body, *_ in openmetrics.STRICTER}
)
ALLOWED = {f"text: {name}" for name in STRICTER} | {f"openmetrics: {row[0]}" for row in openmetrics.STRICTER}
SOURCE = random.Random(20)
RANDOM = {f"drawn {number}": Served("text", draw(SOURCE, "text")) for number in range(DRAWN)} | {
    f"drawn {number}": Served("openmetrics", draw(SOURCE, "openmetrics")) for number in range(DRAWN, 2 * DRAWN)
}
WRITTEN = {f"written {scheme}": Served("openmetrics", encode(FAMILIES, "openmetrics", scheme))
           for scheme in ("allow-utf-8", "underscores", "dots", "values")}  # fmt: skip
PAGES = TABLE | RANDOM | WRITTEN
READ = {name: page.read() for name, page in PAGES.items()}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrometheusServer]:
    """A Prometheus that has scraped every page."""
    with serving(list(PAGES.values())) as port:
        jobs = [
            {
                "job_name": name,
                "metrics_path": f"/{number}",
                "static_configs": [{"targets": [f"127.0.0.1:{port}"]}],
            }
            for number, name in enumerate(PAGES)
        ]
        config = json.dumps({"global": {"scrape_interval": "5s", "scrape_timeout": "5s"}, "scrape_configs": jobs})
        with PrometheusServer.running(tmp_path_factory.mktemp("prometheus") / "pages", config=config) as running:
            until(lambda: by_job(running, "scrape_samples_scraped").keys() == PAGES.keys(), what="every scrape")
            yield running


def by_job(server: PrometheusServer, metric: str) -> dict[str, float]:
    return {series["metric"]["job"]: float(series["value"][1]) for series in server.query(metric, at=time.time())}


def test_prometheus_reads_and_refuses_the_same_pages(server: PrometheusServer) -> None:
    counts = by_job(server, "scrape_samples_scraped")
    theirs = {name: counts[name] if up else None for name, up in by_job(server, "up").items()}
    ours = {name: None if isinstance(page, ExpositionError) else len(page) for name, page in READ.items()}
    differences = {name for name in PAGES if ours[name] != theirs[name]}
    line_breaks = {name for name in RANDOM if QUOTE in str(READ[name])}
    assert differences - line_breaks == ALLOWED
    assert all(ours[name] is None for name in differences)
    assert len(differences & line_breaks) < DRAWN / 10


def test_drawn_pages_are_of_both_kinds() -> None:
    counts = Counter((page.format, isinstance(READ[name], ExpositionError)) for name, page in RANDOM.items())
    assert min(counts.values()) > DRAWN / 5
    assert len(counts) == 4


def identity(labels: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """Labels without the target's, bounds in one spelling; Prometheus takes blanks before a name as part of it."""
    numbers = {"le", "quantile"}
    return tuple(
        sorted(
            (name, canonical(value) if name in numbers else value.lstrip(" \t") if name == "__name__" else value)
            for name, value in labels.items()
            if value and name not in {"job", "instance"}
        )
    )


def series_of(page: Exposition) -> dict[tuple[tuple[str, str], ...], str]:
    """The first value of each series without a timestamp of its own, which may be too old to be stored."""
    found: dict[tuple[tuple[str, str], ...], str] = {}
    for index in range(len(page)):
        if page.timestamps[index] == NO_TIMESTAMP:
            labels = {"__name__": page.name(index), **dict(page.labels(index))}
            found.setdefault(identity(labels), str(page.values[index]))
    return found


def test_prometheus_stores_the_same_series_and_values(server: PrometheusServer) -> None:
    own = {"up", "scrape_duration_seconds", "scrape_samples_scraped", "scrape_samples_post_metric_relabeling",
           "scrape_series_added"}  # fmt: skip
    theirs: dict[str, dict[tuple[tuple[str, str], ...], str]] = {name: {} for name in PAGES}
    for series in server.query('{job=~".+",__name__=~".+"}', at=time.time()):
        metric = series["metric"]
        if metric["__name__"] not in own:
            theirs[metric["job"]][identity(metric)] = str(float(series["value"][1]))
    compared = [name for name, page in READ.items() if isinstance(page, Exposition) and not reports_itself(page, own)]
    ours = {name: series_of(page) for name in compared if isinstance(page := READ[name], Exposition)}
    assert {name: theirs[name] for name in compared} == ours
    assert sum(map(len, ours.values())) > DRAWN


def reports_itself(page: Exposition, own: set[str]) -> bool:
    return any(page.name(index) in own for index in range(len(page)))
