"""Laws of the text format: kernel and twin agree on every page, and what is written reads back the same."""

from array import array
from collections.abc import Callable

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from native.exposition import Exposition, Family, encode, kernel, parse, twin
from tests.laws.exposition import (
    CAPTURES,
    FRAGMENTS,
    NUMBER,
    WIDE,
    agree,
    bits,
    every_double,
    needs_kernel,
    pages,
    row,
    stored,
)


@needs_kernel
@given(pages)
def test_kernel_and_twin_agree_on_written_pages(page: list[Family]) -> None:
    agree(encode(page, escaping="allow-utf-8"))


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
    agree(encode(page, escaping="allow-utf-8"), limits)
    agree(encode(page, escaping="allow-utf-8"), (WIDE[0], *limits[1:]))


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


@pytest.mark.parametrize("scan", [kernel.scan, twin.scan], ids=["kernel", "twin"])
def test_what_is_written_reads_back_bit_for_bit(scan: Callable[..., twin.Scanned]) -> None:
    @given(pages)
    def law(page: list[Family]) -> None:
        body = encode(page, escaping="allow-utf-8")
        scanned = scan(body, *WIDE, 0)
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
