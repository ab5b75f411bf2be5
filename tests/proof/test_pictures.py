"""Each dashboard with its answers, drawn in Chromium by a page of ours; Grafana's renderer is not at work here."""

import struct
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from dashboards.board import Board
from tests.dashboards.fleet import proven
from tests.dashboards.made import BOARDS
from tests.proof.formatter import formatted
from tests.proof.sheet import Sheet
from tests.servers import PROJECT, PrometheusServer

OUT = PROJECT / "out" / "proof"
WIDTH = 1440
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--disable-sync")
SHEET = (
    "body{background:#111217;color:#ccccdc;font:13px sans-serif;display:grid;gap:10px}"
    "body{grid-template-columns:repeat(7,1fr)}"
    "div{height:420px;overflow:hidden;display:flex;flex-direction:column-reverse;justify-content:flex-end}"
    "img{width:100%;align-self:start}"
)
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
    sheet = Sheet(server, board, seconds)
    page = tmp_path / "page.html"
    page.write_text(sheet.html(lambda asked: formatted(asked)[0]), encoding="utf-8")
    drawn(chromium, page, OUT / f"{board.uid}.png", sheet.height)


def test_all_of_them_on_one_sheet(chromium: Path, tmp_path: Path) -> None:
    page = tmp_path / "page.html"
    images = "".join(f'<div><img src="file://{OUT}/{board.uid}.png">{board.title}</div>' for board in BOARDS)
    page.write_text(f"<style>{SHEET}</style>{images}", encoding="utf-8")
    drawn(chromium, page, OUT / "contact-sheet.png", 1_330)


def drawn(chromium: Path, page: Path, picture: Path, height: int) -> None:
    """A page as a PNG of its full height."""
    picture.parent.mkdir(parents=True, exist_ok=True)
    size = [f"--window-size={WIDTH},{height}", f"--user-data-dir={page.parent / 'profile'}"]
    more = ["--allow-file-access-from-files", f"--screenshot={picture}", f"file://{page}"]
    command: list[str | Path] = [chromium, *FLAGS, *size, *more]
    subprocess.run(command, capture_output=True, timeout=120, check=True)
    assert struct.unpack(">II", picture.read_bytes()[16:24]) == (WIDTH, height)
    assert picture.stat().st_size > 30_000, "a page on which nothing is drawn is smaller"
