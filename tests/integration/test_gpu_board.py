"""D6 on real data: every panel query on a real Prometheus that scraped `emberline exporter --simulate`."""

import math
import re
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from dashboards.board import Panel
from dashboards.gpu import GPU_METRICS
from tests.dashboards.filled import cases, queries
from tests.servers import PrometheusServer, process, until

WATCHED_SECONDS = 30.0
"""Much less than five minutes: enough for some GPU to move. That each does is asked of the simulation itself."""
STANDSTILL_SECONDS = 75.0
"""Longer than any panel of one series stands still: the temperature of the hottest GPU does for 63 s at its crest."""
GPUS = 8


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrometheusServer]:
    """A Prometheus that has watched the simulated GPUs for a while."""
    folder = tmp_path_factory.mktemp("board")
    command: list[str | Path] = [sys.executable, "-m", "exporter", "--listen", "127.0.0.1:0", "--simulate"]
    log = folder / "exporter.log"
    with process(command, log):
        page = until(lambda: re.findall(r"listening on http://(\S+)/metrics", log.read_text()), what="the exporter")[0]
        config = (
            "global: {scrape_interval: 1s}\n"
            f"scrape_configs: [{{job_name: gpu, static_configs: [{{targets: ['{page}']}}]}}]\n"
        )
        with PrometheusServer.running(folder / "prometheus", config=config) as server:
            watched = f"count_over_time(DCGM_FI_DEV_GPU_UTIL[5m]) > {WATCHED_SECONDS}"
            until(lambda: server.query(watched, at=time.time()), 90, "enough scrapes")
            yield server


@pytest.mark.parametrize(
    ("panel", "place"), [pytest.param(*case, id=f"{case[0].title} {case[1]}") for case in cases(GPU_METRICS)]
)
def test_a_panel_has_finite_values_that_move_and_labels_for_its_legend(
    fleet: PrometheusServer, panel: Panel, place: int
) -> None:
    start = time.time() - WATCHED_SECONDS + 15

    def shown() -> list[dict[str, Any]]:
        return fleet.query_range(queries(panel)[place], start, time.time(), 1)

    def moves() -> bool:
        return any(len({value for _, value in one["values"]}) > 1 for one in shown())

    if not panel.steady:
        until(moves, STANDSTILL_SECONDS, f"a change of {panel.title}")
    series = shown()
    legend = re.findall(r"\{\{(\w+)\}\}", panel.queries[place].legend)
    assert len(series) == (GPUS if legend else 1)
    values = [[float(value) for _, value in one["values"]] for one in series]
    assert all(math.isfinite(value) for ones in values for value in ones)
    assert [label for label in legend for one in series if not one["metric"].get(label)] == []


def test_a_metric_that_is_not_exported_leaves_its_panel_empty(fleet: PrometheusServer) -> None:
    """The proof above can fail: the same question about another name finds nothing."""
    renamed = queries(next(GPU_METRICS.panels))[0].replace("emberline_gpu_up", "emberline_gpu_answers")
    assert fleet.query(renamed, at=time.time()) == []


def test_the_throttled_gpu_is_the_simulated_one(fleet: PrometheusServer) -> None:
    """Rightly labelled: GPU 5 has the low power limit, GPU 3 the poor cooling."""
    now = time.time()
    coolest_limit = fleet.query("bottomk(1, emberline_gpu_power_limit_watts)", at=now)
    hottest = fleet.query("topk(1, DCGM_FI_DEV_GPU_TEMP - 0.065 * DCGM_FI_DEV_POWER_USAGE)", at=now)
    assert [one["metric"]["gpu"] for one in (*coolest_limit, *hottest)] == ["5", "3"]
