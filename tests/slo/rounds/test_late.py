"""Samples that bring a time of their own and come minutes late: composed sums lack them for a while, not for ever."""

from collections.abc import Iterator
from typing import cast

import numpy as np

from emberline.sources.store import Store
from slo.readings import Readings
from slo.rounds.rounds import Rounds
from slo.rounds.source import History
from slo.selector import labels_of
from slo.vector import Grid
from tests.slo.rounds.scene import BEGIN, POLICY, plans

EVERY = POLICY.interval.ms
LATE = 120_000
STRETCH = 900_000 // EVERY


class Unheard(Store):
    """A store that tells of no arrivals."""

    def arrivals(self) -> None:
        return None


def missing(store: Store) -> Iterator[bool]:
    """At each evaluation of an hour and a half: whether live sums differ from those of a single evaluation."""
    labels = labels_of({"code": "200", "shop": "oslo"})
    series = store.series("orders_total", labels)
    assert series is not None
    (own, _) = plans()
    fed = BEGIN - 1_800_000
    rounds: Rounds | None = None
    for at in range(BEGIN, BEGIN + 5_400_000, EVERY):
        for moment in range(fed, at - LATE, 5_000):
            store.append((series,), moment, (float(moment - BEGIN + 2_000_000),))
            fed = moment + 5_000
        if rounds is None:
            rounds = Rounds((own,), cast("History", store), at)
            continue
        found = rounds.advance(at)
        row = found.compiled.windows.index(own.period)
        single = Readings(store, POLICY.interval).burn(found.compiled.ratios[0].sli, own.period, Grid(at, EVERY))
        yield not np.allclose(found.total[0][row, 0], single.total.values[0, -1], rtol=1e-12, atol=0)


def test_what_came_too_late_is_counted_in_the_end() -> None:
    lacking = list(missing(Store()))
    stretches = [lacking[first : first + STRETCH] for first in range(0, len(lacking), STRETCH)]
    assert all(not all(stretch) for stretch in stretches)
    assert any(lacking)


def test_what_nobody_tells_of_is_lacking_for_ever() -> None:
    assert all(list(missing(Unheard()))[STRETCH:])
