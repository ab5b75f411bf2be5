"""The node process beside inference servers that replay captures: `python -m bench.node`.

What parsing a target's page costs beside prometheus_client; and what all processes of the exporter take while they read
eight simulated GPUs and probe four vLLM, one Milvus and one server that never answers, and a scraper comes, all every
fifteen seconds, and a kubelet lists a hundred pods, of which nine hold the GPUs.
"""

import re
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Final

import httpx
from prometheus_client.parser import text_string_to_metric_families

from bench.runner.measure import Candidates, Floor, Race, Report, arguments
from bench.runner.processes import family, processor_seconds, proportional
from exporter.pods.resources import Pod
from exporter.targets.answer import Failed
from exporter.targets.document import read_page
from exporter.targets.vllm.load import load
from native.exposition import Exposition, kernel, parse
from tests.exporter.faulty import Server, hangs
from tests.exporter.pods.kubelet import FakeKubelet, holding, lists

CAPTURES: Final = Path(__file__).parents[1] / "tests" / "data" / "captures"
VLLM: Final = {
    "/metrics": "vllm/during_load_08.prom",
    "/v1/models": "vllm/cold_v1_models.json",
    "/health": "",
}
MILVUS: Final = {
    "/metrics": "milvus/after_load_metrics.prom",
    "/healthz": "milvus/healthz_json",
    "/v1/vector/collections": "milvus/v1_collections.json",
    "/v1/vector/collections/describe": "milvus/v1_collections_describe.json",
}
EVERY: Final = 15.0
ROUNDS: Final = 4
"""Scrapes that are measured, after one that is not."""
PODS: Final = 100
HELD: Final = (*(f"nvidia{gpu}" for gpu in range(7)), "nvidia7/vgpu0", "nvidia7/vgpu1")
_CLIENT: Final = httpx.Client(timeout=10)
CORE: Final = 0.03
MEMORY: Final = 150 << 20
CLIENT, OURS, READ = "prometheus_client", "native.exposition", "  and all that is read of it"


class Replay(BaseHTTPRequestHandler):
    """Answers with captures; each metrics page has other numbers than the one before, and the same layout."""

    served = 0

    def __init__(
        self, bodies: dict[str, bytes], request: socket.socket, client: tuple[str, int], server: ThreadingHTTPServer
    ) -> None:
        """Serve these."""
        self.bodies = bodies
        super().__init__(request, client, server)

    def do_GET(self) -> None:
        """One answer."""
        path = self.path.partition("?")[0]
        body = self.bodies.get(path)
        if path == "/metrics" and body is not None:
            Replay.served += 1
            body = advanced(body, Replay.served)
        self.send_response(404 if body is None else 200)
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")

    do_POST = do_GET  # noqa: N815 - the name that http.server calls

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the name in the standard library
        """Nothing."""


def advanced(body: bytes, times: int) -> bytes:
    """The page some requests later: every count of a histogram and every counter of tokens has risen."""

    def rise(line: re.Match[bytes]) -> bytes:
        return b"%s %r" % (line[1], float(line[2]) + times)

    return re.sub(rb"(?m)^(\w[\w:]*(?:_count|_tokens_total)(?:\{[^}]*\})?) (\S+)$", rise, body)


@contextmanager
def serving(captures: dict[str, str]) -> Iterator[str]:
    """A server on a free port."""
    bodies = {path: (CAPTURES / name).read_bytes() if name else b"" for path, name in captures.items()}
    bodies |= {"/version": b'{"version": "0.32.0"}'} if "/v1/models" in captures else {}
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Replay, bodies))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    server.server_close()


def race_pages(report: Report, rounds: int) -> None:
    """A page whose numbers changed and whose layout did not."""
    for label, name in (("vLLM", VLLM["/metrics"]), ("Milvus", MILVUS["/metrics"])):
        body, known = (advanced((CAPTURES / name).read_bytes(), step) for step in (1, 2))
        shown = parse(known)
        text = body.decode()
        theirs = by_client(text)
        assert len(parse(body)) == theirs
        candidates: Candidates = {
            CLIENT: partial(by_client, text),
            OURS: partial(parse, body, known=shown),
            READ: partial(read, body, shown),
        }
        race = Race.run(f"parse {label}, {theirs} samples", candidates, rounds)
        report.race(race, len(body))
        report.floor(Floor(f"parse {label}, layout unchanged", race.ratio(CLIENT, OURS), 600, 1500))


