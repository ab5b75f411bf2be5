"""Pages written from families and from layouts."""

import subprocess
import sys
from array import array
from collections.abc import Callable

import pytest

from native.exposition import COMPILED, Family, Layout, Sample, encode, kernel, parse, render, twin

GPU = Family(
    "gpu_temperature",
    "gauge",
    'The "temperature"\\\nin degrees.',
    (Sample("gpu_temperature", (("gpu", "0"), ("name", 'a"b\\c\nd')), 40.5), Sample("gpu_temperature", (), 2e6, 7)),
)


def test_a_page_has_headings_escapes_and_timestamps() -> None:
    assert encode([GPU, Family("empty_total", "counter")]) == (
        b'# HELP gpu_temperature The "temperature"\\\\\\nin degrees.\n'
        b"# TYPE gpu_temperature gauge\n"
        b'gpu_temperature{gpu="0",name="a\\"b\\\\c\\nd"} 40.5\n'
        b"gpu_temperature 2e+06 7\n"
        b"# TYPE empty_total counter\n"
    )


def test_names_beyond_the_classic_characters_are_quoted() -> None:
    family = Family("a.b", "untyped", "", (Sample("a.b", (("c d", "x"), ("e", "y"))),))
    assert encode([family], escaping="allow-utf-8") == b'# TYPE "a.b" untyped\n{"a.b","c d"="x",e="y"} 0\n'
    assert encode([family]) == b'# TYPE a_b untyped\na_b{c_d="x",e="y"} 0\n'


def test_no_families_are_an_empty_page() -> None:
    assert encode([]) == b""
    assert len(Layout.of([])) == 0


def test_a_layout_takes_new_values() -> None:
    layout = Layout.of([GPU])
    page = render(layout, array("d", [1.0, float("-inf")]))
    assert parse(page).values.tolist() == [1.0, float("-inf")]
    assert len(layout) == 2


NUMBERS = {
    0.0: "0", 1.0: "1", -1.0: "-1", 10.0: "10", 0.5: "0.5", 100000.0: "100000", 999999.0: "999999",
    1e6: "1e+06", 1234567.0: "1.234567e+06", -1.5e6: "-1.5e+06", 123456.789: "123456.789", 1234567.5: "1.2345675e+06",
    1e20: "1e+20", 1e21: "1e+21", 1e100: "1e+100", 2.0**53: "9.007199254740992e+15", 0.0001: "0.0001",
    0.00012: "0.00012", 0.00001: "1e-05", 1.5e-7: "1.5e-07", 5e-324: "5e-324", 0.1 + 0.2: "0.30000000000000004",
    1.7976931348623157e308: "1.7976931348623157e+308", float("inf"): "+Inf", float("-inf"): "-Inf",
}  # fmt: skip


@pytest.mark.parametrize("write", [kernel.render, twin.render], ids=["in use", "twin"])
@pytest.mark.parametrize(("value", "text"), [*NUMBERS.items(), (-0.0, "-0"), (float("nan"), "NaN")])
def test_numbers_are_spelt_as_go_spells_them(write: Callable[..., bytes], value: float, text: str) -> None:
    page = write(b"", array("I", [0]).tobytes(), memoryview(array("d", [value])))
    assert page.decode() == text


BAD = [
    (Family("", "gauge"), "it has no name"),
    (Family("a", "enum"), "unknown type 'enum'"),  # type: ignore[arg-type]
    (Family("a", "gauge", "", (Sample("a_sum"),)), "a gauge has no sample 'a_sum'"),
    (Family("a", "gauge", "", (Sample("a", (("b", ""), ("b", ""))),)), "must be distinct"),
    (Family("a", "gauge", "", (Sample("a", (("", "x"),)),)), "must be distinct and not empty"),
    (Family("a", "gauge", "", (Sample("a", (("__name__", "x"),)),)), "or '__name__'"),
    (Family("a", "gauge", "", (Sample("a", (), 1.0, -1),)), "no timestamp -1"),
]


@pytest.mark.parametrize(("family", "message"), BAD, ids=[row[1] for row in BAD])
def test_a_family_that_could_not_be_read_back_is_refused(family: Family, message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Layout.of([family])


def test_values_must_be_a_row_of_doubles_as_long_as_the_layout() -> None:
    layout = Layout.of([GPU])
    with pytest.raises(TypeError, match="one contiguous row of float64, not 'f'"):
        render(layout, array("f", [1.0, 2.0]))
    with pytest.raises(TypeError, match="one contiguous row"):
        render(layout, memoryview(array("d", [1.0, 2.0, 3.0, 4.0]))[::2])
    with pytest.raises(ValueError, match="2 samples need as many values, not 3"):
        render(layout, array("d", [1.0, 2.0, 3.0]))


@pytest.mark.skipif(not COMPILED, reason="no compiled kernel")
@pytest.mark.parametrize("ends", [[5], [2, 1], [0]])
def test_the_kernel_refuses_ends_that_are_no_places_in_the_text(ends: list[int]) -> None:
    with pytest.raises(ValueError, match="ascending places in the text"):
        kernel.render(b"text", array("I", ends).tobytes(), memoryview(bytes(16)).cast("d"))


HIDE = "import sys; sys.modules['native.exposition._kernel'] = None; "


@pytest.mark.parametrize(("required", "code", "word"), [("required", 1, "ImportError"), ("", 0, "False")])
def test_a_missing_kernel_is_an_error_only_where_it_is_required(required: str, code: int, word: str) -> None:
    command = [sys.executable, "-c", HIDE + "import native.exposition as e; print(e.COMPILED)"]
    done = subprocess.run(
        command, env={"EMBERLINE_NATIVE": required}, capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == code
    assert word in done.stdout + done.stderr
    assert ("EMBERLINE_NATIVE=required, but the compiled kernel" in done.stderr) == (code == 1)
