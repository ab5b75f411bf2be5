"""Conditions over arrays: parts meet by instance, what is missing has none, and expressions need a server."""

import math
from dataclasses import replace
from decimal import Decimal
from typing import Literal

import numpy as np
import pytest

from slo.condition import All, Any, Burning, Condition, Level, Unmeasured
from slo.duration import Duration
from slo.readings import Readings
from slo.samples import Track, Unevaluated
from slo.selector import Selector, labels_of
from slo.sli import Bound, Counted, Events, Expression, Gate, Series, Slices
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


WINDOW, MONTH = Direct(Duration.parse("5m")), Duration.parse("30d")


def counted_by(bad: str, total: str = "all") -> Events:
    return Events((Selector(total),), Counted((Selector(bad),)), ("shop",), Decimal("0.99"))


def burning(bad: str, factor: str) -> Burning:
    return Burning(counted_by(bad), WINDOW, Decimal(factor))


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
    assert "".join(labels[0][1] for labels in found.shown()) == instances


def gauge(metric: str, value: float, until: int = 20, **labels: str) -> Track:
    return Track(metric, labels_of(labels), CLOCK[:until], np.full(until, value))


LEVELS = Held((
    gauge("depth", 6.0, queue="a"),
    gauge("depth", 3.0, queue="b"),
    gauge("depth", 9.0, until=14, queue="c"),  # gone for five minutes
    gauge("depth", math.nan, queue="d"),
    gauge("workers", 2.0, queue="a"),
    gauge("workers", 2.0, queue="b"),
    gauge("idle", 0.0, queue="a"),
))  # fmt: skip


def level(metric: str, op: Literal["<", ">"], value: int) -> Level:
    return Level(Series(Selector(metric), "max", ("queue",)), Bound(op, Decimal(value)))


@pytest.mark.parametrize(
    ("condition", "instances"),
    [
        (level("depth", ">", 5), "a"),
        (level("depth", "<", 9), "ab"),
        (All((level("depth", ">", 1), level("workers", "<", 9), level("idle", "<", 9))), "a"),
        (All((level("depth", ">", 1), level("nothing", "<", 9))), ""),
        (Any((level("depth", ">", 5), level("workers", ">", 1))), "ab"),
    ],
)
def test_a_level_holds_for_the_instances_that_break_the_bound(condition: Condition, instances: str) -> None:
    found = holding(condition, Readings(LEVELS, Duration(MINUTE)), NOW)
    assert "".join(labels[0][1] for labels in found.shown()) == instances


def slices(metric: str, gate: str) -> Slices:
    series, bound = Series(Selector(metric), "max", ("queue",)), Bound("<", Decimal(9))
    return Slices(series, bound, Gate(replace(series, selector=Selector(gate)), bound), (), Decimal("0.9"), MONTH)


@pytest.mark.parametrize(
    ("condition", "missing"),
    [
        (Unmeasured(slices("depth", "workers"), WINDOW), False),
        (Unmeasured(slices("depth", "nothing"), WINDOW), True),
        (Unmeasured(slices("nothing", "depth"), WINDOW), True),
        (Unmeasured(counted_by("nothing"), WINDOW), False),  # no bad events are measured all the same
        (Unmeasured(counted_by("nothing", total="nothing"), WINDOW), True),
        (
            Any((Unmeasured(counted_by("bad"), WINDOW), Unmeasured(counted_by("nothing", total="nothing"), WINDOW))),
            True,
        ),
    ],
)
def test_what_is_missing_has_no_instances(condition: Condition, *, missing: bool) -> None:
    found = holding(condition, Readings(Held(SAMPLES.tracks + LEVELS.tracks), Duration(MINUTE)), NOW)
    assert (found.instances, found.present.tolist()) == (((),), [[missing]])


def test_data_is_missing_from_five_minutes_after_its_last_sample() -> None:
    gone = Held((gauge("depth", 1.0, until=10),))
    series = Series(Selector("depth"), "max", ())
    condition = Unmeasured(Slices(series, Bound("<", Decimal(9)), None, (), Decimal("0.9"), MONTH), WINDOW)
    found = holding(condition, Readings(gone, Duration(MINUTE)), replace(NOW, count=20))
    assert found.present[0].tolist() == [False] * 14 + [True] * 6


EXPRESSION = Expression("bad / all", (), Decimal("0.99"))


@pytest.mark.parametrize(
    "condition",
    [
        Burning(EXPRESSION, WINDOW, Decimal(1)),
        Unmeasured(EXPRESSION, WINDOW),
        All((burning("bad", "1"), Burning(EXPRESSION, WINDOW, Decimal(1)))),
        Any((level("depth", ">", 5), Burning(EXPRESSION, WINDOW, Decimal(1)))),
    ],
)
def test_an_expression_is_not_evaluated_over_samples(condition: Condition) -> None:
    with pytest.raises(Unevaluated, match="bad / all"):
        holding(condition, Readings(SAMPLES, Duration(MINUTE)), NOW)
