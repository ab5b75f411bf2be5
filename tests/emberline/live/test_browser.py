"""The pages in a real browser: at two widths, in two schemes, with and without scripts, by keyboard and by ear."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from browser import Tab, started, tab

from emberline.live.feed import Feed
from tests.emberline.live.made import PLANS, measured, server, snapshot
from tests.emberline.live.pages import pages

READABLE = """(() => {
  const luminance = c => c.match(/[\\d.]+/g).slice(0, 3).map(v => v / 255)
    .map(v => v <= .03928 ? v / 12.92 : ((v + .055) / 1.055) ** 2.4)
    .reduce((sum, v, i) => sum + v * [.2126, .7152, .0722][i], 0);
  const back = e => { for (; e; e = e.parentElement) {
    const c = getComputedStyle(e).backgroundColor; if (!c.endsWith(', 0)')) return c; }
    return 'rgb(255, 255, 255)'; };
  const contrast = e => { const a = luminance(getComputedStyle(e).color), b = luminance(back(e));
    return (Math.max(a, b) + .05) / (Math.min(a, b) + .05); };
  const texts = [...document.querySelectorAll('body *')].filter(e =>
    [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim()) && e.getClientRects().length);
  return {texts: texts.length, contrast: Math.min(...texts.map(contrast)), width: document.documentElement.scrollWidth};
})()"""
VISIBLE = "[...document.querySelectorAll('tbody tr[id]')].filter(e => e.getClientRects().length).map(e => e.id)"
FOCUS = "getComputedStyle(document.activeElement).outlineStyle"
INSTANCES = ("/", "/slo/P1", "/slo/A1?model_name=llama", "/slo/F5")

Play = Callable[[Tab, str, Feed], Awaitable[None]]


@pytest.fixture(scope="module")
def profile(chromium: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A browser, for all tests here."""
    folder = tmp_path_factory.mktemp("chromium")
    browser = started(chromium, folder)
    yield folder
    browser.terminate()
    browser.wait(20)


def played(profile: Path, play: Play) -> None:
    async def everything() -> None:
        async with pages() as (url, feed), tab(profile) as page:
            await play(page, url, feed)

    asyncio.run(everything())


@pytest.mark.parametrize("scheme", ["dark", "light"])
@pytest.mark.parametrize("width", [390, 1440])
def test_every_page_reads_well(profile: Path, width: int, scheme: str) -> None:
    """No horizontal scroll, and a contrast of at least 4.5 everywhere."""

    async def play(page: Tab, url: str, _feed: Feed) -> None:
        await page.look(width, scheme)
        for path in INSTANCES:
            await page.open(url + path)
            found = await page.ask(READABLE)
            assert found["texts"] > 30, path
            assert (found["width"], found["contrast"] >= 4.5) == (width, True), (path, found)

    played(profile, play)


@pytest.mark.parametrize("width", [320, 768, 961, 1024, 1280, 1366, 1920])
def test_no_width_in_between_makes_it_scroll_sideways(profile: Path, width: int) -> None:
    async def play(page: Tab, url: str, _feed: Feed) -> None:
        await page.look(width, "dark")
        for path in INSTANCES:
            await page.open(url + path)
            assert await page.ask("document.documentElement.scrollWidth") == width, path

    played(profile, play)


def test_what_is_too_wide_or_too_pale_would_be_seen(profile: Path) -> None:
    async def play(page: Tab, url: str, _feed: Feed) -> None:
        await page.look(390, "light")
        await page.open(url)
        await page.ask("document.querySelector('h1').style.cssText = 'width: 600px; color: #bbb'")
        found = await page.ask(READABLE)
        assert found["width"] > 390
        assert found["contrast"] < 4.5

    played(profile, play)


def test_schemes_differ(profile: Path) -> None:
    async def play(page: Tab, url: str, _feed: Feed) -> None:
        backs = set()
        for scheme in ("dark", "light"):
            await page.look(390, scheme)
            await page.open(url)
            backs.add(await page.ask("getComputedStyle(document.body).backgroundColor"))
        assert len(backs) == 2

    played(profile, play)


@pytest.mark.parametrize("width", [390, 1440])
def test_everything_is_there_without_scripts(profile: Path, width: int) -> None:
    async def play(page: Tab, url: str, _feed: Feed) -> None:
        await page.scripts(run=False)
        await page.look(width, "dark")
        await page.open(url)
        assert await page.ask(VISIBLE) == list(PLANS)
        assert await page.ask("document.querySelector('noscript meta[http-equiv=refresh]') !== null")
        assert "reloads every" in await page.ask("document.getElementById('connection').textContent")
        await page.open(f"{url}/slo/P1")
        assert (await page.ask("document.querySelector('.chart .line').getBoundingClientRect().width")) > 200
        assert (await page.ask("document.querySelectorAll('.bar').length")) == 8

    played(profile, play)


