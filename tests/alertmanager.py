"""A real Alertmanager for tests, and the people and machines that it notifies.

with Webhooks.listening() as hooks, AlertmanagerServer.running(tmp_path / "am", config) as server:
    server.post([{"alertname": "Down"}])
    until(lambda: hooks.told, what="a notification")
"""

import json
import threading
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx

from tests.servers import CLIENT, binary, listening, process, require, until

TEMPLATES = Path("/usr/share/prometheus/alertmanager")
"""Where Debian's build reads its templates at its start; others have them built in."""


@dataclass(frozen=True, slots=True)
class Told:
    """One alert of one notification: who was meant, where it went, and what it said."""

    receiver: str
    path: str
    authorization: str
    status: str
    labels: Mapping[str, str]


class _Server(ThreadingHTTPServer):
    request_queue_size = 1024  # an Alertmanager tells of all groups at once


@dataclass(frozen=True, slots=True)
class Webhooks:
    """An HTTP server that takes every notification; base URL without a slash at its end."""

    url: str
    told: list[Told] = field(default_factory=list)

    @classmethod
    @contextmanager
    def listening(cls) -> Iterator["Webhooks"]:
        """Webhooks on a free loopback port, gone at the end of the block."""
        told: list[Told] = []

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                authorization = self.headers.get("Authorization", "")
                told.extend(
                    Told(body["receiver"], self.path, authorization, alert["status"], alert["labels"])
                    for alert in body["alerts"]
                )
                self.send_response(202)
                self.end_headers()

            def log_message(self, *_: object) -> None:
                """Keep quiet."""

        with _Server(("127.0.0.1", 0), Handler) as server:
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
            thread.start()
            try:
                yield cls(f"http://127.0.0.1:{server.server_port}", told)
            finally:
                server.shutdown()
                thread.join()


@dataclass(frozen=True, slots=True)
class AlertmanagerServer:
    """A running Alertmanager: base URL without a slash at its end."""

    url: str

    def post(self, alerts: Iterable[Mapping[str, str]], lasting: timedelta = timedelta(hours=1)) -> None:
        """Let alerts of these label sets fire from now on; one that lasts no time is resolved."""
        until_then = (datetime.now(UTC) + lasting).isoformat()
        body = [{"labels": dict(labels), "endsAt": until_then} for labels in alerts]
        CLIENT.post(f"{self.url}/api/v2/alerts", json=body, timeout=30).raise_for_status()

    @classmethod
    @contextmanager
    def running(cls, folder: Path, config: str, series: str = "0.33") -> Iterator["AlertmanagerServer"]:
        """A server on a free loopback port, alone, ready for alerts, ended at the end of the block."""
        server = binary("alertmanager", series)
        if not all((TEMPLATES / template.name).exists() for template in server.parent.glob("*.tmpl")):
            require(None, f"alertmanager-{series}")
        folder.mkdir(parents=True)
        (folder / "am.yml").write_text(config, encoding="utf-8")
        paths = [f"--config.file={folder / 'am.yml'}", f"--storage.path={folder / 'data'}"]
        flags = ["--web.listen-address=127.0.0.1:0", "--cluster.listen-address="]
        with process([server, *flags, *paths], folder / "log") as child:
            url = listening(child, folder / "log")
            until(lambda: _ready(url), what=f"{url}/-/ready")
            yield cls(url)


def _ready(url: str) -> bool:
    try:
        return CLIENT.get(f"{url}/-/ready", timeout=5).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False
