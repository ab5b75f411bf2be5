"""A store against its slow twin: a dictionary of lists."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from emberline.sources.store import Store
from slo.duration import Duration
from slo.samples import Track
from slo.selector import Selector

SERIES = st.integers(0, 2)
STEPS = st.lists(st.tuples(st.sampled_from(["one", "block", "sweep"]), SERIES, st.integers(-3, 40)), max_size=60)


class Twin:
    """Every accepted sample of each series, and nothing dropped but by a sweep."""

    def __init__(self) -> None:
        self.samples: dict[int, list[tuple[int, float]]] = {}

    def take(self, series: int, at: int, value: float) -> None:
        mine = self.samples.setdefault(series, [])
        if not mine or at > mine[-1][0]:
            mine.append((at, value))

    def sweep(self, at: int, retention: int) -> None:
        self.samples = {key: mine for key, mine in self.samples.items() if mine[-1][0] >= at - retention}


def identity(series: int) -> tuple[tuple[str, str], ...]:
    return (("n", str(series)),)


def pairs(track: Track) -> list[tuple[int, float]]:
    return list(zip(track.timestamps.tolist(), track.values.tolist(), strict=True))


@given(STEPS)
def test_a_store_holds_what_its_twin_holds_within_the_retention(steps: list[tuple[str, int, int]]) -> None:
    retention, now, value = 100, 0, 0.0
    store, twin = Store(lambda _metric, _labels: Duration(retention)), Twin()
    for what, series, ahead in steps:
        now, value = now + ahead, value + 1
        if what == "sweep":
            store.sweep(now)
            twin.sweep(now, retention)
            continue
        one = store.series("m", identity(series))
        assert one is not None
        times = [now] if what == "one" else [now, now + 1, now + 2]
        if what == "one":
            store.append((one,), now, (value,))
        else:
            store.extend([one], np.array(times), np.full((1, len(times)), value))
        for at in times:
            twin.take(series, at, value)
    held = {t.labels: pairs(t) for t in store.select(Selector("m"))}
    assert held.keys() == {identity(series) for series in twin.samples}
    for series, samples in twin.samples.items():
        mine = held[identity(series)]
        due = [sample for sample in samples if sample[0] >= samples[-1][0] - retention]
        assert mine == samples[len(samples) - len(mine) :]
        assert len(mine) >= len(due)
