"""What a page may look like, what is refused and where; each row is read by the kernel and by the twin."""

import math
from collections.abc import Callable

import pytest

from native.exposition import (
    COMPILED,
    NO_TIMESTAMP,
    Exposition,
    ExpositionError,
    FamilySpan,
    Sample,
    kernel,
    parse,
    twin,
)
from tests.native.exposition_pages import ACCEPTED, REFUSED

Scan = Callable[[bytes, int, int, int, int, int, int], twin.Scanned]
Read = Callable[[bytes], Exposition]
IMPLEMENTATIONS: list[Scan] = [twin.scan, kernel.scan] if COMPILED else [twin.scan]


@pytest.fixture(params=IMPLEMENTATIONS, ids=lambda scan: "kernel" if scan is not twin.scan else "twin")
def read(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Read:
    """`parse` on one of the implementations."""
    monkeypatch.setattr("native.exposition.page.scan", request.param)
    return parse


@pytest.mark.parametrize(("body", "samples"), [row[1:] for row in ACCEPTED], ids=[row[0] for row in ACCEPTED])
def test_accepts(read: Read, body: bytes, samples: list[Sample]) -> None:
    assert list(read(body).samples()) == samples


NUMBERS = {
    b"0": 0.0, b"-0": -0.0, b"+1": 1.0, b"1.": 1.0, b".5": 0.5, b"1e3": 1000.0, b"1E+03": 1000.0, b"5e-324": 5e-324,
    b"1e-400": 0.0, b"-1e-400": -0.0, b"0e999": 0.0, b"1.7976931348623157e308": 1.7976931348623157e308,
    b"9007199254740993": 9007199254740992.0, b"123456789012345678901234567890": 123456789012345678901234567890.0,
    b"0.1000000000000000055511151231257827021181583404541015625": 0.1, b"+Inf": math.inf, b"-inf": -math.inf,
    b"INFINITY": math.inf, b"NaN": math.nan, b"nan": math.nan,
}  # fmt: skip


@pytest.mark.parametrize("text", NUMBERS)
def test_reads_numbers_correctly_rounded(read: Read, text: bytes) -> None:
    assert repr(read(b"a " + text + b"\n").values[0]) == repr(NUMBERS[text])


@pytest.mark.parametrize(
    ("body", "line", "column", "message"), [row[1:] for row in REFUSED], ids=[row[0] for row in REFUSED]
)
def test_refuses(read: Read, body: bytes, line: int, column: int, message: str) -> None:
    with pytest.raises(ExpositionError) as caught:
        read(body)
    error = caught.value
    assert (error.line, error.column, error.message) == (line, column, message)
    assert error.offset == sum(map(len, body.split(b"\n")[: line - 1])) + line - 1 + column - 1
    assert str(error) == f"line {line}, column {column}: {message}"


FAMILIES: list[tuple[str, bytes, list[FamilySpan]]] = [
    ("a type and a help", b"# HELP a x y\n# TYPE a counter\na 1\n", [FamilySpan("a", "counter", "x y", 0, 1)]),
    ("neither", b"a 1\na 2\nb 1\n", [FamilySpan("a", "untyped", "", 0, 2), FamilySpan("b", "untyped", "", 2, 1)]),
    ("no samples", b"# TYPE a gauge\n# HELP b\n",
     [FamilySpan("a", "gauge", "", 0, 0), FamilySpan("b", "untyped", "", 0, 0)]),
    ("a histogram's parts", b'# TYPE a histogram\na_bucket{le="1"} 1\na_sum 1\na_count 1\na_max 1\n',
     [FamilySpan("a", "histogram", "", 0, 3), FamilySpan("a_max", "untyped", "", 3, 1)]),
    ("a summary's parts", b'# TYPE a summary\na{quantile="1"} 1\na_sum 1\na_bucket 1\n',
     [FamilySpan("a", "summary", "", 0, 2), FamilySpan("a_bucket", "untyped", "", 2, 1)]),
    ("a gauge has no parts", b"# TYPE a gauge\na 1\na_sum 1\n",
     [FamilySpan("a", "gauge", "", 0, 1), FamilySpan("a_sum", "untyped", "", 1, 1)]),
    ("a family that comes back", b"# TYPE a gauge\na 1\nb 1\na 2\n",
     [FamilySpan("a", "gauge", "", 0, 1), FamilySpan("b", "untyped", "", 1, 1), FamilySpan("a", "untyped", "", 2, 1)]),
    ("a type behind its samples", b"a 1\n# TYPE a gauge\na 2\n", [FamilySpan("a", "gauge", "", 0, 2)]),
    ("the last help", b"# HELP a x\n# HELP a y\n", [FamilySpan("a", "untyped", "y", 0, 0)]),
    ("escapes of a help text", rb'# HELP a \\ \n \" \x', [FamilySpan("a", "untyped", '\\ \n \\" \\x', 0, 0)]),
    ("blanks of a help text", b"# HELP a  x \n# HELP b \t \n",
     [FamilySpan("a", "untyped", " x ", 0, 0), FamilySpan("b", "untyped", "", 0, 0)]),
    ("a name cut short, as Prometheus does", b"# HELP a-b c", [FamilySpan("a", "untyped", "b c", 0, 0)]),
    ("quoted names", b'# TYPE "a.b" histogram\n{"a.b_sum"} 1\n{"a.b_bucket",le="1"} 1\n',
     [FamilySpan("a.b", "histogram", "", 0, 2)]),
    ("a quoted name that need not be", b'# TYPE a counter\n{"a"} 1\n', [FamilySpan("a", "counter", "", 0, 1)]),
]  # fmt: skip


@pytest.mark.parametrize(("body", "families"), [row[1:] for row in FAMILIES], ids=[row[0] for row in FAMILIES])
def test_groups_samples_into_families(read: Read, body: bytes, families: list[FamilySpan]) -> None:
    assert list(read(body).families) == families


def test_columns_can_be_looked_at_without_objects() -> None:
    page = parse(b'# TYPE a counter\na{b="\\n"} 1\n{"c.d"} NaN 5\n')
    assert (len(page), page.values.format, page.timestamps.format) == (2, "d", "q")
    assert (page.series(0), page.series(1)) == (b'a{b="\\n"}', b'{"c.d"}')
    assert (page.name(0), page.name(1)) == ("a", "c.d")
    assert (page.labels(0), page.labels(1)) == ((("b", "\n"),), ())
    assert page.timestamps.tolist() == [NO_TIMESTAMP, 5]
    assert page.values.readonly
    assert repr(page) == "<Exposition: 2 samples, 43 bytes>"


def test_a_nan_has_the_bits_that_prometheus_stores(read: Read) -> None:
    assert read(b"a nan\n").values.tobytes() == (0x7FF8000000000001).to_bytes(8, "little")


def test_find_gives_exactly_the_samples_of_a_name() -> None:
    page = parse(b'# TYPE a histogram\na_bucket{le="1"} 1\na_bucket{le="2"} 2\na_sum 3\nab 4\na_bucket 5\n')
    assert [sample.value for sample in page.find("a_bucket")] == [1.0, 2.0, 5.0]
    assert [sample.value for sample in page.find("a_sum")] == [3.0]
    assert list(page.find("a")) == []
