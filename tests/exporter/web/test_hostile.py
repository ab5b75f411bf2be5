"""Clients that are slow, greedy or mad: each is cut off, and the scraper beside them notices nothing."""

import logging
import os
import socket
import ssl
import struct
import threading
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from exporter.page import Page
from exporter.web.connections import Patience
from exporter.web.server import Listening
from tests.exporter.web.site import DATA, Gpus, gauge, site, trusting
from tests.servers import CLIENT, until

QUICK = Patience(first=0.3, request=0.3, idle=0.3)


def connect(found: Listening) -> socket.socket:
    return socket.create_connection((found.address.host, found.address.port), timeout=10)


def ended(client: socket.socket) -> bool:
    try:
        while client.recv(65_536):
            pass
    except ConnectionResetError:
        pass
    return True


@pytest.mark.parametrize("sent", [b"", b"GET /metrics HTTP/1.1\r\nHost: x\r\nX-Slow: "])
def test_a_client_that_never_finishes_its_request_is_cut_off(sent: bytes) -> None:
    with site(patience=QUICK) as found, connect(found) as client:
        client.sendall(sent)
        began = time.monotonic()
        assert ended(client)
        assert time.monotonic() - began < 5


def test_a_drop_now_and_then_does_not_keep_a_connection_open() -> None:
    with site(patience=QUICK) as found, connect(found) as client:
        client.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\n")
        with pytest.raises(OSError, match=r"reset|Broken pipe"):
            drip(client, 5)


def drip(client: socket.socket, seconds: float) -> None:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        client.sendall(b"X-A: b\r\n")
        time.sleep(0.02)  # the rhythm of the attack


def test_a_client_that_reads_nothing_is_cut_off() -> None:
    page = Page(Gpus(gauge(count=3000, pad="x" * 1000)), (), fresh=60)
    page.render()
    with site(page, patience=QUICK) as found, connect(found) as client:
        client.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n" * 8)
        until(lambda: gone(client), what="the end of the connection")


def gone(client: socket.socket) -> bool:
    """Whether the other side has given up, seen without reading."""
    return client.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 1)[0] == 7  # closed


def test_the_patient_scraper_keeps_its_connection() -> None:
    with site(patience=Patience(first=0.3, request=0.3, idle=30)) as found, connect(found) as client:
        for _ in range(3):
            client.sendall(b"GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n")
            assert client.recv(4096).startswith(b"HTTP/1.1 200")
            time.sleep(0.4)  # longer than a first request may take


def test_when_there_are_too_many_the_one_that_waited_longest_makes_room() -> None:
    with site(patience=Patience(connections=8)) as found, ExitStack() as stack:
        flood = [stack.enter_context(connect(found)) for _ in range(40)]
        assert CLIENT.get(found.url + "/metrics").status_code == 200
        assert ended(flood[0])


@pytest.mark.parametrize("sent", [b"GET /" + b"a" * 20_000 + b" HTTP/1.1\r\nHost: x\r\n\r\n", b"\x16\x03\x01\r\n\r\n"])
def test_a_bad_request_is_answered_and_not_logged(sent: bytes, caplog: pytest.LogCaptureFixture) -> None:
    with site() as found, connect(found) as client:
        client.sendall(sent)
        assert b" 400 " in client.recv(4096)
    assert caplog.records == []


@pytest.mark.parametrize(
    "fields", [b"X-Fill: " + b"x" * 20_000 + b"\r\n", b"".join(b"X-%d: 1\r\n" % number for number in range(500))]
)
def test_headers_beyond_reason_are_refused(fields: bytes) -> None:
    with site() as found, connect(found) as client:
        client.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\n" + fields + b"\r\n")
        assert b" 400 " in client.recv(4096)


def test_a_thousand_aborted_requests_leave_nothing_behind(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with site(Page(Gpus(gauge(count=2000)), ())) as found:
        assert CLIENT.get(found.url + "/metrics").status_code == 200
        before = descriptors()
        for _ in range(1000):
            with connect(found) as client:
                client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
                client.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
        until(lambda: descriptors() <= before, what="the descriptors of before")
        assert CLIENT.get(found.url + "/metrics").status_code == 200
    assert [record for record in caplog.records if record.name != "httpx"] == []


def descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def test_no_thread_and_no_descriptor_outlives_the_server() -> None:
    def visit() -> None:
        with site(config=DATA / "good-users-tls.yml") as found, trusting() as client, connect(found) as half:
            half.sendall(b"\x16\x03\x01")
            assert client.get(f"{found.url}/metrics", auth=("nobody", "x")).status_code == 401
            assert client.get(f"{found.url}/metrics").status_code == 401

    visit()
    before, threads = descriptors(), threading.active_count()
    visit()
    assert (descriptors(), threading.active_count()) == (before, threads)


def test_handshakes_that_never_end_keep_nobody_out(caplog: pytest.LogCaptureFixture) -> None:
    patience = Patience(first=0.5)
    with site(config=DATA / "good-tls.yml", patience=patience) as found, ExitStack() as stack:
        stuck = [stack.enter_context(connect(found)) for _ in range(16)]
        for client in stuck:
            client.sendall(b"\x16\x03\x01")
        context = ssl.create_default_context(cafile=DATA / "ca.pem")
        with connect(found) as plain, context.wrap_socket(plain, server_hostname="localhost") as client:
            client.sendall(b"GET /-/healthy HTTP/1.1\r\nHost: x\r\n\r\n")
            assert client.recv(4096).startswith(b"HTTP/1.1 200")
        assert all(ended(client) for client in stuck)
    assert caplog.records == []


def test_plain_http_to_a_tls_server_is_closed_and_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    with site(config=DATA / "good-tls.yml") as found, connect(found) as client:
        client.sendall(b"GET /metrics HTTP/1.1\r\nHost: x\r\n\r\n")
        assert ended(client)
    assert caplog.records == []


def test_the_tests_see_descriptors_that_leak() -> None:
    before = descriptors()
    leaked = os.open(os.devnull, os.O_RDONLY)
    try:
        assert descriptors() == before + 1
    finally:
        os.close(leaked)
