"""How quickly dashboards are written, and what they ask of a Prometheus: `python -m bench.dashboards`.

Every panel query runs over a day of a fleet of fifty nodes as Grafana asks on a page of 1,440 pixels: a point for each
pixel of the panel. What the slowest take where a panel is opened alone, over the whole page, stands beside that.
`--nodes` and `--hours` make it smaller.
"""

import argparse
import logging
import resource
import subprocess
import sys
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from statistics import median
from time import perf_counter

import httpx

from bench.runner.measure import OUTPUT, Floor, Report
from bench.runner.nodes import past
from dashboards.board import Board
from rules.promql import text
from tests.dashboards.filled import fill
from tests.dashboards.fleet import NOW
from tests.dashboards.made import BOARDS
from tests.dashboards.proof import filling
from tests.remote_write import RECEIVER
from tests.servers import PrometheusServer

COLD_START = 3.0
"""Seconds in which all dashboards are written, from the start of the command."""
PATIENCE = 0.5
"""Seconds that a panel query takes at most."""
PIXELS = 1_440
_COLUMNS = 24
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class Asked:
    """A query with its variables filled in, by the seconds from point to point; a table asks once."""

    text: str
    step: float
    once: bool


def cold_starts(rounds: int) -> list[float]:
    """Processor seconds of whole runs of the command, each into an empty folder: what others took is not in it."""
    found = []
    for _ in range(rounds):
        with tempfile.TemporaryDirectory(prefix="emberline-bench-") as folder:
            before = _children()
            program = "from emberline.cli.app import main; main()"
            command = [sys.executable, "-c", program, "dashboards", "-o", folder]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
            found.append(_children() - before)
            assert len(list(Path(folder).glob("*.json"))) == len(BOARDS)
    return found


def _children() -> float:
    spent = resource.getrusage(resource.RUSAGE_CHILDREN)
    return spent.ru_utime + spent.ru_stime


def asked(board: Board, hours: int) -> Mapping[str, Asked]:
    """The queries of a board by what they are called."""
    filled = {**filling(board), "$__rate_interval": "4m", "$__range": f"{hours}h"}
    return {
        f"{board.id} {panel.title} / {query.legend}": Asked(
            fill(text(query.expr), filled), hours * 3600 / PIXELS * _COLUMNS / panel.width, panel.shape == "table"
        )
        for panel in board.panels
        for query in panel.queries
    }


def timed(server: PrometheusServer, client: httpx.Client, query: Asked, hours: int) -> float:
    """Processor seconds that the server takes to answer: what others took is not in it, its own collections are."""
    span = {"start": f"{NOW / 1000 - hours * 3600:.3f}", "end": f"{NOW / 1000:.3f}", "step": f"{query.step:g}"}
    at, path = ({"time": f"{NOW / 1000:.3f}"}, "query") if query.once else (span, "query_range")
    before = spent(client, server)
    client.post(f"{server.url}/api/v1/{path}", data={"query": query.text, **at}).raise_for_status()
    return spent(client, server) - before


def spent(client: httpx.Client, server: PrometheusServer) -> float:
    """Processor seconds of the server so far."""
    page = client.get(f"{server.url}/metrics").text
    return float(next(line for line in page.splitlines() if line.startswith("process_cpu_seconds_total ")).split()[1])


def _quickest(server: PrometheusServer, client: httpx.Client, hours: int, rounds: int, query: Asked) -> float:
    return min(timed(server, client, query, hours) for _ in range(rounds))


def race_queries(report: Report, nodes: int, hours: int, rounds: int) -> None:
    """Every query of every board, the slowest named."""
    with tempfile.TemporaryDirectory(prefix="emberline-bench-") as folder:
        held = past(Path(folder) / "small", nodes, hours)
        with PrometheusServer.running(Path(folder) / "large", arguments=(RECEIVER,)) as server:
            start = perf_counter()
            held.write(server)
            print(f"{len(held.names)} series, {held.values.size} samples, written in {perf_counter() - start:.0f} s")
            queries = {name: query for board in BOARDS for name, query in asked(board, hours).items()}
            with httpx.Client(timeout=300) as client:
                quickest = partial(_quickest, server, client, hours, rounds)
                times = {name: quickest(query) for name, query in queries.items()}
                slowest = sorted(times.items(), key=lambda each: -each[1])[:_SHOWN]
                alone = {name: quickest(replace(queries[name], step=hours * 3600 / PIXELS)) for name, _ in slowest}
    print(f"{len(times)} panel queries over {hours} h of {nodes} nodes, processor time; the slowest:")
    for name, seconds in slowest:
        report.fact(name, 1000 * seconds, "ms")
        report.fact("  opened alone", 1000 * alone[name], "ms")
    report.fact("median of all", 1000 * median(times.values()), "ms")
    report.floor(Floor(f"no query over {PATIENCE:g} s", PATIENCE / slowest[0][1], 1, 2))


def main() -> int:
    """Both parts; 1 where a floor was missed."""
    parser = argparse.ArgumentParser(prog="python -m bench.dashboards")
    parser.add_argument("--json", type=Path, default=OUTPUT / "dashboards.json", help="where the numbers are written")
    parser.add_argument(
        "--rounds", type=int, default=3, help="rounds; of a query the quickest counts, which others disturbed least"
    )
    parser.add_argument("--nodes", type=int, default=50, help="nodes of the fleet")
    parser.add_argument("--hours", type=int, default=24, help="hours of history, and of the graphs")
    chosen = parser.parse_args()
    logging.disable(logging.WARNING)  # the simulated GPUs have their Xids
    report = Report("dashboards")
    cold = median(cold_starts(chosen.rounds))
    report.fact("all dashboards from a cold start, processor time", cold, "s")
    report.floor(Floor(f"all dashboards within {COLD_START:g} s", COLD_START / cold, 1, 2))
    race_queries(report, chosen.nodes, chosen.hours, chosen.rounds)
    return report.close(chosen.json)


if __name__ == "__main__":
    sys.exit(main())
