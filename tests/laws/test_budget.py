"""Laws of budgets over time: they are spent when it is said, and what corrections exclude is missing nowhere else."""

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from slo.budget import overcounted, remaining, time_to_exhaustion
from slo.burn import Burn
from slo.duration import Duration
from slo.period import Account
from slo.vector import Vector

BUDGET = Decimal("0.01")
SHOPS = ((("shop", "oslo"),), (("shop", "rome"),))
shares = st.floats(0, 0.02)


def single(value: float) -> Vector:
    return Vector(((),), np.array([[value]]), np.array([[True]]))


@given(shares, st.floats(0.1, 100), st.integers(1, 100))
def test_at_a_constant_pace_and_even_traffic_the_budget_is_gone_when_it_is_said(
    ratio: float, rate: float, percent: int
) -> None:
    """By then a period of 100 s, of which some have gone by, holds as many bad events as it may in all."""
    elapsed = Duration(percent * 1000)
    left = remaining(single(ratio), BUDGET)
    (seconds,) = time_to_exhaustion(left, single(rate), Duration(100_000), elapsed).latest(((),))
    bad, allowed = ratio * elapsed.seconds, float(BUDGET) * 100
    assume(abs(bad - allowed) > 1e-9)
    if seconds is None:
        assert bad > allowed
    else:
        assert bad + rate * float(BUDGET) * seconds == pytest.approx(allowed)


@given(st.floats(0, 1e15), st.floats(0, 1))
def test_events_that_add_up_are_never_too_many(total: float, share: float) -> None:
    assert not overcounted(Burn(single(share * total), single(total))).shown()


@given(st.floats(0, 1e15), st.floats(0.011, 10))
def test_events_that_do_not_add_up_always_are(total: float, share: float) -> None:
    for bad in (total + share * total + 1.1, -share * total - 1.1):
        assert overcounted(Burn(single(bad), single(total))).shown() == ((),)


@st.composite
def recordings(draw: st.DrawFn) -> tuple[Burn, list[int]]:
    """Bad and total of some evaluations, and the correction, of three, that excludes each: -1 for none."""
    count = draw(st.integers(1, 30))
    shape = (len(SHOPS), count)
    total = draw(arrays(np.float64, shape, elements=st.integers(0, 1000).map(float)))
    present = draw(arrays(np.bool_, shape))
    total = np.where(present, total, 0.0)
    bad = np.floor(total * draw(st.floats(0, 1)))
    by = draw(st.lists(st.integers(-1, 2), min_size=count, max_size=count))
    return Burn(Vector(SHOPS, bad, present), Vector(SHOPS, total, present)), by


@given(recordings())
def test_every_evaluation_is_charged_or_excluded_once(recording: tuple[Burn, list[int]]) -> None:
    burn, by = recording
    account = Account.of(burn, np.array(by), 3)
    for side in ("bad", "total"):
        recorded: Vector = getattr(burn, side)
        parts: list[Vector] = [getattr(part, side) for part in (account.charged, *account.excluded)]
        assert np.array_equal(sum(part.values[:, 0] for part in parts), recorded.values.sum(axis=1))
        assert np.array_equal(np.any([part.present for part in parts], axis=0)[:, 0], recorded.present.any(axis=1))


@given(recordings())
def test_one_by_one_it_is_the_same(recording: tuple[Burn, list[int]]) -> None:
    burn, by = recording
    account = Account.of(burn, np.array(by), 3)
    for position, part in enumerate((account.charged, *account.excluded), start=-1):
        chosen = [place for place, other in enumerate(by) if other == position]
        for side, recorded in ((part.bad, burn.bad), (part.total, burn.total)):
            for row in range(len(SHOPS)):
                seen = [place for place in chosen if recorded.present[row, place]]
                assert bool(side.present[row, 0]) == bool(seen)
                assert side.values[row, 0] == sum(recorded.values[row, place] for place in seen)
    counting = [place for place, other in enumerate(by) if other < 0]
    measured = [[bool(flag) for flag in flags[counting]] for flags in burn.total.present]
    expected = [sum(flags) / len(flags) if flags else None for flags in measured]
    assert account.coverage.latest(SHOPS) == expected
