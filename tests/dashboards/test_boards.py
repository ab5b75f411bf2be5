"""What holds for every dashboard, as a value and as the JSON that Grafana reads."""

import json

import promql_parser
import pytest
from grafana_foundation_sdk.models import dashboard

from dashboards.board import Board, Panel
from dashboards.catalogue import BOARDS, files
from dashboards.grafana import to_json
from tests.conftest import Golden
from tests.dashboards.filled import queries
from tests.dashboards.linter import UNITS

PANELS = [pytest.param(panel, id=f"{board.id} {panel.title}") for board in BOARDS for panel in board.panels]


@pytest.mark.parametrize("panel", PANELS)
def test_a_panel_asks_promql(panel: Panel) -> None:
    for query in queries(panel):
        promql_parser.parse(query)
        assert "$" not in query


@pytest.mark.parametrize("panel", PANELS)
def test_a_panel_teaches_and_has_a_unit_that_grafana_knows(panel: Panel) -> None:
    assert panel.title
    assert panel.description.endswith(".")
    assert panel.unit in UNITS


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.id)
def test_the_json_is_what_grafanas_own_model_reads(board: Board) -> None:
    document = json.loads(to_json(board))
    read = dashboard.Dashboard.from_json(document)
    assert (read.uid, read.title, read.schema_version, read.editable) == (board.uid, board.title, 42, False)
    assert [panel["title"] for panel in document["panels"] if panel["type"] != "row"] == [p.title for p in board.panels]


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.id)
def test_panels_have_ids_and_places_of_their_own(board: Board) -> None:
    panels = json.loads(to_json(board))["panels"]
    assert len({panel["id"] for panel in panels}) == len(panels)
    cells = [
        (x, y)
        for place in (panel["gridPos"] for panel in panels)
        for x in range(place["x"], place["x"] + place["w"])
        for y in range(place["y"], place["y"] + place["h"])
    ]
    assert len(set(cells)) == len(cells)
    assert max(x for x, _ in cells) < 24


@pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.id)
def test_no_outside_address_is_in_a_dashboard(board: Board) -> None:
    assert "://" not in to_json(board)


def test_the_dashboards_are_as_reviewed(golden: Golden) -> None:
    for name, text in files().items():
        golden(f"dashboards/{name}", text)
