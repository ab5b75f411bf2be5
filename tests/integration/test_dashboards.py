"""Every panel of every dashboard on a real Prometheus 3.5 that holds the demo fleet, recordings and alerts."""

from collections.abc import Iterator
from itertools import islice

import pytest

from dashboards.board import Board, Panel, Variable
from dashboards.catalog import METRICS
from dashboards.grafana import asked
from rules.promql import Vector
from tests.dashboards.filled import fill
from tests.dashboards.fleet import NOW, proven, scraped
from tests.dashboards.made import BOARDS
from tests.dashboards.proof import Prover, metrics, read

OF_EVERY_PROCESS = {"up", "process_cpu_seconds_total", "process_resident_memory_bytes"}
"""Metrics of which a panel picks the processes that it is about."""
BOARD = pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.uid.removeprefix("emberline-"))


@pytest.fixture(scope="module")
def prover(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Prover]:
    """The fleet in a server; at the end the slowest queries are printed."""
    with proven(tmp_path_factory.mktemp("dashboards") / "prometheus") as server:
        found = Prover(server, NOW / 1000)
        yield found
        slowest = sorted(found.times.items(), key=lambda each: -each[1])
        print("\nslowest panel queries:")  # noqa: T201
        for name, seconds in islice(slowest, 10):
            print(f"  {1000 * seconds:6.1f} ms  {name}")  # noqa: T201


def shown(board: Board) -> list[Panel]:
    """The panels that ask something."""
    return [panel for panel in board.panels if panel.queries]


@BOARD
def test_panels_show_finite_values_that_move_under_labels_that_their_legends_name(prover: Prover, board: Board) -> None:
    assert [what for panel in shown(board) for what in prover.complaints(board, panel)] == []


@BOARD
def test_a_metric_under_another_name_fails_its_panels(prover: Prover, board: Board) -> None:
    silent = [
        f"{panel.title}: {metric}"
        for panel in shown(board)
        for metric in sorted(read(panel) & set(METRICS))
        if not Prover(prover.server, prover.at).complaints(board, panel, {metric: f"{metric}_renamed"})
    ]
    assert silent == []


@BOARD
def test_choices_offer_all_that_the_panels_read(prover: Prover, board: Board) -> None:
    """A job or instance that no variable offers could not be looked at alone."""
    for nth, variable in enumerate(board.variables):
        if not isinstance(variable, Variable) or variable.name not in ("job", "instance"):
            continue
        inner = fill(asked(variable, board.variables[:nth])).removeprefix("label_values(").rpartition(",")[0]
        offered = {one["metric"][variable.label] for one in prover.server.query(inner, at=prover.at)}
        names = {metric for panel in shown(board) for metric in read(panel)}
        wanted = {
            dict(track.labels)[variable.label]
            for track in scraped()
            if set(metrics(Vector(track.metric))) <= names - OF_EVERY_PROCESS
        }
        assert wanted - offered == set()


def test_the_catalogue_holds_what_panels_read_and_nothing_else() -> None:
    used = {metric for board in BOARDS for panel in board.panels for metric in read(panel)}
    assert {name for name in used if not name.startswith(("slo:", "ALERTS"))} == set(METRICS)


def test_the_throttled_gpu_is_the_simulated_one(prover: Prover) -> None:
    """Rightly labelled: GPU 5 has the low power limit, GPU 3 the poor cooling."""
    coolest_limit = prover.server.query("bottomk(1, emberline_gpu_power_limit_watts)", at=prover.at)
    hottest = prover.server.query("topk(1, DCGM_FI_DEV_GPU_TEMP - 0.065 * DCGM_FI_DEV_POWER_USAGE)", at=prover.at)
    assert [one["metric"]["gpu"] for one in (*coolest_limit, *hottest)] == ["5", "3"]
