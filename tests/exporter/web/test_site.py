import gzip
import re
import socket

import httpx
import pytest

from exporter.page import Page
from exporter.settings import Address
from exporter.web.server import Listening
from native.exposition import Family, Sample
from tests.exporter.web.site import DATA, Gpus, gauge, site
from tests.servers import CLIENT, until


def test_each_path_answers_get_and_head() -> None:
    with site() as found:
        for path in ("/", "/metrics", "/health", "/-/healthy", "/-/ready"):
            full, head = (CLIENT.request(method, found.url + path) for method in ("GET", "HEAD"))
            assert (full.status_code, head.status_code, head.content) == (200, 200, b"")
            assert full.headers["Content-Type"] == head.headers["Content-Type"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/metrics/", 404),
        ("POST", "/metrics", 405),
        ("PUT", "/", 405),
        ("DELETE", "/-/ready", 405),
        ("GET", "/" + "x" * 10_000, 400),
    ],
)
def test_what_is_not_there_or_not_allowed_says_so(method: str, path: str, status: int) -> None:
    with site() as found:
        answer = CLIENT.request(method, found.url + path)
        assert answer.status_code == status
        assert (answer.headers.get("Allow") == "GET, HEAD") is (status == 405)


def test_a_body_is_neither_needed_nor_kept() -> None:
    with site() as found:
        assert CLIENT.request("GET", found.url + "/metrics", content=b"x" * 100_000).status_code == 200
        assert CLIENT.post(found.url + "/metrics", content=b"x" * 5_000_000).status_code == 405
        bomb = gzip.compress(bytes(100_000_000))
        answer = CLIENT.post(found.url + "/metrics", content=bomb, headers={"Content-Encoding": "gzip"})
        assert answer.status_code == 405


@pytest.mark.parametrize("count", [1, 20, 5000])
def test_gzip_holds_the_same_page(count: int) -> None:
    with site(Page(Gpus(gauge(count=count)), (), fresh=60)) as found:
        plain = CLIENT.get(found.url + "/metrics", headers={"Accept-Encoding": "identity"})
        with CLIENT.stream("GET", found.url + "/metrics", headers={"Accept-Encoding": "gzip"}) as answer:
            raw = b"".join(answer.iter_raw())
        assert answer.headers["Vary"] == "Accept, Accept-Encoding"
        assert answer.headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(raw) == plain.content
        assert f'g{{n="{count - 1}"}} {count - 1}\n'.encode() in plain.content


def test_the_page_says_in_which_form_it_is() -> None:
    with site() as found:
        answer = CLIENT.get(found.url + "/metrics", headers={"Accept": "text/plain;version=1.0.0;escaping=dots"})
        assert answer.headers["Content-Type"] == "text/plain; version=1.0.0; charset=utf-8; escaping=dots"


@pytest.mark.parametrize("timeout", ["10", "0.2", "1e-9", "-1", "nan", "inf", "soon", "", "0", "1" * 400])
def test_every_scrape_timeout_gets_the_page(timeout: str) -> None:
    with site(Page(Gpus(gauge(count=2000)), ())) as found:
        headers = {"X-Prometheus-Scrape-Timeout-Seconds": timeout, "Accept-Encoding": "gzip"}
        answer = CLIENT.get(found.url + "/metrics", headers=headers)
        assert (answer.status_code, answer.text.count("\ng{")) == (200, 2000)


def hostile(name: str) -> Family:
    labels = (("gpu", "0"), ("modelName", "<script>alert(1)</script>"), ("UUID", "GPU-1"), ("target", "a&b"))
    return Family(name, "gauge", "", (Sample(name, labels, 1.0), Sample(name, (("gpu", "1"),), 0.0)))


def test_the_landing_page_names_what_is_watched_without_letting_it_speak_html() -> None:
    with site(Page(Gpus(hostile("emberline_gpu_up"), hostile("emberline_target_up")), ())) as found:
        answer = CLIENT.get(found.url)
    assert "<li>0 &lt;script&gt;alert(1)&lt;/script&gt; GPU-1: up\n<li>1: down\n" in answer.text
    assert "<li>a&amp;b: up\n" in answer.text
    assert "<script" not in answer.text
    assert set(re.findall(r'href="([^"]*)"', answer.text)) == {"/metrics", "/-/healthy", "/-/ready"}
    assert "//" not in answer.text
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'"


