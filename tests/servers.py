"""Real servers for tests, as `scripts/fetch-servers` caches them: Prometheus, promtool, amtool, Chromium.

The fixtures below come with `tests/conftest.py`; a test asks for what it needs by name:

    def test_rules_pass(promtool: Path, tmp_path: Path) -> None:
        subprocess.run([promtool, "check", "rules", tmp_path / "rules.yaml"], check=True)

    def test_agrees(prometheus: StartPrometheus) -> None:
        server = prometheus(config="scrape_configs: ...", rules={"r.yaml": text}, backfill=openmetrics_text)
        assert server.query("up", at=1_700_000_000) == [{"metric": {...}, "value": [1700000000, "1"]}]

`prometheus` starts as many servers as it is called, each on its own port and in its own folder, ready when it
returns and ended with the test. Rule files are loaded (`rule_files: [rules/*]`); `backfill` becomes blocks
through promtool before the start. A target's first scrape comes 5 to 8 s after the start: poll with `until`.
`PrometheusServer.running` is the same as a context manager for module-scoped fixtures.

A test whose server cannot be had is skipped, counted and named at the end; with `CI=true` it fails.
"""

import os
import re
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, TypeVar

import httpx
import pytest

PROJECT = Path(__file__).resolve().parent.parent
START_SECONDS = 30.0
STOP_SECONDS = 10.0
MISSING = "needs a server: "
DEFAULT_CONFIG = "global: {scrape_interval: 1s, evaluation_interval: 1s}\n"
CLIENT = httpx.Client(timeout=30, limits=httpx.Limits(max_keepalive_connections=0))
"""One for all servers: each client reads the machine's certificates, which takes longer than most questions do. It
leaves no connection behind for which a server would wait when it ends."""
YEARS = "--storage.tsdb.retention.time=100y"  # back-filled samples may be old

T = TypeVar("T")


def require(found: Path | None, name: str) -> Path:
    """The path of a server's binary; the test is skipped without it, and fails under `CI=true`."""
    if found is not None:
        return found
    message = f"{MISSING}{name} (scripts/fetch-servers {name})"
    if os.environ.get("CI") == "true":
        pytest.fail(message, pytrace=False)
    pytest.skip(message)


def binary(name: str, series: str, server: str = "") -> Path:
    """The newest cached binary of a release series: `binary("promtool", "3.5", "prometheus")`."""
    server = server or name
    cache = Path(os.environ.get("EMBERLINE_SERVERS") or PROJECT / ".cache" / "servers")
    found = [path for path in cache.glob(f"{server}-{series}.*/{name}") if os.access(path, os.X_OK)]
    return require(max(found, key=lambda path: path.stat().st_mtime, default=None), f"{server}-{series}")


def until(ask: Callable[[], T], seconds: float = START_SECONDS, what: str = "the condition") -> T:
    """The first truthy answer of a question, asked over and over; a test fails when the time is over."""
    deadline = time.monotonic() + seconds
    while not (answer := ask()):
        if time.monotonic() > deadline:
            pytest.fail(f"{what} did not come within {seconds:g} s (last answer: {answer!r})", pytrace=False)
        time.sleep(0.05)
    return answer


