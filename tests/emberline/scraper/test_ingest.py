"""From pages to samples, in virtual time."""

import pytest

from emberline.sources.ingest import Feed, cut, ingest, remove
from emberline.sources.stale import is_stale
from emberline.sources.store import Store
from emberline.sources.target import Target
from native.exposition import Exposition, Labels, parse
from slo.duration import Duration
from slo.selector import Selector

TARGET = Target("demo", "http://host:1/metrics", (("instance", "host:1"), ("job", "demo")))


@pytest.fixture
def feed() -> Feed:
    return Feed(TARGET, Store())


def page(text: str) -> Exposition:
    return parse(text.encode())


def history(feed: Feed, metric: str) -> dict[str, list[tuple[int, float | str]]]:
    """The samples of each series, by its first label that is not the target's; stale markers as such."""
    found: dict[str, list[tuple[int, float | str]]] = {}
    for track in feed.store.select(Selector(metric)):
        name = next((value for label, value in track.labels if label not in ("instance", "job")), "")
        pairs = zip(track.timestamps.tolist(), track.values.tolist(), strict=True)
        found[name] = [(at, "stale" if is_stale(value) else value) for at, value in pairs]
    return found


def test_every_sample_gets_the_time_of_the_scrape_and_the_labels_of_the_target(feed: Feed) -> None:
    ingest(feed, page('x{a="1"} 1\ny 2\n'), 1000)
    (track,) = feed.store.select(Selector("x"))
    assert track.labels == (("a", "1"), ("instance", "host:1"), ("job", "demo"))
    assert history(feed, "y") == {"": [(1000, 2.0)]}


def test_a_series_that_left_the_page_is_stale_until_it_returns(feed: Feed) -> None:
    ingest(feed, page('x{a="1"} 1\nx{a="2"} 1\n'), 1000)
    ingest(feed, page('x{a="2"} 2\n'), 2000)
    ingest(feed, page('x{a="2"} 3\n'), 3000)
    ingest(feed, page('x{a="1"} 4\nx{a="2"} 4\n'), 4000)
    assert history(feed, "x") == {
        "1": [(1000, 1.0), (2000, "stale"), (4000, 4.0)],
        "2": [(1000, 1.0), (2000, 2.0), (3000, 3.0), (4000, 4.0)],
    }


def test_a_failed_scrape_ends_every_series_once(feed: Feed) -> None:
    ingest(feed, page('x{a="1"} 1\nx{a="2"} 1\n'), 1000)
    cut(feed, 2000)
    cut(feed, 3000)
    ingest(feed, page('x{a="1"} 4\n'), 4000)
    assert history(feed, "x") == {"1": [(1000, 1.0), (2000, "stale"), (4000, 4.0)], "2": [(1000, 1.0), (2000, "stale")]}


def test_a_removed_target_ends_with_its_reports(feed: Feed) -> None:
    ingest(feed, page("x 1\n"), 1000)
    feed.report(1000, up=1.0)
    remove(feed, 2000)
    assert history(feed, "x") == {"": [(1000, 1.0), (2000, "stale")]}
    assert history(feed, "up") == {"": [(1000, 1.0), (2000, "stale")]}


def test_a_target_that_only_fails_keeps_its_reports(feed: Feed) -> None:
    feed.report(1000, up=1.0)
    cut(feed, 2000)
    feed.report(2000, up=0.0)
    assert history(feed, "up") == {"": [(1000, 1.0), (2000, 0.0)]}


class Unread(Exposition):
    """A page whose labels must not be looked at."""

    def labels(self, index: int) -> Labels:
        raise AssertionError(f"read the labels of sample {index}")


def unread(text: str) -> Exposition:
    found = page(text)
    object.__setattr__(found, "__class__", Unread)
    return found


def test_a_page_laid_out_as_the_last_one_is_taken_without_reading_labels(feed: Feed) -> None:
    with pytest.raises(AssertionError, match="read the labels"):
        ingest(feed, unread('x{a="1"} 1\n'), 1000)
    ingest(feed, page('x{a="1"} 1\nx{a="2"} 1\n'), 2000)
    ingest(feed, unread('x{a="2"} 2\nx{a="1"} 2\n'), 3000)
    ingest(feed, unread('x{a="1"} 3\n'), 4000)
    assert history(feed, "x")["1"] == [(2000, 1.0), (3000, 2.0), (4000, 3.0)]


