"""Laws of the text format: kernel and twin agree on every page, and what is written reads back the same."""

import struct
from array import array
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from native.exposition import Exposition, Family, FamilyType, Sample, encode, kernel, parse, twin
from native.exposition.model import SUFFIXES, TYPES

needs_kernel = pytest.mark.skipif(not kernel.COMPILED, reason="no compiled kernel to compare with")

CAPTURES = sorted(Path(__file__).parents[1].joinpath("data", "captures").glob("*/*.prom"))
WIDE = (2**32 - 1, 2**32 - 1, 2**32 - 1, 2**32 - 1, 64)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
names = st.one_of(st.from_regex(r"[a-zA-Z_:][a-zA-Z0-9_:]{0,8}", fullmatch=True), texts.filter(bool))
label_names = st.one_of(st.sampled_from(["le", "quantile", "engine", "a"]), names).filter(
    lambda name: name != "__name__"
)
labels = st.lists(st.tuples(label_names, texts), max_size=4, unique_by=lambda label: label[0]).map(tuple)
every_double = st.one_of(
    st.floats(width=64), st.integers(0, 2**64 - 1).map(lambda bits: struct.unpack("<d", struct.pack("<Q", bits))[0])
)


@st.composite
def families(draw: st.DrawFn) -> Family:
    name = draw(names)
    kind: FamilyType = draw(st.sampled_from(TYPES))
    samples = st.builds(
        Sample,
        st.sampled_from(SUFFIXES[kind]).map(lambda ending: name + ending),
        labels,
        every_double,
        st.none() | st.integers(0, 2**63 - 1),
    )
    # A help text of blanks alone reads back as none, as in Prometheus.
    text = draw(texts.filter(lambda text: not text or text.strip(" \t")))
    return Family(name, kind, text, tuple(draw(st.lists(samples, max_size=4))))


pages = st.lists(families(), max_size=4, unique_by=lambda family: family.name)


def agree(body: bytes, limits: tuple[int, int, int, int, int] = WIDE) -> None:
    """Kernel and twin give the same columns, or the same fault at the same byte."""
    assert kernel.scan(body, *limits) == twin.scan(body, *limits)


def bits(values: "memoryview[float] | array[float]") -> bytes:
    return memoryview(values).tobytes()


@needs_kernel
@given(pages)
def test_kernel_and_twin_agree_on_written_pages(page: list[Family]) -> None:
    agree(encode(page))


FRAGMENTS = [
    b"a", b"up", b"le", b"_bucket", b"_sum", b"_count", b"{", b"}", b",", b"=", b'"', b'="', b'",', b'"}', b"\\",
    b"\\n", b'\\"', b"\\\\", b"\n", b"\r", b" ", b"\t", b"\0", b"#", b"# HELP ", b"# TYPE ", b" counter\n",
    b" histogram\n", b" summary\n", b"0", b"1", b"9", b".", b"e", b"E", b"+", b"-", b"inf", b"Infinity", b"nan",
    b"NaN", b"_", b":", b"x", b"\xc3\xa4", b"\xff", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x82", b"__name__",
    b'a="b"', b'{"a.b"} 1\n', b'up{a="b",le="1"} 1\n', b'up{a="b",le="2"} 1\n', b'up{a="b",le="10",c="d"} 0.5\n',
    b'up{a="c",le="1",c="d"} 0.5\n',
]  # fmt: skip


@needs_kernel
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=24).map(b"".join))
@example(b'a{x="1",y="2"} 1\na{x="1",y="3\\"} 1\n')
@example(b'a{x="1",y="2"} 1\na{x="1",x="2"} 1\n')
@example(b'a{x="1",y="2"} 1\na{x="1"z="2"} 1\na{x="1",z="2",} 1')
@example(b'{"a","x\\\\y"="1","x\\y"="2"} 1')
def test_kernel_and_twin_agree_on_garbage(body: bytes) -> None:
    agree(body)


