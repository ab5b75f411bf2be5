"""When window pairs notice an incident on flat traffic, and when they let go of it: the tables of the SRE Workbook."""

import math
from decimal import Decimal

import numpy as np
import pytest

from slo.burn import count
from slo.duration import Duration
from slo.policy import WORKBOOK
from slo.selector import Selector
from slo.sli import Counted, Events, Interpolated, Remainder
from slo.vector import Vector
from tests.slo.flat import STEP, Incident

PAIRS = {str(pair.long): pair for pair in WORKBOOK.pairs}
PERIOD = Duration.parse("30d")
NOTICED = [
    # objective, share of bad events, long window, noticed after, let go after the end
    ("0.999", "1", "1h", "52s", "4m56s"),
    ("0.999", "1", "6h", "2m10s", "29m49s"),
    ("0.999", "1", "1d", "4m19s", "1h59m38s"),
    ("0.999", "1", "3d", "4m19s", "5h59m38s"),
    ("0.999", "0.5", "1h", "1m44s", "4m51s"),
    ("0.999", "0.5", "6h", "4m19s", "29m38s"),
    ("0.999", "0.15", "1h", "5m46s", "4m31s"),
    ("0.999", "0.15", "6h", "14m24s", "28m48s"),
    ("0.999", "0.05", "1h", "17m17s", "3m34s"),
    ("0.999", "0.05", "6h", "43m12s", "26m24s"),
    ("0.999", "0.02", "1h", "43m12s", "1m24s"),
    ("0.999", "0.02", "6h", "1h48m", "21m"),
    ("0.999", "0.01", "6h", "3h36m", "12m"),
    ("0.999", "0.005", "1d", "14h24m", "48m"),
    ("0.999", "0.002", "3d", "36h", "3h"),
    ("0.95", "1", "1h", "43m12s", "1m24s"),
    ("0.95", "1", "6h", "1h48m", "21m"),
]
NEVER = [("0.999", "0.01", "1h"), ("0.999", "0.005", "6h"), ("0.999", "0.002", "1d"), ("0.90", "1", "1h")]


@pytest.mark.parametrize(("objective", "errors", "long", "noticed", "gone"), NOTICED)
def test_pair_notices_and_lets_go(objective: str, errors: str, long: str, noticed: str, gone: str) -> None:
    pair, after, until = PAIRS[long], Duration.parse(noticed).ms, Duration.parse(gone).ms
    factor = pair.factor(PERIOD)
    length = max(pair.short.ms, after * 3 // 2) // STEP * STEP
    incident = Incident(Decimal(objective), Decimal(errors), length)
    first = incident.holds(factor, pair.long, pair.short, after)[0]
    assert after - 1_000 <= first <= after + 2 * STEP
    last = incident.holds(factor, pair.long, pair.short, length + until)[-1] - length
    assert until - 2 * STEP <= last <= until + 1_000


@pytest.mark.parametrize(("objective", "errors", "long"), NEVER)
def test_pair_never_notices_what_burns_too_slowly(objective: str, errors: str, long: str) -> None:
    pair = PAIRS[long]
    incident = Incident(Decimal(objective), Decimal(errors), 2 * pair.long.ms)
    assert incident.holds(pair.factor(PERIOD), pair.long, pair.short, 2 * pair.long.ms - 120_000) == []


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
