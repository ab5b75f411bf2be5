"""Error ratios of each kind of bad side, as the rules divide them."""

import math
from decimal import Decimal

import numpy as np
import pytest

from slo.burn import count
from slo.selector import Selector
from slo.sli import Counted, Events, Interpolated, Remainder
from slo.vector import Vector

TOTAL, GOOD, LOWER, UPPER = (Selector(name) for name in ("total", "good", "lower", "upper"))
BUCKET = Selector("seconds_bucket", le=Decimal(5))
A, B = (("shop", "a"),), (("shop", "b"),)


def side(counted: dict[Selector, dict[tuple[tuple[str, str], ...], float]], selector: Selector) -> Vector:
    found = counted.get(selector, {})
    values = np.array([[value] for value in found.values()]).reshape(len(found), 1)
    return Vector(tuple(found), values, np.ones(values.shape, np.bool_))


@pytest.mark.parametrize(
    ("bad", "counted", "expected"),
    [
        (Counted((GOOD,)), {TOTAL: {A: 10.0, B: 20.0}, GOOD: {A: 1.0}}, {A: 0.1, B: 0.0}),
        (Counted((GOOD,)), {GOOD: {A: 1.0}}, {}),
        (
            Counted((GOOD, LOWER)),
            {TOTAL: {A: 10.0, B: 8.0}, GOOD: {A: 1.0}, LOWER: {A: 1.0, B: 2.0}},
            {A: 0.2, B: 0.25},
        ),
        (Counted((GOOD,)), {TOTAL: {A: 0.0}}, {A: math.nan}),
        (Counted((GOOD, LOWER)), {TOTAL: {A: 1.0, B: 1.0}, GOOD: {A: math.inf}, LOWER: {B: 2.0}}, {A: math.nan, B: 2}),
        (
            Counted((GOOD, LOWER, UPPER)),
            {TOTAL: {A: 1.0, B: 1.0}, GOOD: {A: 1.0}, LOWER: {A: math.inf, B: math.inf}},
            {A: math.inf, B: math.nan},
        ),
        (Remainder((GOOD,)), {TOTAL: {A: 10.0, B: 20.0}, GOOD: {A: 9.0}}, {A: 0.1, B: 1.0}),
        (Remainder((BUCKET,)), {TOTAL: {A: 10.0, B: 20.0}, BUCKET: {A: 9.0}}, {A: 0.1}),
        (
            Remainder((GOOD, LOWER)),
            {TOTAL: {A: 10.0, B: 4.0}, GOOD: {A: 6.0}, LOWER: {A: 3.0, B: 1.0}},
            {A: 0.1, B: 0.75},
        ),
        (Interpolated(LOWER, UPPER, Decimal("0.25")), {TOTAL: {A: 10.0}, LOWER: {A: 4.0}, UPPER: {A: 8.0}}, {A: 0.5}),
        (Interpolated(LOWER, UPPER, Decimal("0.25")), {TOTAL: {A: 10.0}, LOWER: {A: 4.0}}, {}),
    ],
)
def test_error_ratio_of_each_kind_of_bad_side(
    bad: Counted | Remainder | Interpolated,
    counted: dict[Selector, dict[tuple[tuple[str, str], ...], float]],
    expected: dict[tuple[tuple[str, str], ...], float],
) -> None:
    burn = count(Events((TOTAL,), bad, ("shop",), Decimal("0.9")), lambda selector: side(counted, selector))
    instances = tuple(burn.error_ratio.shown())
    ratios, rates = burn.error_ratio.latest(instances), burn.rate(Decimal("0.5")).latest(instances)
    assert dict(zip(instances, ratios, strict=True)) == pytest.approx(expected, nan_ok=True)
    assert rates == pytest.approx([None if ratio is None else 2 * ratio for ratio in ratios], nan_ok=True)
