"""What a store gives up at its memory limit, and what it does not."""

import numpy as np

from emberline.sources.store import FIRST_BYTES, Store
from native.ranges import PROM_3_5, Series, increase
from tests.emberline.store.filling import ALL, HOUR, A, B, filled, held


def test_the_memory_limit_costs_the_oldest_samples() -> None:
    limit = 2 * FIRST_BYTES + 10_000
    store = Store(limit_bytes=limit)
    series = [filled(store, A), filled(store, B)]
    for at in range(5000):
        store.append(series, at, (at**0.5, at**0.3))
        assert store.holding().bytes <= limit
    first, second = store.select(ALL)
    assert first.timestamps[-1] == second.timestamps[-1] == 4999
    assert first.timestamps[0] == second.timestamps[0] > 4000
    assert store.holding().shortened_to == first.timestamps[0]
    assert store.dropped.over_limit == 0


def test_below_the_limit_nothing_is_shortened() -> None:
    store = Store()
    filled(store, A, *((at, 1.0) for at in range(5000)))
    assert (store.holding().shortened_to, store.holding().samples) == (None, 5000)


def test_more_series_than_fit_are_counted_not_held() -> None:
    store = Store(limit_bytes=5 * FIRST_BYTES)
    ids = [store.series("x_total", (("n", str(number)),)) for number in range(50)]
    store.append([one for one in ids if one is not None], 10, [1.0] * (50 - ids.count(None)))
    holding = store.holding()
    assert 0 < holding.samples <= holding.series < 10
    assert holding.bytes <= holding.limit_bytes
    assert holding.dropped.over_limit == 50 - holding.samples


def test_where_hardly_more_than_the_present_fits_the_present_is_recorded() -> None:
    store = Store(limit_bytes=20 * FIRST_BYTES)
    series = [filled(store, (("n", str(number)),)) for number in range(20)]
    for at in range(1000):
        store.append(series, at, [(at + number) ** 0.5 for number in series])
        assert store.holding().bytes <= 20 * FIRST_BYTES
        assert len(store.latest(ALL, at)) == 20
    assert store.dropped.over_limit == 0


def test_what_can_never_fit_costs_nothing() -> None:
    store = Store(limit_bytes=2 * FIRST_BYTES)
    series = [filled(store, A, (1, 1.0)), filled(store, B, (1, 1.0))]
    assert store.series("y_total", A) is None
    store.extend(series, np.arange(2, 2000), np.ones((2, 1998)))
    assert held(store) == [(A, [1], [1.0]), (B, [1], [1.0])]
    assert store.dropped.over_limit == 1 + 2 * 1998


def test_a_shortened_history_begins_at_one_time_for_every_reader() -> None:
    store = Store(limit_bytes=2 * FIRST_BYTES + 10_000)
    series = [filled(store, A), filled(store, B)]
    windows = store.moving(np.array(series), np.array([0]), np.array([HOUR]), PROM_3_5)
    for at in range(5000):
        store.append(series, at, (at**0.5, at**0.3))
        windows.increase(at)
    first, second = store.select(ALL)
    assert first.timestamps[0] == second.timestamps[0] == store.shortened_to
    again = store.moving(np.array(series), np.array([0]), np.array([HOUR]), PROM_3_5)
    np.testing.assert_array_equal(windows.increase(4999), again.increase(4999))
    raised, _ = increase(
        Series.of((t.timestamps, t.values) for t in (first, second)), np.array([4999]), np.array([HOUR]), PROM_3_5
    )
    np.testing.assert_array_equal(windows.increase(4999)[0][0], raised[0, :, 0])


def test_a_new_series_costs_old_samples_rather_than_be_refused() -> None:
    store = Store(limit_bytes=FIRST_BYTES + 10_000)
    filled(store, A, *((at, at**0.5) for at in range(5000)))
    filled(store, B, (5000, 2.0))
    assert held(store)[1] == (B, [5000], [2.0])
    assert store.dropped.over_limit == 0
