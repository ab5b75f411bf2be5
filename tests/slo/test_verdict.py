"""Conditions over arrays: parts meet by instance, and what cannot be computed is no verdict."""

from decimal import Decimal

import numpy as np
import pytest

from slo.condition import All, Any, Burning, Condition, Level
from slo.duration import Duration
from slo.readings import Readings
from slo.samples import Track
from slo.selector import Selector
from slo.sli import Bound, Counted, Events, Expression, Series
from slo.vector import Grid
from slo.verdict import holding
from slo.window import Direct
from tests.integration.telemetry import Held

MINUTE = 60_000
CLOCK = MINUTE * np.arange(20, dtype=np.int64)
NOW = Grid(19 * MINUTE, MINUTE)


def counted(metric: str, rate: float, shop: str) -> Track:
    return Track(metric, (("shop", shop),), CLOCK, 1000.0 + rate * np.arange(20, dtype=np.float64))


SAMPLES = Held(
    (
        *(counted("all", 100.0, shop) for shop in "abc"),
        counted("bad", 10.0, "a"),
        counted("bad", 2.0, "b"),
        counted("odd", 10.0, "b"),
    )
)


def burning(bad: str, factor: str) -> Burning:
    sli = Events((Selector("all"),), Counted((Selector(bad),)), ("shop",), Decimal("0.99"))
    return Burning(sli, Direct(Duration.parse("5m")), Decimal(factor))


@pytest.mark.parametrize(
    ("condition", "instances"),
    [
        (burning("bad", "9"), "a"),
        (burning("bad", "1"), "ab"),
        (burning("bad", "10"), ""),  # strictly more
        (All((burning("bad", "1"), burning("odd", "1"))), "b"),
        (Any((burning("bad", "9"), burning("odd", "1"))), "ab"),
        (All((burning("bad", "1"), Any((burning("bad", "9"), burning("odd", "20"))))), "a"),
    ],
)
def test_a_condition_holds_for_the_instances_that_burn(condition: Condition, instances: str) -> None:
    found = holding(condition, Readings(SAMPLES, Duration(MINUTE)), NOW)
    assert found is not None
    assert "".join(labels[0][1] for labels in found.shown()) == instances


LEVEL = Level(Series(Selector("depth"), "max", ()), Bound(">", Decimal(5)))
EXPRESSION = Expression("bad / all", (), Decimal("0.99"))


@pytest.mark.parametrize(
    "condition",
    [
        LEVEL,
        All((burning("bad", "1"), LEVEL)),
        Any((LEVEL,)),
        Burning(EXPRESSION, Direct(Duration(MINUTE)), Decimal(1)),
    ],
)
def test_what_is_not_counted_events_has_no_verdict(condition: Condition) -> None:
    assert holding(condition, Readings(SAMPLES, Duration(MINUTE)), NOW) is None
