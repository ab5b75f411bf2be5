"""What holds for every dashboard, as a value and as the JSON that Grafana reads."""

import json
import re
from typing import Any

import promql_parser
import pytest
import yaml
from grafana_foundation_sdk.cog import plugins
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models import dashboard, dashboardv2

from dashboards import grafana_v2
from dashboards.board import Board
from dashboards.boards.all import boards
from dashboards.files import files
from dashboards.grafana import to_json
from dashboards.promised import Promised
from rules.promql import text
from slo.plan import plan
from slo.table.load import load
from tests.conftest import Golden
from tests.dashboards.filled import queries
from tests.dashboards.linter import UNITS
from tests.dashboards.made import BOARDS
from tests.rules.plans import shipped_plans
from tests.slo.rows import RATIO, table

BOARD = pytest.mark.parametrize("board", BOARDS, ids=lambda board: board.id)


plugins.register_default_plugins()


class Again(JSONEncoder):
    """The SDK's encoder; its own reader makes a set of one of what a visualization of schema v2 is called."""

    def default(self, obj: Any) -> Any:  # noqa: ANN401  JSON of any shape
        return next(iter(obj)) if isinstance(obj, set) else super().default(obj)


def again(read: object) -> Any:  # noqa: ANN401  JSON of any shape
    """What a model of the SDK, once read, writes."""
    return json.loads(Again().encode(read))


def lost(written: Any, read: Any, path: str = "") -> list[str]:  # noqa: ANN401  JSON of any shape
    """Where a model of the SDK has not what was written: it drops what it does not know."""
    if isinstance(written, dict) and isinstance(read, dict):
        return [each for key, value in written.items() for each in lost(value, read.get(key), f"{path}.{key}")]
    if isinstance(written, list) and isinstance(read, list) and len(written) == len(read):
        return [each for pair in zip(written, read, strict=True) for each in lost(*pair, f"{path}[]")]
    return [] if written == read else [path]


def test_what_the_model_does_not_know_is_seen() -> None:
    document = json.loads(to_json(BOARDS[0]).replace('"mode": "absolute"', '"mood": "absolute"', 1))
    assert lost(document, again(dashboard.Dashboard.from_json(document))) == [
        ".panels[].fieldConfig.defaults.thresholds.mood"
    ]


def _asked_apart(spec: dict[str, Any]) -> dict[str, Any]:
    """A dashboard without the questions of its variables: the SDK reads each as a panel's query, which it is not."""
    variables = [dict(each["spec"], query=None) for each in spec["variables"]]
    return {**spec, "variables": variables}


@BOARD
def test_panels_ask_promql(board: Board) -> None:
    for query in (query for panel in board.panels for query in queries(panel)):
        promql_parser.parse(query)
        assert "$" not in query


@BOARD
def test_panels_teach_and_have_units_that_grafana_knows(board: Board) -> None:
    assert [panel.title for panel in board.panels if not panel.description.endswith(".")] == []
    shown = {panel.unit for panel in board.panels} | {query.unit for panel in board.panels for query in panel.queries}
    assert shown <= UNITS


@BOARD
def test_titles_are_told_apart(board: Board) -> None:
    titles = [panel.title for panel in board.panels]
    assert len(set(titles)) == len(titles)


@BOARD
def test_the_json_is_what_grafanas_own_model_reads(board: Board) -> None:
    document = json.loads(to_json(board))
    read = dashboard.Dashboard.from_json(document)
    assert (read.uid, read.title, read.schema_version, read.editable) == (board.uid, board.title, 42, False)
    assert lost(document, again(read)) == []
    assert [panel["title"] for panel in document["panels"] if panel["type"] != "row"] == [p.title for p in board.panels]


@BOARD
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


@BOARD
def test_no_outside_address_is_in_a_dashboard(board: Board) -> None:
    assert "://" not in to_json(board)


@BOARD
def test_every_link_leads_to_a_dashboard_that_is_there(board: Board) -> None:
    found = re.findall(r'"/d/([\w${}.-]+)', to_json(board))
    named = {re.sub(r"\$\{__(?:data\.fields|field\.labels)\.area\}", "platform", uid) for uid in found}
    assert named
    assert named <= {each.uid for each in BOARDS}


