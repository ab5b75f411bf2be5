"""Prometheus 2.42 and 3.5 as clients: what they really send, and a guarded page that they can really scrape."""

from collections.abc import Iterator
from contextlib import ExitStack
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest

from exporter.page import Page
from exporter.web.server import Listening
from tests.exporter.web.site import DATA, Gpus, gauge, site
from tests.exporter.web.test_negotiation import PROMETHEUS_2_42, PROMETHEUS_3_5
from tests.exporter.web.test_users import PASSWORD
from tests.servers import PrometheusServer, until

SENT = {"2.42": PROMETHEUS_2_42, "3.5": PROMETHEUS_3_5}
HASH = "$2y$10$QOauhQNbBCuQDKes6eFzPeMqBSjb7Mr5DUmpZ/VcEd00UAV/LDeSi"
CONFIG = """
global: {{scrape_interval: 3s, scrape_timeout: 3s}}
scrape_configs:
- job_name: guarded
  scheme: https
  basic_auth: {{username: prometheus, password: {password}}}
  tls_config: {{ca_file: {data}/ca.pem, cert_file: {data}/client.pem, key_file: {data}/client.key}}
  static_configs: [{{targets: ['{guarded}']}}]
- job_name: unknown
  scheme: https
  basic_auth: {{username: prometheus, password: wrong}}
  tls_config: {{ca_file: {data}/ca.pem, cert_file: {data}/client.pem, key_file: {data}/client.key}}
  static_configs: [{{targets: ['{guarded}']}}]
- job_name: stranger
  scheme: https
  basic_auth: {{username: prometheus, password: {password}}}
  tls_config: {{ca_file: {data}/ca.pem}}
  static_configs: [{{targets: ['{guarded}']}}]
- job_name: captured
  static_configs: [{{targets: ['{captured}']}}]
"""


class Capture(ThreadingHTTPServer):
    """Keeps the headers of the newest request by the client's version."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Keep)
        self.headers: dict[str, dict[str, str]] = {}


class _Keep(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, Capture)
        version = self.headers["User-Agent"].partition("/")[2].rpartition(".")[0]
        self.server.headers[version] = dict(self.headers.items())
        self.send_response(200)
        self.send_header("Content-Type", "text/plain; version=0.0.4")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing."""


@pytest.fixture(scope="module")
def capture() -> Iterator[Capture]:
    with Capture() as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        yield server
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Listening]:
    path = tmp_path_factory.mktemp("web") / "web.yml"
    text = (DATA / "good-client-certificates.yml").read_text()
    for name in ("server.pem", "server.key", "ca.pem"):
        text = text.replace(f" {name}", f" {DATA / name}")
    path.write_text(f"{text}basic_auth_users: {{prometheus: '{HASH}'}}\n")
    with site(Page(Gpus(gauge(count=500)), ()), config=path) as found:
        yield found


@pytest.fixture(scope="module")
def servers(
    tmp_path_factory: pytest.TempPathFactory, guarded: Listening, capture: Capture
) -> Iterator[dict[str, PrometheusServer]]:
    """Both at once, since each takes seconds to its first scrape."""
    config = CONFIG.format(
        password=PASSWORD, data=DATA, guarded=guarded.address, captured=f"127.0.0.1:{capture.server_port}"
    )
    with ExitStack() as stack:
        folder: Path = tmp_path_factory.mktemp("prometheus")
        yield {
            series: stack.enter_context(PrometheusServer.running(folder / series, config=config, series=series))
            for series in SENT
        }


def health(server: PrometheusServer) -> dict[str, tuple[str, str]]:
    found = {it["labels"]["job"]: (it["health"], it["lastError"]) for it in server.get("targets")["activeTargets"]}
    return {} if any(state == "unknown" for state, _ in found.values()) else found


@pytest.mark.parametrize("series", SENT)
def test_a_guarded_page_is_scraped_with_certificate_and_password_and_not_without(
    servers: dict[str, PrometheusServer], series: str
) -> None:
    refused = ("down", "server returned HTTP status 401 Unauthorized")
    until(lambda: health(servers[series]).get("guarded") == ("up", ""), what="the guarded page")
    until(lambda: health(servers[series]).get("unknown") == refused, what="a refusal")
    assert health(servers[series])["stranger"][0] == "down"


@pytest.mark.parametrize("series", SENT)
def test_the_headers_that_the_negotiation_is_tested_with_are_those_sent(
    servers: dict[str, PrometheusServer], capture: Capture, series: str
) -> None:
    assert series in servers
    headers = until(lambda: capture.headers.get(series, {}), what="a scrape")
    assert headers["Accept"] == SENT[series]
    assert headers["Accept-Encoding"] == "gzip"
    assert float(headers["X-Prometheus-Scrape-Timeout-Seconds"]) == 3