@needs_kernel
@given(st.data())
def test_kernel_and_twin_agree_on_damaged_captures(data: st.DataObject) -> None:
    body = bytearray(data.draw(st.sampled_from(CAPTURES)).read_bytes())
    start = data.draw(st.integers(0, len(body)))
    del body[: body.rfind(b"\n", 0, start) + 1]
    del body[data.draw(st.integers(0, 4000)) :]
    for _ in range(data.draw(st.integers(0, 3))):
        at = data.draw(st.integers(0, len(body)))
        gone = data.draw(st.integers(0, 3))
        body[at : at + gone] = data.draw(st.one_of(st.binary(max_size=3), st.sampled_from(FRAGMENTS)))
    agree(bytes(body))


@needs_kernel
@given(
    pages, st.tuples(st.integers(0, 200), st.integers(0, 6), st.integers(0, 60), st.integers(0, 4), st.integers(0, 3))
)
def test_kernel_and_twin_agree_on_limits(page: list[Family], limits: tuple[int, int, int, int, int]) -> None:
    agree(encode(page), limits)
    agree(encode(page), (WIDE[0], *limits[1:]))


NUMBER = (
    st.text("0123456789.eE+-", max_size=24)
    | st.floats().map(repr)
    | st.from_regex(r"[+-]?[0-9]{0,25}(\.[0-9]{0,400})?([eE][+-]?[0-9]{1,5})?", fullmatch=True)
)


@needs_kernel
@given(NUMBER)
@example("2.4703282292062327208e-324")
@example("2.4703282292062328e-324")
@example("1.7976931348623158e308")
@example("1.7976931348623159e308")
@example("9007199254740993")
@example("9007199254740992.99999999999999999999999999999")
@example("0." + "0" * 400 + "1e401")
@example("1" + "0" * 400 + "e-400")
@example("0e99999999999999999999")
@example("1e-99999999999999999999")
def test_kernel_and_twin_read_the_same_number(text: str) -> None:
    agree(f"a {text}\n".encode())


@needs_kernel
@given(st.text("0123456789", min_size=1, max_size=22) | st.integers(2**63 - 9, 2**70).map(str))
def test_kernel_and_twin_read_the_same_timestamp(digits: str) -> None:
    agree(f"a 1 {digits}\n".encode())


@needs_kernel
@given(every_double)
@example(2.0**-44)
@example(5e-324)
@example(-0.0)
@example(2.0**53)
@example(2.0**53 + 2)
@example(999999.0)
@example(1e6)
@example(1e21)
@example(0.0001)
@example(0.00001)
def test_kernel_and_twin_write_the_same_number_and_it_reads_back(value: float) -> None:
    ends, values = array("I", [2]).tobytes(), row([value])
    page = kernel.render(b"a \n", ends, values)
    assert page == twin.render(b"a \n", ends, values)
    assert bits(parse(page).values) == bits(stored([value]))


def row(values: list[float]) -> "memoryview[float]":
    return memoryview(array("d", values)).cast("B").cast("d")


def stored(values: list[float]) -> "array[float]":
    """As Prometheus keeps them: one pattern for every NaN."""
    nan: float = struct.unpack("<d", struct.pack("<Q", 0x7FF8000000000001))[0]
    return array("d", [nan if value != value else value for value in values])  # noqa: PLR0124 - NaN test


@pytest.mark.parametrize("scan", [kernel.scan, twin.scan], ids=["kernel", "twin"])
def test_what_is_written_reads_back_bit_for_bit(scan: Callable[..., twin.Scanned]) -> None:
    @given(pages)
    def law(page: list[Family]) -> None:
        body = encode(page)
        scanned = scan(body, *WIDE)
        assert scanned[0] == 0
        back = Exposition(body, scanned[2:])
        samples = [sample for family in page for sample in family.samples]
        assert bits(back.values) == bits(stored([sample.value for sample in samples]))
        assert [(s.name, s.labels, s.timestamp_ms) for s in back.samples()] == [
            (s.name, s.labels, s.timestamp_ms) for s in samples
        ]
        assert [(f.name, f.type, f.help, f.count) for f in back.families] == [
            (f.name, f.type, f.help, len(f.samples)) for f in page
        ]

    law()
