"""A Prometheus that evaluates rules over series with a past, and the seconds that it says this takes."""

import http.server
import subprocess
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Self

import httpx

from native.exposition import Labels, parse
from tests.servers import PrometheusServer, binary

_CONFIG: Final = """\
global: {scrape_interval: 30s, evaluation_interval: 1m}
scrape_configs:
  - job_name: bench
    honor_labels: true
    fallback_scrape_protocol: PrometheusText0.0.4
    static_configs: [{targets: ["%s"], labels: {instance: bench}}]
"""
_READ: Final = (
    "prometheus_rule_group_rules",
    "prometheus_rule_group_interval_seconds",
    "prometheus_rule_group_last_duration_seconds",
    "prometheus_rule_evaluations_total",
    "process_cpu_seconds_total",
)
_RULES, _INTERVAL, _DURATION, _EVALUATIONS, _CPU = _READ


@dataclass(frozen=True, slots=True)
class Track:
    """A series, as exposition formats write it, and its value at a time in seconds since the epoch."""

    series: str
    value: Callable[[float], float]


@dataclass(frozen=True, slots=True)
class Past:
    """Tracks that are filled in for `seconds` before now, a sample every `step` seconds."""

    tracks: Sequence[Track]
    seconds: int
    step: int


@dataclass(frozen=True, slots=True)
class Cost:
    """What rules take in one interval, in seconds: of the processor, and by the sum of the groups' own durations."""

    cpu: float
    durations: float


@dataclass(frozen=True, slots=True)
class Ruler:
    """A Prometheus 3.5 over a past, whose rules change while it runs."""

    server: PrometheusServer

    @classmethod
    @contextmanager
    def running(cls, folder: Path, pasts: Sequence[Past], live: Sequence[Track]) -> Iterator[Self]:
        """A server with the past on its disk, which scrapes `live` so that the counters go on."""
        fill(folder, _lines(pasts, int(time.time())))
        with (
            _answering(live) as target,
            PrometheusServer.running(folder, config=_CONFIG % target) as server,
        ):
            yield cls(server)

    def cost(self, rules: str, interval: float, rounds: int) -> Cost:
        """The mean over so many intervals after the first two.

        In them series are created and caches filled, and at their end the server marks the series of the rules before
        as stale.
        Processor time counts what was evaluated: a machine that is late does not look quick.
        """
        (self.server.folder / "rules" / "rules.yaml").write_text(rules, encoding="utf-8")
        # It waits for evaluations that are under way, on a busy machine for minutes.
        httpx.post(f"{self.server.url}/-/reload", timeout=300).raise_for_status()
        time.sleep(interval * 2.2)
        before = self._state()
        time.sleep(interval * rounds)
        after = self._state()
        groups = list(zip(after[_RULES].values(), after[_INTERVAL].values(), after[_DURATION].values(), strict=True))
        expected = sum(count / every for count, every, _ in groups) * interval
        evaluated = _total(after, _EVALUATIONS) - _total(before, _EVALUATIONS)
        cpu = _total(after, _CPU) - _total(before, _CPU)
        return Cost(
            cpu * expected / evaluated if expected else cpu / rounds,
            sum(seconds * interval / every for _, every, seconds in groups),
        )

    def _state(self) -> Mapping[str, Mapping[Labels, float]]:
        page = parse(httpx.get(f"{self.server.url}/metrics", timeout=60).content)
        found: dict[str, dict[Labels, float]] = {name: {} for name in _READ}
        for sample in page.samples():
            if sample.name in found:
                found[sample.name][sample.labels] = sample.value
        return found


def _total(state: Mapping[str, Mapping[Labels, float]], name: str) -> float:
    return sum(state[name].values())


def fill(folder: Path, lines: Iterable[str]) -> None:
    """Samples, a line of OpenMetrics each, in blocks of 30 days: promtool reads its input once for each block."""
    folder.mkdir(parents=True, exist_ok=True)
    source = folder / "past.om"
    with source.open("w", encoding="utf-8") as file:
        file.writelines(lines)
        file.write("# EOF\n")
    tool = binary("promtool", "3.5", "prometheus")
    command: list[str | Path] = [
        tool,
        "tsdb",
        "create-blocks-from",
        "--max-block-duration=31d",
        "openmetrics",
        source,
        folder / "data",
    ]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    source.unlink()


def _lines(pasts: Sequence[Past], end: int) -> Iterator[str]:
    for past in pasts:
        times = range(end - past.seconds, end, past.step)
        for track in past.tracks:
            yield "".join([f"{track.series} {track.value(at)!r} {at}\n" for at in times])


@contextmanager
def _answering(tracks: Sequence[Track]) -> Iterator[str]:
    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            now = time.time()
            self.send_response(httpx.codes.OK)
            self.end_headers()
            self.wfile.write("".join(f"{track.series} {track.value(now)!r}\n" for track in tracks).encode())

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002  the name is the library's
            del format, args

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        yield f"127.0.0.1:{server.server_port}"
        server.shutdown()