def test_news_arrive_without_a_reload(profile: Path) -> None:
    """What changed is replaced, open details stay open, the keyboard stays where it is, and the change is announced."""

    async def play(page: Tab, url: str, feed: Feed) -> None:
        await page.open(f"{url}/slo/P1")
        await page.until("document.getElementById('connection').textContent === 'updates by itself'")
        await page.ask("window.mine = 1; document.getElementById('days').open = true;"
                       "document.querySelector('#live-alerts a').focus()")  # fmt: skip
        assert "not met" in await page.ask("document.getElementById('live-verdict').textContent")
        good = measured(PLANS["P1"], (), {}, 0.5)
        others = snapshot().results[1:]
        await feed.publish(replace(snapshot(), results=(good, *others)))
        await page.until("document.querySelector('#live-verdict .state').textContent === 'met'")
        assert await page.ask("window.mine") == 1
        assert await page.ask("document.getElementById('days').open")
        assert await page.ask("document.activeElement.closest('#live-alerts') !== null")
        await page.until("document.getElementById('told').textContent.startsWith('0 firing')")
        assert (await page.ask("document.title")).startswith("P1 met")

    played(profile, play)


def test_a_page_comes_back_after_the_server_did(profile: Path) -> None:
    """The browser connects again by itself, and then asks for what it missed."""

    async def play(page: Tab, url: str, feed: Feed) -> None:
        await page.open(url)
        await page.until("document.getElementById('connection').textContent === 'updates by itself'")
        await feed.close()  # ends every stream
        await page.until("document.getElementById('connection').textContent.startsWith('connection lost')")
        feed.closed = False
        await feed.publish(replace(snapshot(), models=(server("vllm-new:8000", models=("new-model",)),)))
        await page.until("document.getElementById('models').parentElement.textContent.includes('new-model')")

    played(profile, play)


def test_the_keyboard_reaches_everything_and_is_seen(profile: Path) -> None:
    async def play(page: Tab, url: str, _feed: Feed) -> None:
        await page.look(390, "dark")
        await page.open(url)
        await page.press("Tab", 9)
        assert await page.ask("document.activeElement.textContent") == "Skip to content"
        assert (await page.ask("document.activeElement.getBoundingClientRect().top")) >= 0
        assert await page.ask(FOCUS) != "none"
        await page.ask("document.activeElement.click()")
        assert await page.ask("document.activeElement.id") == "content"
        await page.press("Tab", 9)
        assert await page.ask("document.activeElement.closest('main') !== null")
        assert await page.ask(FOCUS) == "solid"

    played(profile, play)


@pytest.mark.parametrize("width", [390, 1440])
def test_a_screen_reader_hears_landmarks_headings_and_tables(profile: Path, width: int) -> None:
    """At 390 pixels rows are laid out as cards, and stay rows of a table all the same."""

    async def play(page: Tab, url: str, _feed: Feed) -> None:
        await page.look(width, "dark")
        await page.open(url)
        heard = await spoken(page)
        roles = [role for role, _ in heard]
        assert {"banner", "main", "contentinfo", "navigation", "status"} <= set(roles)
        assert roles.count("region") == roles.count("table") == 9
        assert all(name for role, name in heard if role in ("region", "table", "navigation", "link", "heading"))
        assert roles.count("row") >= len(PLANS) + 9
        assert roles.count("rowheader") >= len(PLANS)
        assert roles.count("columnheader") >= 6 * 5 or width == 390
        await page.open(f"{url}/slo/P1")
        assert ("image", "Error budget left over the period") in await spoken(page)

    played(profile, play)


async def spoken(page: Tab) -> list[tuple[str, str]]:
    """Role and name of everything that is not hidden from assistive technology."""
    await page.call("Accessibility.enable")
    nodes: list[dict[str, Any]] = (await page.call("Accessibility.getFullAXTree"))["nodes"]
    return [
        (node["role"]["value"], node.get("name", {}).get("value", ""))
        for node in nodes
        if not node["ignored"]
    ]  # fmt: skip


def test_the_browser_refuses_what_is_not_ours(profile: Path) -> None:
    """The pages break none of their own rules; a script or style that got into one would not run."""

    async def play(page: Tab, url: str, _feed: Feed) -> None:
        await page.call(
            "Page.addScriptToEvaluateOnNewDocument",
            source="window.broken = [];"
            "addEventListener('securitypolicyviolation', e => broken.push(e.violatedDirective))",
        )
        for path in INSTANCES:
            await page.open(url + path)
            await page.until("document.getElementById('connection').textContent === 'updates by itself'")
            assert await page.ask("broken") == [], path
        await page.ask("window.own = document.createElement('script'); own.text = 'window.bad = 1'")
        await page.ask("document.body.append(own)")
        await page.ask("document.body.setAttribute('style', 'color: red')")
        await page.until("broken.length === 2")
        assert await page.ask("window.bad") is None

    played(profile, play)
