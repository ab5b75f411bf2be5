"""Each dashboard with its answers, drawn in Chromium by a page of ours; Grafana's renderer is not at work here."""

import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboards.board import Board
from tests.dashboards.fleet import proven
from tests.dashboards.made import BOARDS
from tests.integration.test_dashboards import NOT_IN_THE_DEMO_YET
from tests.proof.formatter import formatted
from tests.proof.sheet import Sheet
from tests.servers import PROJECT, PrometheusServer

OUT = PROJECT / "out" / "proof"
WIDTH = 1440
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--disable-sync")
RAW, RECORDED = 3_300, 360
"""Seconds that are drawn of scraped series, and of recorded ones."""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PrometheusServer]:
    """The demo fleet in a Prometheus."""
    with proven(tmp_path_factory.mktemp("pictures") / "prometheus") as found:
        yield found


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.uid)
def test_a_picture_of_each_dashboard(server: PrometheusServer, chromium: Path, tmp_path: Path, board: Board) -> None:
    seconds = RECORDED if board.id.startswith("SLO") else RAW
    sheet = Sheet(server, board, seconds, frozenset(NOT_IN_THE_DEMO_YET))
    page = tmp_path / "page.html"
    page.write_text(sheet.html(lambda asked: formatted(asked)[0]), encoding="utf-8")
    OUT.mkdir(parents=True, exist_ok=True)
    picture = OUT / f"{board.uid}.png"
    size = [f"--window-size={WIDTH},{sheet.height}", f"--user-data-dir={tmp_path / 'profile'}"]
    command: list[str | Path] = [chromium, *FLAGS, *size, f"--screenshot={picture}", f"file://{page}"]
    subprocess.run(command, capture_output=True, timeout=120, check=True)
    width, height = struct.unpack(">II", picture.read_bytes()[16:24])
    assert (width, height) == (WIDTH, sheet.height)
    assert picture.stat().st_size > 30_000, "a page on which nothing is drawn is smaller"
