"""The page's bytes: as new as they must be, and put together no more often than that."""

import time
from collections.abc import Iterable

from exporter.page import Page
from native.exposition import Family, Sample
from tests.exporter.web.site import Gpus, gauge


def lines(page: Page, start: str = "g") -> list[str]:
    return [line for line in page.render().decode().splitlines() if line.startswith(start)]


def values(**found: float) -> Iterable[Family]:
    samples = tuple(Sample("g", (("l", label),), value) for label, value in found.items())
    return (Family("g", "gauge", "help", samples),) if samples else ()


def test_a_page_shows_new_values_new_series_and_series_that_went() -> None:
    gpus = Gpus()
    page = Page(gpus, (), fresh=0)
    for found, expected in [
        ({"a": 1.0}, ['g{l="a"} 1']),
        ({"a": 2.0}, ['g{l="a"} 2']),
        ({"a": 2.0, "b": 3.0}, ['g{l="a"} 2', 'g{l="b"} 3']),
        ({"b": 4.0}, ['g{l="b"} 4']),
        ({}, []),
    ]:
        gpus.now(*values(**found))
        assert lines(page) == expected


def test_within_a_moment_the_very_same_bytes_are_given() -> None:
    gpus = Gpus(*values(a=1))
    page = Page(gpus, (), fresh=60)
    first = page.render()
    gpus.now(*values(a=2))
    assert page.render() is first


def test_what_is_new_is_shown_once_the_moment_is_over() -> None:
    gpus = Gpus(*values(a=1))
    page = Page(gpus, ())
    assert lines(page) == ['g{l="a"} 1']
    gpus.now(*values(a=2))
    until = time.monotonic() + 5
    while lines(page) != ['g{l="a"} 2']:
        assert time.monotonic() < until


class Counting(Gpus):
    asked = 0

    def families(self, at: float) -> tuple[Family, ...]:
        self.asked += 1
        return super().families(at)


def test_ages_grow_without_the_samples_being_gathered_again() -> None:
    gpus = Counting(Family("x_age_seconds", "gauge", "", (Sample("x_age_seconds", (), 5.0),)), *values(a=1))
    page = Page(gpus, (), fresh=0)
    began = time.monotonic()
    ages = [float(lines(page, "x_age")[0].split()[1]) for _ in range(50)]
    assert gpus.asked <= 1 + (time.monotonic() - began) / 0.5
    assert ages == sorted(set(ages))
    assert 5 <= ages[0] <= ages[-1] <= 5 + time.monotonic() - began
    assert lines(page) == ['g{l="a"} 1']


def test_forms_do_not_share_their_bytes() -> None:
    page = Page(Gpus(gauge()), (), fresh=60)
    first = page.render(("text", "dots"))
    assert page.render(("text", "dots")) is first
    assert page.render(("text", "values")) is not first


def test_drops_are_counted_for_every_page_put_together() -> None:
    gpus = Gpus(*values(a=1), *values(a=2))
    page = Page(gpus, (), fresh=0)
    dropped = 'emberline_exporter_series_dropped_total{reason="duplicate"}'
    assert lines(page, dropped) == [f"{dropped} 1"]
    gpus.now(*gpus.held)
    assert lines(page, dropped) == [f"{dropped} 2"]
    assert lines(page) == ['g{l="a"} 1']
