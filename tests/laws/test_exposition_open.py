"""Laws of OpenMetrics and of escaping: kernel and twin agree, and what is written reads back the same."""

import re
from collections.abc import Callable

import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from native.exposition import Escaping, Exposition, Family, Format, Sample, encode, kernel, parse, twin
from native.exposition.model import TYPES
from native.exposition.spelling import canonical, spell_seconds
from tests.laws.exposition import FRAGMENTS, NUMBER, WIDE, agree, bits, families, needs_kernel, stored

# Each draws a page and reads it four times.
FEW = settings(max_examples=40)
times = st.integers(-(2**50), 2**50)
pages = st.lists(families(TYPES, times), max_size=4, unique_by=lambda family: family.name)
text_pages = st.lists(families(TYPES[:5]), max_size=4, unique_by=lambda family: family.name)

OPEN_FRAGMENTS = [
    *FRAGMENTS, b"# EOF", b"# EOF\n", b"# UNIT ", b" # {", b"} 1", b" 1", b" 1.5", b"a 1\n", b'a{b="c"} 1\n',
    b'a{b="c",d="e"} 1\n', b'a{b="c",d="f"} 1 2\n', b'a 1 # {b="c"} 2\n', b'a 1 2 # {b="c",d="e"} 3 4\n',
    b"# TYPE a_s info\n", b"# UNIT a_s s\n", b"# HELP a x\n", b'# TYPE "a.b" stateset\n', b"_total", b"_created",
    b"_gsum", b"_info", b"# TYPE a gaugehistogram\n", b"# TYPE a unknown\n", b"-1", b"1e19", b"1e308", b"1e309",
]  # fmt: skip


@needs_kernel
@FEW
@given(pages)
def test_kernel_and_twin_agree_on_written_pages(page: list[Family]) -> None:
    agree(encode(page, "openmetrics", "allow-utf-8"))


@needs_kernel
@given(st.lists(st.sampled_from(OPEN_FRAGMENTS), max_size=16).map(b"".join))
@example(b'a{b="c",d="e"} 1\na{b="c"d="e"} 1\n')
@example(b'a{b="c",d="e"} 1\na{b="c",} 1\n')
@example(b"# EOF\n# EOF\n")
@example(b"a 1{\n")
@example(b"a 1e999\t\n")
@example(b"a 1 1e999{\n")
def test_kernel_and_twin_agree_on_garbage(body: bytes) -> None:
    agree(body)
    agree(body + b"# EOF\n")


@needs_kernel
@FEW
@given(pages, st.data())
def test_kernel_and_twin_agree_on_damaged_pages(page: list[Family], data: st.DataObject) -> None:
    body = bytearray(encode(page, "openmetrics", "allow-utf-8"))
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(body)))
        gone = data.draw(st.integers(0, 3))
        body[at : at + gone] = data.draw(st.one_of(st.binary(max_size=3), st.sampled_from(OPEN_FRAGMENTS)))
    agree(bytes(body))


@needs_kernel
@FEW
@given(
    pages, st.tuples(st.integers(0, 200), st.integers(0, 6), st.integers(0, 60), st.integers(0, 4), st.integers(0, 3))
)
def test_kernel_and_twin_agree_on_limits(page: list[Family], limits: tuple[int, int, int, int, int]) -> None:
    body = encode(page, "openmetrics", "allow-utf-8")
    agree(body, limits)
    agree(body + b"x", (WIDE[0], *limits[1:]))


@needs_kernel
@given(NUMBER | st.floats(-1e20, 1e20).map(repr))
@example("9223372036854775.807")
@example("9223372036854775.808")
@example("-9223372036854775.808")
def test_kernel_and_twin_read_the_same_times(text: str) -> None:
    agree(f"a 1 {text}\n# EOF\n".encode())
    agree(f"a 1 1 # {{}} {text} {text}\n# EOF\n".encode())


def wire(family: Family, sample: Sample) -> tuple[str, tuple[tuple[str, str], ...], int | None]:
    """What a sample is after it was written."""
    number = {"histogram": "le", "gaugehistogram": "le", "summary": "quantile"}.get(family.type)
    labels = tuple((name, canonical(value) if name == number else value) for name, value in sample.labels)
    return sample.name, labels, sample.timestamp_ms


@pytest.mark.parametrize("scan", [kernel.scan, twin.scan], ids=["kernel", "twin"])
def test_what_is_written_reads_back(scan: Callable[..., twin.Scanned]) -> None:
    @FEW
    @given(pages)
    def law(page: list[Family]) -> None:
        body = encode(page, "openmetrics", "allow-utf-8")
        scanned = scan(body, *WIDE, 1)
        assert scanned[0] == 0
        back = Exposition(body, scanned[2:], "openmetrics")
        samples = [(family, sample) for family in page for sample in family.samples]
        assert bits(back.values) == bits(stored([sample.value for _, sample in samples]))
        assert [(s.name, s.labels, s.timestamp_ms) for s in back.samples()] == [wire(*pair) for pair in samples]
        assert [(f.help, f.count) for f in back.families] == [(f.help, len(f.samples)) for f in page]

    law()


@given(times)
@example(1395066363123)
@example(-1395066363123)
@example(2**50)
def test_a_time_reads_back_to_the_millisecond(milliseconds: int) -> None:
    body = f"a 1 {spell_seconds(milliseconds)}\n# EOF\n".encode()
    assert parse(body, format="openmetrics").timestamps[0] == milliseconds


CLASSIC = re.compile(r"(?:[a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(?:[a-zA-Z_][a-zA-Z0-9_]*=\"(?:[^\"\\\n]|\\.)*\",?)*\})?")


@FEW
@given(text_pages, st.sampled_from(["text", "openmetrics"]), st.sampled_from(["underscores", "dots", "values"]))
def test_escaped_names_are_classic_and_stay_apart(page: list[Family], form: Format, scheme: Escaping) -> None:
    samples = [Sample(family.name, labels) for family in page for labels in {s.labels for s in family.samples}]
    page = [Family(family.name, "gauge", "", tuple(s for s in samples if s.name == family.name)) for family in page]
    try:
        body = encode(page, form, scheme)
    except ValueError:
        assume(False)  # noqa: FBT003 - a name that is spelt as the escaped form of another
    back = parse(body, format=form)
    keys = [back.series(index).decode() for index in range(len(back))]
    assert all(map(CLASSIC.fullmatch, keys))
    assert len({(back.name(index), frozenset(back.labels(index))) for index in range(len(back))}) == len(
        {(sample.name, frozenset(sample.labels)) for sample in samples}
    )
