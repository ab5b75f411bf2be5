"""The status pages as HTML."""

import itertools
import re
from dataclasses import replace
from html.parser import HTMLParser

from emberline.live.detail import instance_view
from emberline.live.page import Rendered, assets, render, render_instance
from emberline.live.present import view
from tests.emberline.live.made import AT, PLANS, snapshot
from tests.emberline.live.pages import curve

SVG_NAMESPACE = 'xmlns="http://www.w3.org/2000/svg"'


def page() -> str:
    return render(view(snapshot(), AT))


def instance() -> str:
    return render_instance(instance_view(snapshot(), snapshot().results[0], curve(-0.31), AT))


class Tags(HTMLParser):
    """Collects start tags and their attributes."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def tags(text: str) -> list[tuple[str, dict[str, str | None]]]:
    parser = Tags()
    parser.feed(text)
    return parser.found


def test_every_row_of_the_handbook_is_on_the_page() -> None:
    ids = [attributes.get("id") for tag, attributes in tags(page()) if tag == "tr"]
    assert [row for row in ids if row] == list(PLANS)


def test_labels_cannot_become_markup() -> None:
    assert [attributes.get("src") for tag, attributes in tags(page()) if tag == "script"] == [
        assets()["page.js"].address
    ]
    assert "&lt;script&gt;alert(1)" in page()


def test_the_page_asks_nothing_of_the_outside() -> None:
    assert [a for _, a in tags(page()) if str(a.get("src", a.get("href", "#")))[0] not in "#/"] == []
    texts = "".join(asset.text.replace(SVG_NAMESPACE, "") for asset in assets().values())
    assert re.findall(r"@import|url\(|https?:", page() + texts) == ["http:"] * len(snapshot().targets)


def test_the_title_counts_what_fires() -> None:
    assert "<title>(1) Emberline status</title>" in page()


def test_a_page_is_rendered_once_a_second_and_for_each_snapshot() -> None:
    rendered, first = Rendered(), snapshot()
    whole = rendered(first, AT)
    assert rendered(first, AT + 999) is whole
    assert "data 5 s old" in rendered(first, AT + 1000)
    assert "0 of 0 objectives met" in rendered(replace(first, results=()), AT + 1000)


def test_tables_name_themselves_their_columns_and_their_rows() -> None:
    for text in (page(), instance()):
        names = [tag for tag, _ in tags(text)]
        assert names.count("table") == names.count("caption") > 0
        assert [a for tag, a in tags(text) if tag == "th" and a.get("scope") not in ("row", "col")] == []


def test_headings_descend_one_by_one_and_sections_are_named_by_theirs() -> None:
    for text in (page(), instance()):
        levels = [int(tag[1]) for tag, _ in tags(text) if re.fullmatch("h[1-6]", tag)]
        assert levels[0] == 1
        assert max(b - a for a, b in itertools.pairwise(levels)) <= 1
        ids = [a["id"] for _, a in tags(text) if "id" in a]
        assert len(ids) == len(set(ids))
        named = [a.get("aria-labelledby") for tag, a in tags(text) if tag == "section"]
        assert named
        assert set(named) <= set(ids)


def test_nothing_is_styled_or_scripted_within_the_markup() -> None:
    for text in (page(), instance()):
        assert [a for tag, a in tags(text) if tag == "style" or "style" in a or any(n[:2] == "on" for n in a)] == []


def test_script_and_style_stay_small() -> None:
    assert {name: len(asset.text) for name, asset in assets().items() if len(asset.text) > 8000} == {}
