"""Real servers on loopback whose behaviour a test changes while they run: captured bodies, and every fault."""

import socket
import threading
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

from tests.exporter.targets.asked import captured

Behaviour = Callable[["Handler"], None]
Bodies = Mapping[str, tuple[int, bytes]]

VLLM: Bodies = {
    "/health": (200, b""),
    "/v1/models": (200, captured("vllm/cold_v1_models.json")),
    "/metrics": (200, captured("vllm/during_load_02.prom")),
}
MILVUS: Bodies = {
    "/healthz": (200, captured("milvus/healthz_json")),
    "/metrics": (200, captured("milvus/after_load_metrics.prom")),
    "/v1/vector/collections": (200, captured("milvus/v1_collections.json")),
    "/v1/vector/collections/describe": (200, captured("milvus/v1_collections_describe.json")),
}


class Server:
    """One server on a port of its own, which stays the same when it is stopped and started."""

    def __init__(self, behaviour: Behaviour) -> None:
        self.behaviour = behaviour
        self.port = 0
        self._closing = threading.Event()
        self._http: ThreadingHTTPServer | None = None
        self._kept: socket.socket | None = None

    @property
    def url(self) -> str:
        """Where it is, listening or not."""
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Listen."""
        self._let_go()
        self._closing = threading.Event()
        self._http = ThreadingHTTPServer(("127.0.0.1", self.port), partial(Handler, self, self._closing))
        self.port = self._http.server_address[1]
        threading.Thread(target=self._http.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        """Listen no longer and break off what is going on; the port is kept, so that nobody else listens there."""
        self._closing.set()
        if self._http is None:
            return
        self._http.shutdown()
        self._http.server_close()
        self._http = None
        self._kept = socket.socket()
        self._kept.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._kept.bind(("127.0.0.1", self.port))

    def _let_go(self) -> None:
        if self._kept is not None:
            self._kept.close()
            self._kept = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        del kind, error, at
        self.stop()
        self._let_go()


class Handler(BaseHTTPRequestHandler):
    """One connection; `closing` is set when the server stops."""

    def __init__(
        self,
        server: Server,
        closing: threading.Event,
        request: socket.socket,
        client: tuple[str, int],
        http: ThreadingHTTPServer,
    ) -> None:
        self.scripted = server
        self.closing = closing
        with suppress(OSError):
            super().__init__(request, client, http)

    def do_GET(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length", "0")))
        self.scripted.behaviour(self)

    do_POST = do_GET  # noqa: N815 - the name that http.server calls

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in the standard library
        pass

    def reply(self, status: int, body: bytes, **headers: str) -> None:
        """A whole response."""
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def serves(bodies: Bodies) -> Behaviour:
    """Answers like the real server that was captured; 404 for what it does not know."""

    def behave(handler: Handler) -> None:
        handler.reply(*bodies.get(handler.path.partition("?")[0], (404, b"404 page not found")))

    return behave


def hangs(handler: Handler) -> None:
    """Accepts, and never says a byte."""
    handler.closing.wait(30)


def drips(handler: Handler) -> None:
    """A body that comes byte by byte and never ends in time."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    for _ in range(1000):
        handler.wfile.write(b"#")
        if handler.closing.wait(0.02):
            return


def never_ends(handler: Handler) -> None:
    """A body without length and without end."""
    handler.send_response(200)
    handler.end_headers()
    while not handler.closing.is_set():
        handler.wfile.write(b"# endless\n" * 6_554)


def goes_on_informing(handler: Handler) -> None:
    """Answers before the answer, without end."""
    while not handler.closing.is_set():
        handler.wfile.write(b"HTTP/1.1 100 Continue\r\n\r\n" * 2_000)


def talks_garbage(handler: Handler) -> None:
    """The right status, and a body of nothing known."""
    handler.reply(200, b"\x00\xff{ nothing known <html>\n")


def is_no_http(handler: Handler) -> None:
    """Bytes of another protocol."""
    handler.wfile.write(b"\x15\x03\x01\x00\x02\x02\x46\r\n\r\n")


def has_huge_headers(handler: Handler) -> None:
    """A head of one megabyte."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nX-Fill: " + b"x" * 1_000_000 + b"\r\nContent-Length: 0\r\n\r\n")


def fails(handler: Handler) -> None:
    """Status 503."""
    handler.reply(503, b"")


def redirects(handler: Handler) -> None:
    """Sends the client to where all would be well."""
    if handler.path.startswith("/elsewhere"):
        serves(VLLM)(handler)
    else:
        handler.reply(302, b"", Location="/elsewhere/health")


def compresses(handler: Handler) -> None:
    """A small body that would unpack to anything."""
    handler.reply(200, b"\x1f\x8b", Content_Encoding="gzip")


def breaks_off(handler: Handler) -> None:
    """Less body than announced."""
    handler.send_response(200)
    handler.send_header("Content-Length", "1000")
    handler.end_headers()
    handler.wfile.write(b"# half\n")
