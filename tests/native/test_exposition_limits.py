"""A page at a limit is read, one beyond it is refused where it begins to be too much."""

from dataclasses import replace

import pytest

from native.exposition import ExpositionError, Limits, kernel, parse, twin

PAGE = b'# a comment\na{b="1",c="2"} 1\n\nlonger_than_others_by_far{b="123456789012345678901234"} 1\nb 2\n'

# The limit that the page just keeps, and where the page is refused with one less.
ROWS = [
    ("body_bytes", len(PAGE), (5, 4), "the page is longer than allowed"),
    ("lines", 5, (5, 1), "more lines than allowed"),
    ("line_bytes", 57, (4, 57), "the line is longer than allowed"),
    ("series", 3, (5, 1), "more series than allowed"),
    ("labels", 2, (2, 9), "more labels than allowed"),
]


@pytest.mark.parametrize("scan", [kernel.scan, twin.scan], ids=["in use", "twin"])
@pytest.mark.parametrize(("name", "bound", "place", "message"), ROWS, ids=[row[0] for row in ROWS])
def test_a_page_at_the_limit_passes_and_one_over_it_fails(
    name: str, bound: int, place: tuple[int, int], message: str, scan: object, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("native.exposition.page.scan", scan)
    at_limit = replace(Limits(), **{name: bound})
    assert len(parse(PAGE, at_limit)) == 3
    with pytest.raises(ExpositionError) as caught:
        parse(PAGE, replace(at_limit, **{name: bound - 1}))
    assert (caught.value.line, caught.value.column, caught.value.message) == (*place, message)


def test_a_line_that_is_too_long_is_refused_before_what_stands_in_it() -> None:
    with pytest.raises(ExpositionError, match="line 1, column 5: the line is longer than allowed"):
        parse(b"a b c d e f\n", Limits(line_bytes=4))


def test_the_metric_name_is_no_label() -> None:
    assert len(parse(b'{"a.b",c="1"} 1\n', Limits(labels=1))) == 1


@pytest.mark.parametrize("bound", [-1, 2**32])
def test_limits_that_cannot_be_kept_are_refused(bound: int) -> None:
    with pytest.raises(ValueError, match="every limit must lie in"):
        Limits(series=bound)
