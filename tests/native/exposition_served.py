"""Pages for a real Prometheus: those of the tables, and seeded drawn ones that are mostly slightly wrong."""

import random
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from native.exposition import Exposition, ExpositionError, Format, parse

CONTENT_TYPES: dict[Format, str] = {
    "text": "text/plain; version=1.0.0; charset=utf-8",
    "openmetrics": "application/openmetrics-text; version=1.0.0; charset=utf-8",
}

TOKENS = [
    b"a", b"up", b"le", b"{", b"}", b",", b"=", b'"', b"\\", b"\n", b"\r", b" ", b"\t", b"#", b"0", b"1", b".", b"e",
    b"-", b"+Inf", b"NaN", b"_", b":", b"\xc3\xa4", b"\xff", b"__name__", b'x="y"', b" # {", b"1e5", b"_total",
    b" 1.5", b'"a.b"', b"EOF", b"# EOF\n", b"# TYPE ", b"# UNIT ", b"0x1p3", b"1_0", b"infinity", b"\x01", b"'",
]  # fmt: skip
LINES = [
    b"a 1\n", b'a{b="c"} 2\n', b'a{b="c",d="e"} 3\n', b'a{b="c",d="f"} 3\n', b'{"a.b"} 4\n', b'{"a.b",c="d"} 5\n',
    b'{c="d","a.b"} 5\n', b'{"a.b","c.d"="e f"} 6\n', b"# TYPE a counter\n", b'# HELP a some "text" \\n\n',
    b'# TYPE "a.b" gauge\n', b'# HELP "a.b" x\n', b'a{b="\\"\\\\\\n"} 1\n', b"a_total 1\n",
    b'# TYPE a histogram\na_bucket{le="1"} 1\n',
]  # fmt: skip
OWN_LINES: dict[Format, list[bytes]] = {
    "text": [b'  a  { b = "c" , d="e" }  1\n', b"# a comment\n", b"\n", b"#\n", b"# TYPE a untyped\n", b"a 1 1\n"],
    "openmetrics": [
        b'a 1 # {t="u"} 1\n', b'a 1 # {t="u",v="w"} 1 2\n', b"# UNIT a_s s\n", b"# TYPE a info\n", b"a 1 1.5\n",
        b"# TYPE a unknown\n", b'a{b="d"} 1 1.5 # {t="u",} NaN\n',
    ],
}  # fmt: skip


def draw(source: random.Random, page_format: Format) -> bytes:
    """Some lines, and up to three changes."""
    pool = LINES + OWN_LINES[page_format]
    body = bytearray(b"".join(source.choices(pool, k=source.randrange(1, 4))))
    body += b"# EOF\n" if page_format == "openmetrics" else b""
    for _ in range(source.choice([0, 1, 1, 1, 2, 3])):
        at, gone = source.randrange(len(body) + 1), source.choice([0, 0, 1, 1, 2, 3])
        body[at : at + gone] = source.choice([*TOKENS, b"", b"", b""])
    return bytes(body)


@dataclass(frozen=True, slots=True)
class Served:
    """A page and the format it is sent as."""

    format: Format
    body: bytes

    def read(self) -> Exposition | ExpositionError:
        """What we make of it."""
        try:
            return parse(self.body, format=self.format)
        except ExpositionError as error:
            return error


class _Server(ThreadingHTTPServer):
    request_queue_size = 512

    def __init__(self, pages: list[Served]) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.pages = pages


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        page = self.server.pages[int(self.path.removeprefix("/"))]
        self.send_response(200)
        self.send_header("Content-Type", CONTENT_TYPES[page.format])
        self.send_header("Content-Length", str(len(page.body)))
        self.end_headers()
        self.wfile.write(page.body)

    def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - the name http.server gives it
        """Keep silent."""


@contextmanager
def serving(pages: list[Served]) -> Iterator[int]:
    """The port that answers with each page under its number."""
    with _Server(pages) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()
