"""Conditions as the ways in which they come true, and error ratios on the verge of them."""

from decimal import Decimal

import pytest

from rules.unit_tests.verge import above, below, steady
from slo.burning import conjunctions
from slo.condition import All, Any, Burning, Level
from slo.duration import Duration
from slo.selector import Selector
from slo.sli import Bound, Counted, Events, Series
from slo.window import Direct

TOTAL = (Selector("total"),)


def burning(minutes: int, factor: str = "1", objective: str = "0.999") -> Burning:
    sli = Events(TOTAL, Counted((Selector("bad"),)), (), Decimal(objective))
    return Burning(sli, Direct(Duration(minutes * 60_000)), Decimal(factor))


A, B, C, D = (burning(minutes) for minutes in (1, 2, 3, 4))


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (A, ((A,),)),
        (All((A, B)), ((A, B),)),
        (Any((A, B)), ((A,), (B,))),
        (Any((All((A, B)), All((C, D)))), ((A, B), (C, D))),
        (All((A, Any((B, All((C, D)))))), ((A, B), (A, C, D))),
    ],
)
def test_conjunctions(condition: Burning | All | Any, expected: tuple[tuple[Burning, ...], ...]) -> None:
    assert conjunctions(condition) == expected


def test_a_level_does_not_burn() -> None:
    with pytest.raises(TypeError):
        conjunctions(Level(Series(Selector("util"), "avg", ()), Bound("<", Decimal(30))))


@pytest.mark.parametrize(
    "objective", ["0.95", "0.9875", "0.99", "0.995", "0.9993", "0.9995", "0.99999", "0.931", "0.4"]
)
@pytest.mark.parametrize("factor", ["1", "3", "6", "14.4", "1.05"])
@pytest.mark.parametrize("windows", [(5,), (5, 60)], ids=["one window", "a pair"])
def test_the_verge_is_near_the_threshold(objective: str, factor: str, windows: tuple[int, ...]) -> None:
    """A twentieth away for one window; a quarter for a pair, so that detection and reset are both some steps away."""
    pair = tuple(burning(minutes, factor, objective) for minutes in windows)
    threshold = pair[0].threshold
    if threshold >= 1:
        return
    assert threshold < above(pair) < 1
    assert above(pair) <= threshold * Decimal("1.28" if len(pair) > 1 else "1.08")
    assert threshold * Decimal("0.9") < below(pair) < threshold


def test_a_ratio_half_way_between_two_texts_is_avoided() -> None:
    pair = (burning(60, "14.4", "0.9875"),)
    assert not steady(Decimal("15.1") * Decimal("0.0125"), Decimal("0.0125"))  # 18.875 %
    assert steady(above(pair), Decimal("0.0125"))
