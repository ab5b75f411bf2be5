"""The beat of the live evaluation."""

import asyncio

import numpy as np
import pytest

from emberline.live.beat import Beat
from emberline.sources.store import Store
from slo.duration import Duration
from slo.plan import plan
from slo.selector import labels_of
from slo.table.load import load
from tests.emberline.live.made import AT
from tests.emberline.scraper.pages import until
from tests.slo.rows import RATIO, table


def test_a_clock_that_is_set_back_does_not_stop_the_beat() -> None:
    moments = iter([AT, *(AT - 3_600_000 + step for step in range(10_000))])

    async def play() -> None:
        beat = Beat((), Store(), lambda: (), lambda: next(moments), Duration(50))
        running = asyncio.ensure_future(beat.run())
        await until(lambda: beat.latest is not None and beat.latest.at > AT - 3_600_000 + 2 and beat.latest.at < AT)
        running.cancel()

    asyncio.run(play())


@pytest.mark.parametrize(
    ("moments", "evaluated"),
    [
        ([0, 5, 55], [0, 0, 0]),
        ([0, 60, 65, 185], [0, 60, 60, 180]),
        ([7, 127, 190], [7, 127, 187]),
        ([7, 7 + 3600 + 60, 7 + 3600 + 120], [7, 7 + 3600 + 60, 7 + 3600 + 120]),  # a pause: begun anew
        ([600, 7, 67], [600, 7, 67]),  # a clock that was set back
    ],
)
def test_slos_are_evaluated_when_their_rules_are_due(moments: list[int], evaluated: list[int]) -> None:
    clock = iter(AT + 1000 * moment for moment in moments)
    plans = [plan(slo) for slo in load({"t.yaml": table(RATIO)})]

    async def play() -> list[int]:
        beat = Beat(plans, Store(), lambda: (), lambda: next(clock), Duration(50))
        return [(await beat.once()).at for _ in moments]

    assert asyncio.run(play()) == [AT + 1000 * moment for moment in evaluated]


def test_a_curve_is_worked_out_once_for_each_evaluation() -> None:
    (of,) = (plan(slo) for slo in load({"t.yaml": table(RATIO)}))
    store = Store()
    for code, rate in (("200", 9.0), ("500", 1.0)):
        series = store.series("orders_total", labels_of({"code": code}))
        assert series is not None
        times = AT - 60_000 * np.arange(600, -1, -1, dtype=np.int64)
        store.extend([series], times, np.arange(601, dtype=np.float64)[None, :] * rate)

    async def play() -> None:
        beat = Beat([of], store, lambda: (), lambda: AT, Duration(50))
        snapshot = await beat.once()
        first = await beat.history(of, (), snapshot.at)
        assert first is not None
        assert first.left[-1] == pytest.approx(snapshot.results[0].error_budget_remaining, rel=1e-9)
        assert await beat.history(of, (), snapshot.at) is first
        assert await beat.history(of, (), snapshot.at + 60_000) is not first

    asyncio.run(play())
