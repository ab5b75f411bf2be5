"""Laws of known pages: knowing the page before changes the time that reading takes, and nothing else."""

from array import array
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from native.exposition import Exposition, ExpositionError, Family, Layout, Limits, encode, kernel, parse, render
from tests.laws.exposition import CAPTURES, FRAGMENTS, every_double, needs_kernel, pages

FEW = settings(max_examples=40)


def columns(page: Exposition) -> tuple[bytes, bytes, bytes, bytes]:
    return (page.values.tobytes(), page.timestamps.tobytes(), *page.layout)


def rescanned(body: bytes, known: Exposition) -> bool:
    """Whether the kernel took the short way."""
    limits = known.limits
    return kernel.rescan(body, known.body, *known.layout, limits.body_bytes, limits.line_bytes) is not None


@needs_kernel
@FEW
@given(pages, st.data())
def test_a_page_with_other_numbers_is_known(page: list[Family], data: st.DataObject) -> None:
    layout = Layout.of(page, escaping="allow-utf-8")
    known = parse(encode(page, escaping="allow-utf-8"))
    values = array("d", data.draw(st.lists(every_double, min_size=len(layout), max_size=len(layout))))
    body = render(layout, values)
    assert rescanned(body, known)
    assert columns(parse(body, known=known)) == columns(parse(body))
    assert parse(body, known=known).families == parse(body).families


def outcome(body: bytes, known: Exposition | None) -> object:
    try:
        return columns(parse(body, known=known))
    except ExpositionError as error:
        return str(error)


@given(st.data())
def test_a_damaged_page_reads_as_if_nothing_were_known(data: st.DataObject) -> None:
    body = data.draw(st.sampled_from(CAPTURES)).read_bytes()
    start = body.rfind(b"\n", 0, data.draw(st.integers(0, len(body)))) + 1
    page = body[start : body.find(b"\n", start + data.draw(st.integers(0, 2000))) + 1]
    known = parse(page)
    changed = bytearray(page)
    for _ in range(data.draw(st.integers(1, 3))):
        at = data.draw(st.integers(0, len(changed)))
        gone = data.draw(st.integers(0, 3))
        changed[at : at + gone] = data.draw(
            st.one_of(st.binary(max_size=3), st.sampled_from(FRAGMENTS), st.sampled_from([b"0", b"12", b"e5", b" 7"]))
        )
    assert outcome(bytes(changed), known) == outcome(bytes(changed), None)


@FEW
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=12).map(b"".join), st.integers(0, 40), st.sampled_from(FRAGMENTS))
@example(b"up 1\n", 2, b"2")
@example(b"up 1\n", 3, b'{a="b"} ')
@example(b'up{a="b"}1\n', 9, b" ")
@example(b"up 1", 4, b"\n")
def test_garbage_reads_as_if_nothing_were_known(body: bytes, at: int, fragment: bytes) -> None:
    try:
        known = parse(body)
    except ExpositionError:
        return
    changed = body[:at] + fragment + body[at:]
    assert outcome(changed, known) == outcome(changed, None)


@needs_kernel
@pytest.mark.parametrize("path", CAPTURES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_captured_page_is_known(path: Path) -> None:
    body = path.read_bytes()
    assert rescanned(body, parse(body))
    assert columns(parse(body, known=parse(body))) == columns(parse(body))


def test_other_limits_are_kept() -> None:
    known = parse(b"a 1\na 2\n")
    with pytest.raises(ExpositionError, match="more series than allowed"):
        parse(b"a 1\na 2\n", replace(Limits(), series=1), known=known)
    narrow, short = Limits(line_bytes=3), Limits(body_bytes=4)
    before = {limits: parse(b"a 1\n", limits) for limits in (narrow, short)}
    with pytest.raises(ExpositionError, match="the line is longer than allowed"):
        parse(b"a 10\n", narrow, known=before[narrow])
    with pytest.raises(ExpositionError, match="the page is longer than allowed"):
        parse(b"a 10\n", short, known=before[short])
    with pytest.raises(ExpositionError, match="does not end with # EOF"):
        parse(b"a 1\na 2\n", format="openmetrics", known=known)