def by_client(text: str) -> int:
    """How many samples prometheus_client finds."""
    return sum(len(family.samples) for family in text_string_to_metric_families(text))


def read(body: bytes, known: Exposition) -> object:
    """What a probe makes of a page of vLLM that follows another."""
    page = read_page(body, known)
    assert not isinstance(page, Failed)
    return load(page)


def measure_process(report: Report) -> None:
    """Processor time and memory of the exporter and its child, over some scrapes."""
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        milvus, *urls = (stack.enter_context(serving(captures)) for captures in (MILVUS, *[VLLM] * 4))
        hanging = stack.enter_context(Server(hangs))
        kubelet = stack.enter_context(FakeKubelet(Path(folder) / "kubelet.sock", lists(*pods())))
        options = f"interval: {EVERY:.0f}s, timeout: 5s"
        lines = [f"- {{kind: vllm, name: llm{n}, url: '{url}', {options}}}" for n, url in enumerate(urls)]
        lines.append(f"- {{kind: milvus, name: db, url: '{milvus}', rest_url: '{milvus}', {options}}}")
        lines.append(f"- {{kind: vllm, name: hanging, url: '{hanging.url}', {options}}}")
        targets = Path(folder) / "targets.yaml"
        targets.write_text("\n".join(lines))
        command = [sys.executable, "-m", "exporter", "--listen", "127.0.0.1:0", "--simulate", "--targets", str(targets)]
        command += ["-k", "--pod-resources-kubelet-socket", str(kubelet.socket)]
        process = stack.enter_context(subprocess.Popen(command, stderr=subprocess.PIPE, text=True))
        stack.callback(process.terminate)
        url = listening(process)
        time.sleep(EVERY)
        page, slowest = scrape(url), 0.0
        before, began = processor_seconds(family(process.pid)), time.monotonic()
        for _ in range(ROUNDS):
            time.sleep(EVERY)
            asked = time.monotonic()
            page = scrape(url)
            slowest = max(slowest, time.monotonic() - asked)
        share = (processor_seconds(family(process.pid)) - before) / (time.monotonic() - began)
        require(page)
        memory = proportional(family(process.pid))
    report.fact("processor time, all processes", 100 * share, "% of one core")
    report.fact("memory, all processes", memory / (1 << 20), "MiB")
    report.fact("slowest scrape, beside a server that never answers", 1000 * slowest, "ms")
    report.floor(Floor("3 % of one core against what they took", CORE / share, 1, 2))
    report.floor(Floor("150 MiB against what they hold", MEMORY / memory, 1, 1.5))


def pods() -> Iterator[Pod]:
    """Some hold a GPU each, two share the last one, and the others hold none."""
    for number in range(PODS):
        yield holding(f"pod-{number}", *HELD[number : number + 1])


def require(page: bytes) -> None:
    """The page tells of all servers, of the one that hangs too, and of the owners."""
    assert page.count(b'emberline_vllm_verdict{target="llm') == 4 * 6
    assert b'emberline_vllm_verdict{target="llm0",verdict="serving"} 1\n' in page
    assert b'emberline_target_up{target="hanging"' in page
    assert re.findall(rb'emberline_target_up\{target="(\w+)"[^}]*\} 0\n', page) == [b"hanging"]
    owned = sum(map(float, re.findall(rb"(?m)^emberline_gpu_owners\{.*\} (\S+)$", page)))
    assert owned == len(HELD)


def listening(process: subprocess.Popen[str]) -> str:
    """Where the exporter says that it listens; its log is read on behind our back."""
    assert process.stderr is not None
    for line in process.stderr:
        found = re.search(r"listening on (http://\S+)", line)
        if found:
            threading.Thread(target=process.stderr.read, daemon=True).start()
            return found[1]
    raise SystemExit("the exporter did not start")


def scrape(url: str) -> bytes:
    """The page."""
    return _CLIENT.get(url).content


def main() -> int:
    """Pages, then the process; 1 where a floor was missed."""
    chosen = arguments("node")
    if not kernel.COMPILED:
        print("native.exposition is not compiled here: there is nothing to measure", file=sys.stderr)
        return 1
    report = Report("node")
    race_pages(report, chosen.rounds)
    measure_process(report)
    return report.close(chosen.json)


if __name__ == "__main__":
    sys.exit(main())