def test_two_spellings_of_a_bucket_are_one_series(feed: Feed) -> None:
    text = '# TYPE h histogram\nh_bucket{{le="{}"}} {}\n'
    ingest(feed, page(text.format("5", 1)), 1000)
    ingest(feed, page(text.format("5.0", 2)), 2000)
    assert history(feed, "h_bucket") == {"5.0": [(1000, 1.0), (2000, 2.0)]}


def test_a_series_twice_on_one_page_counts_once(feed: Feed) -> None:
    ingest(feed, page('x{a="1"} 1\nx{a="1"} 1\nx{a="1"} 2\n'), 1000)
    assert history(feed, "x") == {"1": [(1000, 1.0)]}
    assert feed.store.dropped.duplicate == 1


def test_a_sample_that_brings_its_own_time_keeps_it_and_ends_unmarked(feed: Feed) -> None:
    ingest(feed, page('x{a="1"} 1 900\nx{a="2"} 1\n'), 1000)
    ingest(feed, page('x{a="1"} 1 900\nx{a="2"} 2\n'), 2000)
    ingest(feed, page("y 1\n"), 3000)
    assert history(feed, "x") == {"1": [(900, 1.0)], "2": [(1000, 1.0), (2000, 2.0), (3000, "stale")]}
    assert feed.store.dropped.duplicate == 0


def test_a_sample_from_the_far_future_is_not_taken(feed: Feed) -> None:
    ingest(feed, page('x{a="near"} 1 601000\nx{a="far"} 1 601001\n'), 1000)
    assert history(feed, "x") == {"near": [(601_000, 1.0)]}


def test_series_that_nobody_wants_are_known_but_not_held() -> None:
    feed = Feed(TARGET, Store(lambda metric, _labels: None if metric == "y" else TARGET.interval))
    ingest(feed, page("x 1\ny 1\n"), 1000)
    ingest(feed, unread("x 2\ny 2\n"), 2000)
    assert history(feed, "y") == {}
    assert history(feed, "x") == {"": [(1000, 1.0), (2000, 2.0)]}


@pytest.mark.parametrize("kept", [Duration(1000), None])
def test_labels_that_change_with_every_scrape_do_not_pile_up(kept: Duration | None) -> None:
    feed = Feed(TARGET, Store(lambda _metric, _labels: kept))
    for turn in range(100):
        ingest(feed, page(f'x{{a="{turn}"}} 1\n'), 1000 * (turn + 1))
    assert len(feed.known) <= 2


LATER = 31 * 86_400_000


@pytest.mark.parametrize("down", [True, False])
def test_a_series_swept_away_in_a_long_pause_starts_anew(feed: Feed, down: bool) -> None:  # noqa: FBT001
    ingest(feed, page("x 1\n"), 1000)
    if down:
        cut(feed, 2000)
    feed.store.sweep(LATER)
    assert history(feed, "x") == {}
    ingest(feed, page("x 2\n"), LATER)
    assert history(feed, "x") == {"": [(LATER, 2.0)]}


def test_a_failed_scrape_after_a_long_pause_ends_what_is_left(feed: Feed) -> None:
    ingest(feed, page("x 1\ny 1\n"), 1000)
    feed.store.sweep(LATER)
    cut(feed, LATER)
    assert history(feed, "x") == {}


def test_a_sample_that_brings_an_old_time_starts_anew_after_a_sweep(feed: Feed) -> None:
    ingest(feed, page("x 1 900\n"), 1000)
    feed.store.sweep(LATER)
    ingest(feed, page(f"x 2 {LATER}\n"), LATER)
    assert history(feed, "x") == {"": [(LATER, 2.0)]}


def test_a_target_that_returns_laid_out_as_before_is_taken_without_reading_labels(feed: Feed) -> None:
    ingest(feed, page("x 1\n"), 1000)
    cut(feed, 2000)
    ingest(feed, unread("x 2\n"), 3000)
    assert history(feed, "x")[""][-1] == (3000, 2.0)