@contextmanager
def process(command: list[str | Path], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A running child with its output in a file, always ended: SIGTERM, and SIGKILL after a deadline."""
    with log.open("wb") as output:
        child = subprocess.Popen(command, stdout=output, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
    try:
        yield child
    finally:
        child.terminate()
        try:
            child.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def listening(child: subprocess.Popen[bytes], log: Path) -> str:
    """The base URL that a Prometheus or Alertmanager logs once it listens; the port is the system's choice."""

    def port() -> str:
        text = log.read_text(encoding="utf-8", errors="replace")
        if child.poll() is not None:
            pytest.fail(f"{child.args!r} ended with {child.returncode}:\n{text[-3000:]}", pytrace=False)
        found = re.search(r'msg="Listening on".* address=127\.0\.0\.1:(\d+)', text)
        return found[1] if found else ""

    return f"http://127.0.0.1:{until(port, what='the listening address')}"


@dataclass(frozen=True, slots=True)
class PrometheusServer:
    """A running Prometheus: base URL without a slash at its end, and its folder (configuration, rules, data, log)."""

    url: str
    folder: Path

    def get(self, path: str, **parameters: object) -> Any:  # noqa: ANN401  JSON of any shape
        """The `data` of an API answer, `get("targets", state="active")`; the server's error text otherwise."""
        answer = CLIENT.get(f"{self.url}/api/v1/{path}", params={k: str(v) for k, v in parameters.items()})
        body = answer.json()
        assert body["status"] == "success", f"{path} {parameters}: {body}"
        return body["data"]

    def query(self, expression: str, at: float) -> list[dict[str, Any]]:
        """The instant vector of an expression at a time in seconds since the epoch."""
        result: list[dict[str, Any]] = self.get("query", query=expression, time=at)["result"]
        return result

    def query_range(self, expression: str, start: float, end: float, step: float) -> list[dict[str, Any]]:
        """The matrix of an expression; times and step in seconds."""
        found = self.get("query_range", query=expression, start=start, end=end, step=step)
        result: list[dict[str, Any]] = found["result"]
        return result

    def reload(self) -> None:
        """Read configuration and rules again."""
        CLIENT.post(f"{self.url}/-/reload").raise_for_status()

    @classmethod
    @contextmanager
    def running(
        cls,
        folder: Path,
        *,
        config: str = DEFAULT_CONFIG,
        rules: Mapping[str, str] | None = None,
        backfill: str = "",
        arguments: tuple[str, ...] = (),
        series: str = "3.5",
    ) -> Iterator["PrometheusServer"]:
        """A server on a free loopback port, ready for queries, ended at the end of the block."""
        server = binary("prometheus", series)
        (folder / "rules").mkdir(parents=True)
        for name, text in (rules or {}).items():
            (folder / "rules" / name).write_text(text, encoding="utf-8")
        loads = "" if "rule_files:" in config else "rule_files: [rules/*]\n"
        (folder / "prometheus.yml").write_text(config.rstrip("\n") + "\n" + loads, encoding="utf-8")
        if backfill:
            create_blocks(backfill, folder / "data", series)
        flags = ["--web.listen-address=127.0.0.1:0", "--web.enable-lifecycle", YEARS, *arguments]
        paths = [f"--config.file={folder / 'prometheus.yml'}", f"--storage.tsdb.path={folder / 'data'}"]
        with process([server, *flags, *paths], folder / "log") as child:
            url = listening(child, folder / "log")
            until(lambda: _ready(url), what=f"{url}/-/ready")
            yield cls(url, folder)


def create_blocks(openmetrics: str, data: Path, series: str = "3.5") -> None:
    """Back-fill a Prometheus data folder with blocks from OpenMetrics text (times in seconds, `# EOF` at its end)."""
    data.mkdir(parents=True, exist_ok=True)
    source = data.parent / "backfill.om"
    source.write_text(openmetrics, encoding="utf-8")
    tool = binary("promtool", series, "prometheus")
    command: list[str | Path] = [tool, "tsdb", "create-blocks-from", "openmetrics", source, data]
    run = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert run.returncode == 0, run.stderr


def _ready(url: str) -> bool:
    try:
        return CLIENT.get(f"{url}/-/ready", timeout=5).status_code == httpx.codes.OK
    except httpx.TransportError:
        return False


class StartPrometheus(Protocol):
    """The `prometheus` fixture: starts a server with what `PrometheusServer.running` takes besides its folder."""

    def __call__(
        self,
        *,
        config: str = ...,
        rules: Mapping[str, str] | None = ...,
        backfill: str = ...,
        arguments: tuple[str, ...] = ...,
        series: str = ...,
    ) -> PrometheusServer:
        """A ready server."""


@pytest.fixture
def prometheus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StartPrometheus]:
    """Starts Prometheus servers that end with the test."""
    with ExitStack() as stack:

        def start(**given: Any) -> PrometheusServer:  # noqa: ANN401  typed by StartPrometheus
            folder = tmp_path_factory.mktemp("prometheus")
            return stack.enter_context(PrometheusServer.running(folder, **given))

        yield start


@pytest.fixture(scope="session")
def promtool() -> Path:
    """The promtool of Prometheus 3.5."""
    return binary("promtool", "3.5", "prometheus")


@pytest.fixture(scope="session")
def amtool() -> Path:
    """The amtool of Alertmanager 0.33."""
    return binary("amtool", "0.33", "alertmanager")


@pytest.fixture(scope="session")
def chromium() -> Path:
    """A Chromium for headless use."""
    found = next((path for name in ("chromium", "chromium-browser") if (path := shutil.which(name))), None)
    return require(Path(found) if found else None, "chromium")
