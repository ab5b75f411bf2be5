"""What the laws of both formats share: drawn families and pages, and what is asked of kernel and twin."""

import struct
from array import array
from pathlib import Path

import pytest
from hypothesis import strategies as st

from native.exposition import Family, FamilyType, Sample, kernel, twin
from native.exposition.model import SUFFIXES
from native.exposition.wire import FORMATS

needs_kernel = pytest.mark.skipif(not kernel.COMPILED, reason="no compiled kernel to compare with")

CAPTURES = sorted(Path(__file__).parents[1].joinpath("data", "captures").glob("*/*.prom"))
WIDE = (2**32 - 1, 2**32 - 1, 2**32 - 1, 2**32 - 1, 64)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
names = st.one_of(
    st.from_regex(r"[a-zA-Z_:][a-zA-Z0-9_:]{0,8}", fullmatch=True),
    texts.filter(lambda name: name and "\0" not in name),
)
label_names = st.one_of(st.sampled_from(["le", "quantile", "engine", "a"]), names).filter(
    lambda name: name != "__name__"
)
labels = st.lists(st.tuples(label_names, texts), max_size=4, unique_by=lambda label: label[0]).map(tuple)
MILLISECONDS = st.integers(0, 2**63 - 1)
every_double = st.one_of(
    st.floats(width=64), st.integers(0, 2**64 - 1).map(lambda bits: struct.unpack("<d", struct.pack("<Q", bits))[0])
)


TEXT_TYPES: tuple[FamilyType, ...] = ("untyped", "counter", "gauge", "histogram", "summary")


@st.composite
def families(
    draw: st.DrawFn, kinds: tuple[FamilyType, ...] = TEXT_TYPES, times: st.SearchStrategy[int] = MILLISECONDS
) -> Family:
    name = draw(names)
    kind = draw(st.sampled_from(kinds))
    samples = st.builds(
        Sample,
        st.sampled_from(SUFFIXES[kind]).map(lambda ending: name + ending),
        labels,
        every_double,
        st.none() | times,
    )
    # A help text of blanks alone reads back as none, as in Prometheus.
    text = draw(texts.filter(lambda text: not text or text.strip(" \t")))
    return Family(name, kind, text, tuple(draw(st.lists(samples, max_size=4))))


pages = st.lists(families(), max_size=4, unique_by=lambda family: family.name)


def agree(body: bytes, limits: tuple[int, int, int, int, int] = WIDE) -> None:
    """Kernel and twin give the same columns, or the same fault at the same byte, in each format."""
    for dialect in range(len(FORMATS)):
        assert kernel.scan(body, *limits, dialect) == twin.scan(body, *limits, dialect)


FRAGMENTS = [
    b"a", b"up", b"le", b"_bucket", b"_sum", b"_count", b"{", b"}", b",", b"=", b'"', b'="', b'",', b'"}', b"\\",
    b"\\n", b'\\"', b"\\\\", b"\n", b"\r", b" ", b"\t", b"\0", b"#", b"# HELP ", b"# TYPE ", b" counter\n",
    b" histogram\n", b" summary\n", b"0", b"1", b"9", b".", b"e", b"E", b"+", b"-", b"inf", b"Infinity", b"nan",
    b"NaN", b"_", b":", b"x", b"\xc3\xa4", b"\xff", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x82", b"__name__",
    b'a="b"', b'{"a.b"} 1\n', b'up{a="b",le="1"} 1\n', b'up{a="b",le="2"} 1\n', b'up{a="b",le="10",c="d"} 0.5\n',
    b'up{a="c",le="1",c="d"} 0.5\n',
]  # fmt: skip


NUMBER = (
    st.text("0123456789.eE+-", max_size=24)
    | st.floats().map(repr)
    | st.from_regex(r"[+-]?[0-9]{0,25}(\.[0-9]{0,400})?([eE][+-]?[0-9]{1,5})?", fullmatch=True)
)


def bits(values: "memoryview[float] | array[float]") -> bytes:
    return memoryview(values).tobytes()


def row(values: list[float]) -> "memoryview[float]":
    return memoryview(array("d", values)).cast("B").cast("d")


def stored(values: list[float]) -> "array[float]":
    """As Prometheus keeps them: one pattern for every NaN."""
    nan: float = struct.unpack("<d", struct.pack("<Q", 0x7FF8000000000001))[0]
    return array("d", [nan if value != value else value for value in values])  # noqa: PLR0124 - NaN test
