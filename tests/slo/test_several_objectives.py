"""Rows that promise different shares of one thing are told, wherever they stand."""

import pytest

from slo.table.linting import several_objectives
from slo.table.load import read
from tests.slo.rows import LATENCY, PROMQL, RATIO, SLICE, changed, table


def twin(row: str, *changes: tuple[str, str]) -> str:
    """The same row under an id and names of its own, with changes."""
    (own,) = read({"t.yaml": table(row)})
    names = (
        (f"id: {own.slo.id}", "id: T1"),
        (f"name: {own.slo.name}", "name: Twin"),
        (own.slo.alert.name, "TwinAlert"),
    )
    return changed(row, *names, *changes)


def told(*files: bytes) -> list[str]:
    return [str(found) for found in several_objectives(read({f"{n}.yaml": text for n, text in enumerate(files)}))]


LIST = """'taken_total{a="1",b="2"}', lost_total"""
REORDERED = """lost_total, 'taken_total{b="2",a="1"}'"""
SUM = changed(RATIO, ("total: orders_total", f"total: [{LIST}]"))
BETWEEN = changed(LATENCY, ("threshold: 500ms", "threshold: 300ms\n      at: between"))
OTHER = ("1.yaml:6: slos[0].objective: T1: {} at 0.yaml:6 has another objective for the same SLI: {} ≠ {}").format


@pytest.mark.parametrize(
    ("row", "changes", "shares"),
    [
        (RATIO, [("99.9%", "99%")], ("99%", "99.9%")),
        (RATIO, [("99.9%", "0.99"), ("    namespace", "    window: 7d\n    namespace")], ("99%", "99.9%")),
        (SUM, [("99.9%", "99%"), (LIST, REORDERED)], ("99%", "99.9%")),
        (LATENCY, [("95%", "99%")], ("99%", "95%")),
        (LATENCY, [("95%", "99%"), ("threshold: 500ms", "at: above\n      threshold: 400ms")], ("99%", "95%")),
        (BETWEEN, [("95%", "99%")], ("99%", "95%")),
        (SLICE, [("95%", "99%")], ("99%", "95%")),
        (PROMQL, [("99%", "98%"), (") / sum", ")/sum")], ("98%", "99%")),
    ],
)  # fmt: skip
def test_the_second_of_two_files_names_the_place_of_the_first(
    row: str, changes: list[tuple[str, str]], shares: tuple[str, str]
) -> None:
    (own,) = read({"t.yaml": table(row)})
    assert told(table(row), table(twin(row, *changes))) == [OTHER(own.slo.id, *shares)]


@pytest.mark.parametrize(
    ("row", "changes"),
    [
        (RATIO, [("99.9%", "0.999")]),
        (RATIO, [("99.9%", "99%"), ('code="500"', 'code="501"')]),
        (RATIO, [("99.9%", "99%"), ("    namespace", "    by: [shop]\n    namespace")]),
        (RATIO, [("99.9%", "99%"), ("bad:", "good:")]),
        (LATENCY, [("95%", "99%"), ("threshold: 500ms", "threshold: 100ms")]),
        (BETWEEN, [("95%", "99%"), ("threshold: 300ms", "threshold: 400ms")]),
        (SLICE, [("95%", "99%"), ('"> 3"', '"> 4"')]),
        (SLICE, [("95%", "99%"), ('"> 0"', '"> 1"')]),
        (PROMQL, [("99%", "98%"), ("stale[", "old[")]),
    ],
)  # fmt: skip
def test_one_objective_or_another_sli_is_no_finding(row: str, changes: list[tuple[str, str]]) -> None:
    assert told(table(row), table(twin(row, *changes))) == []


def test_rows_of_one_file_are_compared_too() -> None:
    (found,) = told(table(RATIO, twin(RATIO, ("99.9%", "99%"))))
    assert found.startswith("0.yaml:23: slos[1].objective: T1: S1 at 0.yaml:6 has another objective")
