"""OpenMetrics: what is read, what is refused and where; each row is read by the kernel and by the twin."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from native.exposition import Exposition, ExpositionError, FamilySpan, Limits, Sample, format_of, kernel, parse, twin
from tests.native.exposition_open_pages import ACCEPTED, REFUSED, STRICTER

Read = Callable[..., Exposition]


@pytest.fixture(params=[kernel.scan, twin.scan], ids=["in use", "twin"])
def read(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Read:
    """`parse` of OpenMetrics on one of the implementations."""
    monkeypatch.setattr("native.exposition.page.scan", request.param)
    return lambda body, limits=None: parse(body, limits or Limits(), "openmetrics")


@pytest.mark.parametrize(("body", "samples"), [row[1:] for row in ACCEPTED], ids=[row[0] for row in ACCEPTED])
def test_accepts(read: Read, body: bytes, samples: list[Sample]) -> None:
    assert list(read(body).samples()) == samples


ALL_REFUSED = [*REFUSED, *STRICTER]


@pytest.mark.parametrize(
    ("body", "line", "column", "message"), [row[1:] for row in ALL_REFUSED], ids=[row[0] for row in ALL_REFUSED]
)
def test_refuses(read: Read, body: bytes, line: int, column: int, message: str) -> None:
    with pytest.raises(ExpositionError) as caught:
        read(body)
    assert (caught.value.line, caught.value.column, caught.value.message) == (line, column, message)


FAMILIES: list[tuple[str, bytes, list[FamilySpan]]] = [
    ("a counter and when it began", b"# TYPE a counter\na_total 1\na_created 1\na_sum 1\n",
     [FamilySpan("a", "counter", "", 0, 2), FamilySpan("a_sum", "untyped", "", 2, 1)]),
    ("a histogram's parts", b'# TYPE a histogram\na_bucket{le="1"} 1\na_sum 1\na_count 1\na_created 1\na_total 1\n',
     [FamilySpan("a", "histogram", "", 0, 4), FamilySpan("a_total", "untyped", "", 4, 1)]),
    ("a gauge histogram's parts", b"# TYPE a gaugehistogram\na_bucket 1\na_gsum 1\na_gcount 1\na_count 1\n",
     [FamilySpan("a", "gaugehistogram", "", 0, 3), FamilySpan("a_count", "untyped", "", 3, 1)]),
    ("a summary's parts", b'# TYPE a summary\na{quantile="1"} 1\na_sum 1\na_created 1\na_bucket 1\n',
     [FamilySpan("a", "summary", "", 0, 3), FamilySpan("a_bucket", "untyped", "", 3, 1)]),
    ("an info", b"# TYPE a info\na_info 1\na_total 1\n",
     [FamilySpan("a", "info", "", 0, 1), FamilySpan("a_total", "untyped", "", 1, 1)]),
    ("a set of states", b'# TYPE a stateset\na{a="x"} 1\na_info 1\n',
     [FamilySpan("a", "stateset", "", 0, 1), FamilySpan("a_info", "untyped", "", 1, 1)]),
    ("an unknown", b"# TYPE a unknown\na 1\n", [FamilySpan("a", "untyped", "", 0, 1)]),
    ("a unit", b"# UNIT a_s s\n# UNIT b \n",
     [FamilySpan("a_s", "untyped", "", 0, 0, "s"), FamilySpan("b", "untyped", "", 0, 0)]),
    ("escapes of a help text", b'# HELP a \\\\ \\n \\" \\x\n', [FamilySpan("a", "untyped", '\\ \n " \\x', 0, 0)]),
    ("quoted names", b'# TYPE "a.b" counter\n{"a.b_total"} 1\n', [FamilySpan("a.b", "counter", "", 0, 1)]),
]  # fmt: skip


@pytest.mark.parametrize(("body", "families"), [row[1:] for row in FAMILIES], ids=[row[0] for row in FAMILIES])
def test_groups_samples_into_families(read: Read, body: bytes, families: list[FamilySpan]) -> None:
    assert list(read(body + b"# EOF\n").families) == families


PAGE = b'# TYPE a gauge\na{b="1",c="2"} 1\nlonger_than_others_by_far{b="12345678901234567890"} 1\nb 2\n# EOF\n'

# The limit that the page just keeps, and where the page is refused with one less.
LIMITS = [
    ("body_bytes", len(PAGE), (5, 6)),
    ("lines", 5, (5, 1)),
    ("line_bytes", 53, (3, 53)),
    ("series", 3, (4, 1)),
    ("labels", 2, (2, 9)),
]


@pytest.mark.parametrize(("name", "bound", "place"), LIMITS, ids=[row[0] for row in LIMITS])
def test_a_page_at_the_limit_passes_and_one_over_it_fails(
    read: Read, name: str, bound: int, place: tuple[int, int]
) -> None:
    at_limit = replace(Limits(), **{name: bound})
    assert len(read(PAGE, at_limit)) == 3
    with pytest.raises(ExpositionError) as caught:
        read(PAGE, replace(at_limit, **{name: bound - 1}))
    assert (caught.value.line, caught.value.column) == place


def test_find_knows_the_endings_of_the_format() -> None:
    page = parse(b"# TYPE a counter\na_total 1\na_created 2\n# EOF\n", format="openmetrics")
    assert [sample.value for sample in page.find("a_total")] == [1.0]
    assert (page.format, len(page)) == ("openmetrics", 2)


CONTENT_TYPES = {
    "application/openmetrics-text": "openmetrics",
    "application/openmetrics-text; version=1.0.0; charset=utf-8": "openmetrics",
    " Application/OpenMetrics-Text ;version=0.0.1": "openmetrics",
    "text/plain; version=0.0.4": "text",
    "text/plain; x=application/openmetrics-text": "text",
    "application/openmetrics-text2": "text",
    "": "text",
    None: "text",
}


@pytest.mark.parametrize("content_type", CONTENT_TYPES)
def test_the_content_type_tells_the_format(content_type: str | None) -> None:
    assert format_of(content_type) == CONTENT_TYPES[content_type]