def test_uids_are_of_the_length_that_grafana_takes_and_each_is_one_boards() -> None:
    long = tuple(map(plan, load({"t.yaml": table(RATIO).replace(b"area: shop", b"area: " + b"a" * 60)})))
    made = (*BOARDS, *boards(Promised(long)))
    assert max(len(board.uid) for board in made) <= 40
    assert len({board.uid for board in BOARDS}) == len(BOARDS)


def test_the_handbooks_thirteen_are_there_and_a_detail_for_each_area() -> None:
    areas = dict.fromkeys(plan.slo.area for plan in shipped_plans())
    wanted = [*(f"D{number}" for number in range(1, 14)), "SLO", *(f"SLO {area}" for area in areas)]
    assert [board.id for board in BOARDS] == wanted


@BOARD
def test_schema_v2_is_what_grafanas_own_model_reads_and_shows_the_same(board: Board) -> None:
    document = json.loads(grafana_v2.to_json(board))
    read = dashboardv2.Dashboard.from_json(document["spec"])
    assert lost(_asked_apart(document["spec"]), _asked_apart(again(read))) == []
    assert (document["kind"], document["metadata"]["name"]) == ("Dashboard", board.uid)
    rows = document["spec"]["layout"]["spec"]["rows"]
    assert [row["spec"]["title"] for row in rows] == [row.title for row in board.rows]
    elements = document["spec"]["elements"]
    shown = [item["spec"]["element"]["name"] for row in rows for item in row["spec"]["layout"]["spec"]["items"]]
    assert [elements[name]["spec"]["title"] for name in shown] == [panel.title for panel in board.panels]
    asked = [
        query["spec"]["query"]["spec"]["expr"]
        for name in shown
        for query in elements[name]["spec"]["data"]["spec"]["queries"]
    ]
    assert asked == [text(query.expr) for panel in board.panels for query in panel.queries]


def test_config_maps_hold_the_files_and_the_sidecars_label() -> None:
    made = files(shipped_plans())
    maps = list(yaml.safe_load_all(made["configmaps.yaml"]))
    held = {name: written for each in maps for name, written in each["data"].items()}
    assert held == {name: written for name, written in made.items() if name.endswith(".json")}
    for each in maps:
        assert each["metadata"]["labels"]["grafana_dashboard"] == "1"
        assert len(json.dumps(each["data"])) < 2**20, "a ConfigMap holds a mebibyte at most"


@pytest.mark.parametrize("area", ["shop", "applications-of-our-customers"])
def test_links_of_other_tables_lead_to_their_own_areas(area: str) -> None:
    """Grafana fills an area into a link as it is, which is the uid of its dashboard where the name is short enough."""
    plans = tuple(map(plan, load({"t.yaml": table(RATIO).replace(b"area: shop", f"area: {area}".encode())})))
    made = [json.loads(text) for name, text in files(plans).items() if name.endswith(".json")]
    uids = {each["uid"] for each in made}
    links = set(re.findall(r'"/d/([^?"]*)', json.dumps(made)))
    filled = {re.sub(r"\$\{__(data\.fields|field\.labels)\.area\}", area, link) for link in links}
    assert filled <= uids
    assert (filled == links) == (area != "shop"), "values link to their rows where that can be"
    assert any(link.startswith("emberline-slo-detail-") for link in links)


def test_runbooks_are_linked_where_somebody_published_them() -> None:
    named = files(shipped_plans(), "https://docs.example/")["emberline-slo-detail-platform.json"]
    assert "(https://docs.example/runbooks/P1.md)" in named
    assert "`runbooks/P1.md`" in files(shipped_plans())["emberline-slo-detail-platform.json"]


def test_the_dashboards_are_as_reviewed(golden: Golden) -> None:
    for name, written in files(shipped_plans()).items():
        if name != "configmaps.yaml":  # the same texts once more
            golden(f"dashboards/{name.removeprefix('.')}", written)


def test_the_same_plans_give_the_same_bytes() -> None:
    assert files(shipped_plans()) == files(shipped_plans())
    assert files(shipped_plans(), v2=True) == files(shipped_plans(), v2=True)
