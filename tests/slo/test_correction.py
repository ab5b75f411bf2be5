"""Corrections: which evaluations they exclude, and which lists of them are none."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from slo.correction import Correction
from slo.exclusion import excluding
from slo.table.fault import Invalid
from slo.table.load import load
from tests.slo.rows import RATIO, changed, table

MINUTE = 60_000
TIMES = np.arange(20, dtype=np.int64) * MINUTE


def correction(start: int, end: int) -> Correction:
    return Correction.model_validate({"from": start, "to": end, "reason": "maintenance"})


def excluded(*corrections: tuple[float, float], span: float) -> list[tuple[int, int]]:
    """Minute of each excluded evaluation, and the correction that excludes it."""
    found = [correction(int(start * MINUTE), int(end * MINUTE)) for start, end in corrections]
    by = excluding(found, TIMES, int(span * MINUTE)).tolist()
    return [(minute, position) for minute, position in enumerate(by) if position >= 0]


@pytest.mark.parametrize(
    ("corrections", "span", "expected"),
    [
        ([], 5, []),
        ([(3, 4)], 1, [(4, 0)]),
        ([(3, 6)], 1, [(4, 0), (5, 0), (6, 0)]),
        ([(3, 4)], 5, [(4, 0), (5, 0), (6, 0), (7, 0), (8, 0)]),
        ([(3.5, 3.6)], 5, [(4, 0), (5, 0), (6, 0), (7, 0), (8, 0)]),
        ([(3.5, 3.6)], 0.3, []),
        ([(-9, 1)], 1, [(0, 0), (1, 0)]),
        ([(18, 99)], 5, [(19, 0)]),
        ([(30, 99)], 5, []),
        ([(-9, -5)], 5, []),
        ([(2, 3), (4, 5)], 3, [(3, 0), (4, 0), (5, 0), (6, 1), (7, 1)]),
        ([(2, 3), (3, 4)], 1, [(3, 0), (4, 1)]),
    ],
)  # fmt: skip
def test_evaluations_that_look_at_any_of_it_are_excluded(
    corrections: list[tuple[float, float]], span: float, expected: list[tuple[int, int]]
) -> None:
    assert excluded(*corrections, span=span) == expected


@given(st.lists(st.integers(-30, 60), unique=True, max_size=8).map(sorted), st.integers(1, 9), st.integers(1, 5))
def test_one_by_one_it_is_the_same(edges: list[int], span: int, step: int) -> None:
    corrections = [correction(start, end) for start, end in zip(edges[::2], edges[1::2], strict=False)]
    times = np.arange(-20, 40, step, dtype=np.int64)
    expected = [
        next((i for i, each in enumerate(corrections) if each.from_ < at < each.to + span), -1) for at in times.tolist()
    ]
    assert excluding(corrections, times, span).tolist() == expected


FIRST = "{from: 2026-01-03T22:00:00Z, to: 2026-01-04T02:00:00Z, reason: migration}"
NEXT = "{from: 2026-01-04T02:00:00Z, to: 2026-01-04T03:00:00Z, reason: drill}"


def written(*corrections: str) -> bytes:
    lines = "".join(f"      - {each}\n" for each in corrections)
    return table(changed(RATIO, ("    namespace", f"    corrections:\n{lines}    namespace")))


def test_they_are_read_in_the_order_of_time() -> None:
    (slo,) = load({"t.yaml": written(NEXT, FIRST)})
    assert [(each.from_, each.to, each.reason) for each in slo.corrections] == [
        (1_767_477_600_000, 1_767_492_000_000, "migration"),
        (1_767_492_000_000, 1_767_495_600_000, "drill"),
    ]


PLACE = "t.yaml:8: slos[0].corrections[0]"
TIME = "is not a time such as 2026-01-31T12:00:00Z or 2026-01-31T13:00:00+01:00"


@pytest.mark.parametrize(
    ("corrections", "expected"),
    [
        ([FIRST.replace("02:00:00Z", "02:00:00")], [f"{PLACE}.to: '2026-01-04T02:00:00' {TIME}"]),
        ([FIRST.replace("03T22:00:00Z", "03T22")], [f"{PLACE}.from: '2026-01-03T22' {TIME}"]),
        ([FIRST.replace("03T22", "04T02")], [f"{PLACE}.to: is not later than `from`"]),
        ([FIRST.replace("03T22", "05T02")], [f"{PLACE}.to: is not later than `from`"]),
        ([FIRST.replace("migration", '" "')], [f"{PLACE}.reason: is empty"]),
        (["{from: yesterday}"], [
            f"{PLACE}.from: 'yesterday' {TIME}",
            f"{PLACE}.reason: is missing",
            f"{PLACE}.to: is missing",
        ]),
        ([FIRST.replace("reason", "why")], [f"{PLACE}.reason: is missing", f"{PLACE}.why: unknown key"]),
        ([NEXT.replace("04T02", "04T01"), FIRST], [
            f"{PLACE}.from: begins before corrections[1] ends",
        ]),
        ([FIRST, NEXT.replace("04T02", "04T01"), FIRST], [
            "t.yaml:9: slos[0].corrections[1].from: begins before corrections[0] ends",
            "t.yaml:10: slos[0].corrections[2].from: begins before corrections[0] ends",
        ]),
        ([FIRST] * 367, ["t.yaml:7: slos[0].corrections: holds more than 366"]),
        (["migration"], [f"{PLACE}: must be a mapping"]),
    ],
)  # fmt: skip
def test_a_fault_is_named_at_its_place(corrections: list[str], expected: list[str]) -> None:
    with pytest.raises(Invalid) as invalid:
        load({"t.yaml": written(*corrections)})
    assert [str(fault) for fault in invalid.value.faults] == expected
