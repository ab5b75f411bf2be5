"""Device selection in the grammar of dcgm-exporter 4.8.3."""

import pytest

from exporter.dcgm.selection import IDS, Selection, parse_selection
from tests.exporter.dcgm.shown import gpu

GOOD: dict[str, Selection] = {
    "f": Selection(),
    "g": Selection(flexible=False, gpus=frozenset()),
    "i": Selection(flexible=False, instances=frozenset()),
    "g:0,2": Selection(flexible=False, gpus=frozenset({0, 2})),
    "g:0-3": Selection(flexible=False, gpus=frozenset({0, 1, 2, 3})),
    "i:0,2-4": Selection(flexible=False, instances=frozenset({0, 2, 3, 4})),
    "g+i": Selection(flexible=False, gpus=frozenset(), instances=frozenset()),
    "i:1+g:0": Selection(flexible=False, gpus=frozenset({0}), instances=frozenset({1})),
    f"g:0-{IDS - 1}": Selection(flexible=False, gpus=frozenset(range(IDS))),
}
BAD: dict[str, str] = {
    "": "'' is neither f, g nor i",
    "x": "'x' is neither f, g nor i",
    "f:0": "f stands alone",
    "f+g": "f stands alone",
    "g+": "'' is neither",
    "g+g": "g is there twice",
    "g:": "'' is neither a number",
    "g:a": "'a' is neither a number",
    "g:-1": "'-1' is neither a number",
    "g:1-": "'1-' is neither a number",
    "g:0-1-2": "'0-1-2' is neither a number",
    "g:0:1": "'0:1' is neither a number",
    "g: 0": "' 0' is neither a number",
    "g:3-0": "the range 3-0 runs backwards",
    "g:0-1024": "comes to more than 1024 ids",
    "g:0-600,1000-1600": "comes to more than 1024 ids",
    "g:0-999999999": "comes to more than 1024 ids",
    "G": "'G' is neither",
}


@pytest.mark.parametrize("text", GOOD)
def test_a_selector_is_read_as_upstream_reads_it(text: str) -> None:
    assert parse_selection(text) == GOOD[text]


@pytest.mark.parametrize("text", BAD)
def test_a_bad_selector_says_what_is_wrong(text: str) -> None:
    with pytest.raises(ValueError, match=BAD[text]):
        parse_selection(text)


@pytest.mark.parametrize(
    ("text", "whole", "divided", "instances"),
    [
        ("f", True, False, [0, 1, 2]),
        ("g", True, True, []),
        ("g:1", False, False, []),
        ("g:0", True, True, []),
        ("i", False, False, [0, 1, 2]),
        ("i:0,2", False, False, [0, 2]),
        ("g+i:1", True, True, [1]),
    ],
)
def test_a_selection_takes_what_it_names(text: str, *, whole: bool, divided: bool, instances: list[int]) -> None:
    selection = parse_selection(text)
    assert selection.takes_gpu(0, divided=False) is whole
    assert selection.takes_gpu(0, divided=True) is divided
    assert [place for place in range(3) if selection.takes_instance(place)] == instances


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("f", ["0", "1/2", "1/5", "2"]),
        ("g", ["0", "1", "2"]),
        ("g:1", ["1"]),
        ("i", ["1/2", "1/5"]),
        ("i:1", ["1/5"]),
        ("g:2+i:0", ["1/2", "2"]),
        ("g:9", []),
    ],
)
def test_devices_are_chosen(text: str, shown: list[str]) -> None:
    parts = [gpu(1, instance=("1g.10gb", number)) for number in (2, 5)]
    found = parse_selection(text).among([gpu(0), gpu(1), *parts, gpu(2)])
    names = [f"{device.index}/{device.instance[1]}" if device.instance else f"{device.index}" for device in found]
    assert names == shown


def test_what_is_named_and_not_there_is_told() -> None:
    devices = [*map(gpu, range(8)), *(gpu(1, instance=("1g.10gb", number)) for number in (2, 5))]
    assert list(parse_selection("g:0,9+i:1,2").missing(devices)) == [
        "GPU 9 was selected and is not there",
        "MIG instance 2 was selected and is not there",
    ]
    assert list(parse_selection("g:0+i:1").missing(devices)) == []
    assert list(parse_selection("f").missing([])) == []
