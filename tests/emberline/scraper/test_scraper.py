"""Scraping real servers on loopback."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from emberline.clock import wall_clock
from emberline.sources.access import Access
from emberline.sources.scraper import Scraper, moment
from emberline.sources.stale import is_stale
from emberline.sources.store import Store
from emberline.sources.target import Target
from native.exposition import Limits
from slo.duration import Duration
from slo.selector import Selector
from tests.emberline.scraper.pages import GOOD, Pages, serving, until

QUICK = Duration(500)
LIMITS = Limits(body_bytes=100_000)
UNUSABLE = "not one line of printable characters without spaces"


def target(address: str, **more: Any) -> Target:  # noqa: ANN401  as Target takes them
    return Target("demo", f"{address}/metrics", (("instance", "here"), ("job", "demo")), QUICK, **more)


def up(store: Store) -> list[float]:
    return [value for track in store.select(Selector("up")) for value in track.values.tolist()]


def ended(store: Store) -> list[bool]:
    """Whether each series of x ends with a stale marker, in the order of labels."""
    return [is_stale(float(track.values[-1])) for track in store.select(Selector("x"))]


def run(scenario: Callable[[Pages, Store, Scraper], Coroutine[None, None, None]]) -> Store:
    """Play a scenario with a server, a store and a scraper that watches the server."""

    async def play() -> Store:
        pages, store = Pages(), Store()
        async with serving(pages) as address, Scraper(store, limits=LIMITS) as scraper:
            scraper.watch([target(address)])
            await scraper.settled()
            await scenario(pages, store, scraper)
        return store

    return asyncio.run(play())


def test_a_good_page_is_up_and_its_samples_are_held() -> None:
    async def scenario(_pages: Pages, store: Store, scraper: Scraper) -> None:
        (health,) = scraper.health
        assert (health.up, health.samples, health.error) == (True, 2, "")
        assert health.at is not None
        assert abs(health.at - wall_clock()) < 60_000
        assert [track.values.tolist() for track in store.select(Selector("x"))] == [[1.0], [2.0]]
        assert ended(store) == [False, False]

    store = run(scenario)
    assert up(store) == [1.0]
    (count,) = store.select(Selector("scrape_samples_scraped"))
    assert count.values.tolist() == [2.0]
    (seconds,) = store.select(Selector("scrape_duration_seconds"))
    assert 0 < seconds.values[0] < 1


@pytest.mark.parametrize(
    ("late", "borne"), [(0, 0), (1, 0), (150, 0), (-150, 0), (151, 151), (-151, -151), (14_000, 14_000)]
)
def test_a_punctual_scrape_bears_the_time_that_was_due(late: int, borne: int) -> None:
    due = 1_700_000_000_000
    assert moment(due, due + late, Duration.parse("15s")) == due + borne


@pytest.mark.parametrize(
    ("fault", "told"),
    [
        ("broken", "HTTP status 500"),
        ("elsewhere", "HTTP status 302"),
        ("hanging", "no complete answer within 0.5 s"),
        ("dripping", "no complete answer within 0.5 s"),
        ("endless", "more than 100000 bytes"),
        ("packed", "compressed"),
        ("garbage", "not a metrics page"),
    ],
)
def test_up_falls_with_a_fault_and_rises_after_it(fault: str, told: str) -> None:
    async def scenario(pages: Pages, store: Store, scraper: Scraper) -> None:
        pages.answer = b"x 1\nx{ 2\n" if fault == "garbage" else getattr(pages, fault)
        await until(lambda: scraper.health[0].up is False)
        assert told in scraper.health[0].error
        assert ended(store) == [True, True]
        pages.answer = GOOD
        await until(lambda: scraper.health[0].up is True)
        assert ended(store) == [False, False]

    values = up(run(scenario))
    assert values[0] == values[-1] == 1.0
    assert 0.0 in values


def test_a_page_in_openmetrics_is_read_as_such() -> None:
    async def scenario(pages: Pages, store: Store, scraper: Scraper) -> None:
        pages.answer = pages.openmetrics
        await until(lambda: any(track.values[-1] == 5 for track in store.select(Selector("x_total"))))
        assert scraper.health[0].up is True

    run(scenario)


def test_a_server_that_stops_listening_is_down_and_up_again_when_it_returns() -> None:
    async def play() -> list[float]:
        pages, store = Pages(), Store()
        async with Scraper(store) as scraper:
            async with serving(pages) as address:
                scraper.watch([target(address)])
                await scraper.settled()
            await until(lambda: scraper.health[0].up is False)
            assert ended(store) == [True, True]
            async with serving(pages, int(address.rpartition(":")[2])):
                await until(lambda: scraper.health[0].up is True)
        return up(store)

    values = asyncio.run(play())
    assert [values[0], min(values), values[-1]] == [1.0, 0.0, 1.0]


def test_a_series_that_leaves_the_page_becomes_stale_and_the_other_goes_on() -> None:
    async def scenario(pages: Pages, store: Store, _scraper: Scraper) -> None:
        pages.answer = b'x{a="2"} 3\n'
        await until(lambda: ended(store) == [True, False])

    assert 0.0 not in up(run(scenario))


def test_a_removed_target_becomes_stale_with_its_up_and_is_scraped_no_more() -> None:
    async def scenario(pages: Pages, store: Store, scraper: Scraper) -> None:
        scraper.watch([])
        assert scraper.health == ()
        assert ended(store) == [True, True]
        asked = len(pages.headers)
        await asyncio.sleep(3 * QUICK.seconds)
        assert len(pages.headers) == asked

    assert is_stale(up(run(scenario))[-1])


def test_one_target_that_hangs_does_not_hold_up_another() -> None:
    async def play() -> None:
        slow, quick, store = Pages(), Pages(), Store()
        slow.answer = slow.hanging
        async with serving(slow) as one, serving(quick) as other, Scraper(store) as scraper:
            scraper.watch([target(one), target(other)])
            await until(lambda: len(quick.headers) >= 4)
            assert scraper.health[1].up is True
            await until(lambda: scraper.health[0].up is False)

    asyncio.run(play())


def test_a_token_is_read_anew_for_each_scrape_and_a_missing_one_is_an_error(tmp_path: Path) -> None:
    token = tmp_path / "token"
    token.write_text("first\n")

    async def play() -> None:
        pages, store = Pages(), Store()
        async with serving(pages) as address, Scraper(store) as scraper:
            scraper.watch([target(address, access=Access(token))])
            await scraper.settled()
            token.write_text("second\n")
            await until(lambda: pages.headers[-1].get("Authorization") == "Bearer second")
            token.unlink()
            await until(lambda: scraper.health[0].up is False)
            assert "token" in scraper.health[0].error
        assert pages.headers[0]["Authorization"] == "Bearer first"

    asyncio.run(play())


@pytest.mark.parametrize("text", [b"\xff\xfe\x00", "t\u00f6ken".encode(), b"first\nsecond", b"", b"with space"])
def test_a_file_that_holds_no_token_is_told_without_its_content_and_the_others_go_on(
    tmp_path: Path, text: bytes
) -> None:
    (tmp_path / "secret").write_bytes(text)

    async def play() -> None:
        pages, store = Pages(), Store()
        async with serving(pages) as address, Scraper(store) as scraper:
            scraper.watch([target(address, access=Access(tmp_path / "secret")), target(address)])
            await scraper.settled()
            assert scraper.health[0].error == f"{tmp_path / 'secret'}: {UNUSABLE}"
            await until(lambda: scraper.health[1].up is True)

    asyncio.run(play())


def test_the_error_of_whoever_uses_the_scraper_stays_itself_and_ends_it() -> None:
    async def play() -> None:
        pages = Pages()
        async with serving(pages) as address, Scraper(Store()) as scraper:
            scraper.watch([target(address)])
            await scraper.settled()
            raise KeyError("theirs")

    with pytest.raises(KeyError, match="theirs"):
        asyncio.run(play())


def test_a_scrape_that_crashes_is_told_and_not_swallowed() -> None:
    def broken_clock() -> int:
        raise ZeroDivisionError

    async def play() -> None:
        async with Scraper(Store(), clock=broken_clock) as scraper:
            scraper.watch([target("http://127.0.0.1:9")])
            await scraper.settled()

    with pytest.raises(ExceptionGroup) as caught:
        asyncio.run(play())
    assert caught.group_contains(ZeroDivisionError)


def test_the_past_is_swept_while_scraping() -> None:
    async def play() -> None:
        store = Store()
        old, new = store.series("old", ()), store.series("new", ())
        assert old is not None
        assert new is not None
        store.append((old,), 0, (1.0,))
        store.append((new,), wall_clock(), (1.0,))
        async with Scraper(store, sweep=Duration(50)):
            await until(lambda: store.select(Selector("old")) == ())
        assert len(store.select(Selector("new"))) == 1

    asyncio.run(play())