def test_a_landing_page_without_gpus_says_so() -> None:
    with site() as found:
        assert "No GPU is known" in CLIENT.get(found.url).text


def test_a_series_that_cannot_be_spelt_costs_itself_alone() -> None:
    bad = Sample("g", (("l", "\ud800"),), 1.0)
    with site(Page(Gpus(Family("g", "gauge", "", (bad, Sample("g", (), 2.0)))), ())) as found:
        text = CLIENT.get(found.url + "/metrics").text
    assert "\ng 2\n" in text
    assert 'emberline_exporter_series_dropped_total{reason="invalid"} 1\n' in text
    assert 'emberline_exporter_series_dropped_total{reason="series"} 0\n' in text


@pytest.mark.parametrize("request_line", ["GET /metrics HTTP/1.0", "GET /metrics HTTP/1.1", "HEAD /metrics HTTP/1.1"])
@pytest.mark.parametrize("extra", ["", "Connection: close\r\n", "Connection: keep-alive\r\n"])
def test_every_kind_of_client_gets_the_same_fields(request_line: str, extra: str) -> None:
    with site(Page(Gpus(gauge(count=2000)), (), fresh=60), config=DATA / "good-headers.yml") as found:
        usual = CLIENT.get(found.url + "/metrics", headers={"Accept-Encoding": "identity"})
        with socket.create_connection((found.address.host, found.address.port), timeout=10) as client:
            client.sendall(f"{request_line}\r\nHost: x\r\n{extra}\r\n".encode())
            with client.makefile("rb") as answer:
                assert b" 200 OK" in answer.readline()
                fields = dict(line.decode().strip().lower().split(": ", 1) for line in iter(answer.readline, b"\r\n"))
                body = b"" if request_line.startswith("HEAD") else answer.read(len(usual.content))
    skipped = {"connection", "date"}
    assert {name: text for name, text in fields.items() if name not in skipped} == {
        name: text.lower() for name, text in usual.headers.items() if name not in skipped
    }
    assert body in {b"", usual.content}
    assert usual.headers["Date"].endswith(" GMT")


class Waiting(Gpus):
    settled = False


def test_readiness_names_what_it_waits_for_where_anybody_may_read_it() -> None:
    with site(Page(Waiting(), ())) as found:
        answer = CLIENT.get(found.url + "/-/ready")
    assert (answer.status_code, answer.text) == (503, "waiting for GPUs\n")


class Faulty(Gpus):
    def families(self, at: float) -> tuple[Family, ...]:
        raise ZeroDivisionError(at)


def test_a_fault_of_our_own_is_500_and_logged(caplog: pytest.LogCaptureFixture) -> None:
    with site(Page(Faulty(), ())) as found:
        assert CLIENT.get(found.url + "/metrics").status_code == 500
        assert CLIENT.get(found.url + "/-/healthy").status_code == 200
    assert [record.name for record in caplog.records] == ["exporter.web.server"]


def test_health_has_an_address_of_its_own_that_answers_nothing_else() -> None:
    with site(Page(Waiting(), ()), health=Address("127.0.0.1", 0)) as found:
        url = f"http://{health(found)}"
        codes = {path: CLIENT.get(url + path).status_code for path in ("/health", "/-/healthy", "/-/ready", "/metrics")}
        assert codes == {"/health": 200, "/-/healthy": 200, "/-/ready": 503, "/metrics": 404}
        assert CLIENT.get(url + "/-/ready").text == "waiting for what is configured\n"


def health(found: Listening) -> str:
    assert found.health is not None
    return str(found.health)


def test_more_pages_at_once_than_forty_are_told_to_come_again() -> None:
    larger_than_any_buffer = gauge(count=6000, pad="x" * 1000)
    with site(Page(Gpus(larger_than_any_buffer), (), fresh=60)) as found:
        sockets = []
        try:
            for _ in range(40):
                it = socket.create_connection((found.address.host, found.address.port))
                it.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
                it.recv(16)  # its answer is under way, and it reads no more of it
                sockets.append(it)
            refused = CLIENT.get(found.url + "/metrics")
            assert (refused.status_code, refused.headers["Retry-After"]) == (503, "1")
            assert "Limit of concurrent requests reached (40)" in refused.text
            assert CLIENT.get(found.url + "/-/healthy").status_code == 200
        finally:
            for it in sockets:
                it.close()
        until(lambda: CLIENT.get(found.url + "/metrics").status_code == httpx.codes.OK)
