"""A real Prometheus accepts and refuses the same pages."""

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from tests.native.exposition_pages import ACCEPTED, REFUSED
from tests.servers import PrometheusServer, StartPrometheus, until

PAGES = {row[0]: row[1] for row in ACCEPTED} | {row[0]: row[1] for row in REFUSED}

# Read by Prometheus, refused by us on purpose: the text format knows neither.
STRICTER = {"a NUL instead of a line", "a line break between quotes"}


class Pages(BaseHTTPRequestHandler):
    """Each page under its number."""

    def do_GET(self) -> None:
        body = list(PAGES.values())[int(self.path.removeprefix("/"))]
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=1.0.0; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the name http.server gives it
        """Keep silent."""


@contextmanager
def serving() -> Iterator[int]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Pages) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def test_prometheus_reads_and_refuses_the_same_pages(prometheus: StartPrometheus) -> None:
    with serving() as port:
        jobs = [
            {
                "job_name": name,
                "metrics_path": f"/{number}",
                "static_configs": [{"targets": [f"127.0.0.1:{port}"]}],
            }
            for number, name in enumerate(PAGES)
        ]
        config = {"global": {"scrape_interval": "2s", "scrape_timeout": "2s"}, "scrape_configs": jobs}
        server = prometheus(config=json.dumps(config))

        def scraped() -> dict[str, float]:
            """Samples of each page: 0 and `up` 0 where it is refused."""
            counts = by_job(server, "scrape_samples_scraped")
            return counts if counts.keys() == PAGES.keys() else {}

        counts = until(scraped, what="a scrape of every page")
        up = {name for name, value in by_job(server, "up").items() if value == 1}
    assert up == {name for name, *_ in ACCEPTED} | STRICTER
    assert {name: counts[name] for name, *_ in ACCEPTED} == {name: len(samples) for name, _, samples in ACCEPTED}


def by_job(server: PrometheusServer, metric: str) -> dict[str, float]:
    return {series["metric"]["job"]: float(series["value"][1]) for series in server.query(metric, at=time.time())}
