"""The status page as HTML, also in a real browser."""

import re
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

from emberline.live.page import render
from emberline.live.present import view
from tests.emberline.live.made import AT, PLANS, snapshot

HARNESS = """<!doctype html><body style="margin:0"><iframe id="f" src="page.html" width="{width}" height="900"></iframe>
<script>f.onload = () => {{
  const d = f.contentDocument, w = f.contentWindow;
  const visible = [...d.querySelectorAll('tbody tr[id]')].filter(e => e.getClientRects().length).length;
  const luminance = c => c.match(/[\\d.]+/g).slice(0, 3).map(v => v / 255)
    .map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const back = e => {{ for (; e; e = e.parentElement) {{
    const c = w.getComputedStyle(e).backgroundColor; if (!c.endsWith(', 0)')) return c; }}
    return 'rgb(255, 255, 255)'; }};
  const contrast = e => {{ const a = luminance(w.getComputedStyle(e).color), b = luminance(back(e));
    return (Math.max(a, b) + .05) / (Math.min(a, b) + .05); }};
  const texts = [...d.querySelectorAll('body *')].filter(e =>
    [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) && e.getClientRects().length);
  document.title = [d.documentElement.scrollWidth, visible, Math.min(...texts.map(contrast)).toFixed(2)].join(' ');
}}</script>"""


def page() -> str:
    return render(view(snapshot(), AT))


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
    assert [tag for tag, _ in tags(page()) if tag == "script"] == []
    assert "&lt;script&gt;alert(1)" in page()


def test_the_page_asks_nothing_of_the_outside() -> None:
    assert [a for _, a in tags(page()) if "src" in a or str(a.get("href", "#"))[0] not in "#/"] == []
    assert re.findall(r"@import|url\(", page()) == []


def test_the_title_counts_what_fires() -> None:
    assert "<title>(1) Emberline status</title>" in page()


@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.parametrize("width", [390, 1440])
def test_it_reads_well_in_a_browser(chromium: Path, tmp_path: Path, width: int, scheme: str) -> None:
    """No horizontal scroll, all 21 rows visible, and a contrast of at least 4.5 everywhere."""
    (tmp_path / "page.html").write_text(page(), encoding="utf-8")
    (tmp_path / "harness.html").write_text(HARNESS.format(width=width), encoding="utf-8")
    colours = f"--blink-settings=preferredColorScheme={'01'[scheme == 'light']}"
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync"]
    quiet = ["--disable-background-networking", "--disable-component-update", "--allow-file-access-from-files"]
    shown = subprocess.run(
        [chromium, *flags, *quiet, colours, f"--user-data-dir={tmp_path / 'profile'}", "--virtual-time-budget=5000",
         "--dump-dom", f"file://{tmp_path / 'harness.html'}"],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    found = re.search(r"<title>(\S+) (\S+) (\S+)</title>", shown.stdout)
    assert found, shown.stdout[-500:] + shown.stderr[-500:]
    scroll_width, visible, contrast = int(found[1]), int(found[2]), float(found[3])
    assert scroll_width <= width
    assert visible == 21
    assert contrast >= 4.5
