"""What a store takes, holds, forgets and gives back."""

from decimal import Decimal

import numpy as np
import pytest

from emberline.sources.keep import keep_all, wanted
from emberline.sources.stale import STALE, is_stale
from emberline.sources.store import FIRST_BYTES, Store
from slo.duration import Duration
from slo.selector import Selector, parse_selector
from tests.emberline.store.filling import ALL, HOUR, A, B, filled, held


def test_samples_come_back_as_they_went_in_by_order_of_labels() -> None:
    store = Store()
    filled(store, B, (1, 5.0))
    filled(store, A, (1, 1.0), (2, 2.0))
    assert held(store) == [(A, [1, 2], [1.0, 2.0]), (B, [1], [5.0])]


def test_the_order_is_that_of_prometheus_where_the_name_is_a_label() -> None:
    store = Store()
    for labels in ((), (("UUID", "1"),), (("gpu", "1"),), (("UUID", "1"), ("gpu", "0"))):
        filled(store, labels, (1, 1.0))
    names = [[name for name, _ in labels] for labels, _, _ in held(store)]
    assert names == [["UUID"], ["UUID", "gpu"], [], ["gpu"]]


def test_one_identity_is_one_series() -> None:
    store = Store()
    assert store.series("x_total", A) == store.series("x_total", A) != store.series("x_total", B)


@pytest.mark.parametrize(
    ("at", "value", "taken", "duplicate", "late"),
    [
        (20, 2.0, 2, 0, 0),
        (10, 1.0, 1, 0, 0),  # the same sample once more is no news
        (10, 2.0, 1, 1, 0),
        (10, float("nan"), 1, 1, 0),
        (9, 1.0, 1, 0, 1),
    ],
)
def test_a_second_sample(at: int, value: float, taken: int, duplicate: int, late: int) -> None:
    store = Store()
    filled(store, A, (10, 1.0), (at, value))
    assert store.holding().samples == taken
    assert (store.dropped.duplicate, store.dropped.out_of_order) == (duplicate, late)


def test_zero_and_minus_zero_are_two_values_and_a_nan_is_itself() -> None:
    store = Store()
    filled(store, A, (10, 0.0), (10, -0.0))
    filled(store, B, (10, STALE), (10, STALE))
    assert store.dropped.duplicate == 1


def test_a_block_is_taken_where_it_is_newer() -> None:
    store = Store()
    series = [filled(store, A, (15, 1.0)), filled(store, B)]
    store.extend(series, np.array([10, 20, 30]), np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]))
    assert held(store) == [(A, [15, 20, 30], [1.0, 2.0, 3.0]), (B, [10, 20, 30], [4.0, 5.0, 6.0])]
    assert store.dropped.out_of_order == 1


def test_the_last_sample_of_a_block_is_the_one_that_a_repeated_sample_meets() -> None:
    store = Store()
    series = filled(store, A)
    store.extend([series], np.array([10, 20]), np.array([[1.0, 2.0]]))
    store.append((series,), 20, (2.0,))
    assert store.dropped.duplicate == 0
    store.append((series,), 20, (1.0,))
    assert store.dropped.duplicate == 1


@pytest.mark.parametrize("times", [[10, 10], [20, 10]])
def test_a_block_that_does_not_ascend_is_refused(times: list[int]) -> None:
    store = Store()
    with pytest.raises(ValueError, match="ascend"):
        store.extend([filled(store, A)], np.array(times), np.ones((1, 2)))
    assert store.holding().samples == 0


def test_many_single_samples_and_a_block_are_the_same() -> None:
    times, values = np.arange(0, 500, dtype=np.int64), np.sqrt(np.arange(500))
    one, other = Store(), Store()
    filled(one, A, *zip(times.tolist(), values.tolist(), strict=True))
    other.extend([filled(other, A)], times, values[None, :])
    assert held(one) == held(other)


def test_what_was_handed_out_does_not_change() -> None:
    store = Store(lambda _metric, _labels: Duration(100))
    series = filled(store, A, *((at, float(at)) for at in range(64)))
    (track,) = store.select(ALL)
    for at in range(64, 2000):
        store.append((series,), at, (float(at),))
    assert track.timestamps.tolist() == list(range(64)) == track.values.tolist()
    with pytest.raises(ValueError, match="read-only"):
        track.values[0] = 7.0


def test_the_stale_marker_keeps_its_bits() -> None:
    store = Store()
    filled(store, A, (1, STALE), (2, float("nan")))
    (track,) = store.select(ALL)
    assert [is_stale(float(value)) for value in track.values] == [True, False]
    assert track.values.view(np.uint64)[0] == 0x7FF0000000000002


def test_old_samples_make_room_for_new_ones() -> None:
    store = Store(lambda _metric, _labels: Duration(HOUR))
    series = filled(store, A)
    for at in range(0, 100 * HOUR, 60_000):
        store.append((series,), at, (1.0,))
    (track,) = store.select(ALL)
    assert track.timestamps[0] <= 99 * HOUR - 60_000
    assert len(track.timestamps) < 130
    assert store.holding().samples < 130
    assert store.holding().bytes < 4 * FIRST_BYTES  # without a compiler samples are Python objects


def test_a_sweep_forgets_what_ended_before_the_retention_and_nothing_else() -> None:
    store = Store(lambda _metric, _labels: Duration(HOUR))
    gone, stays = filled(store, A, (0, 1.0)), filled(store, B, (0, 1.0), (HOUR, 1.0))
    store.select(ALL)
    store.sweep(HOUR + 1)
    assert held(store) == [(B, [0, HOUR], [1.0, 1.0])]
    assert (store.known(gone), store.known(stays)) == (False, True)
    assert store.series("x_total", A) != gone


def test_a_selection_is_found_anew_when_series_come_and_go() -> None:
    store = Store(lambda _metric, _labels: Duration(HOUR))
    assert store.select(ALL) == ()
    filled(store, A, (0, 1.0))
    assert [track.labels for track in store.select(ALL)] == [A]
    filled(store, B, (HOUR, 1.0))
    assert [track.labels for track in store.select(ALL)] == [A, B]
    store.sweep(2 * HOUR)
    assert [track.labels for track in store.select(ALL)] == [B]


def test_selectors_pick_by_matchers_and_bucket() -> None:
    store = Store()
    for le in ("0.5", "5.0", "50.0", "+Inf"):
        filled(store, (("job", "a"), ("le", le)), (1, 1.0), metric="h_bucket")
    assert [dict(t.labels)["le"] for t in store.select(Selector("h_bucket", le=Decimal(5)))] == ["5.0"]
    assert len(store.select(parse_selector('h_bucket{job=~"a|b",le!="+Inf"}'))) == 3
    assert store.select(parse_selector('h_bucket{job="b"}')) == ()
    assert store.select(Selector("other")) == ()


@pytest.mark.parametrize(
    ("at", "found"),
    [(9, []), (10, [1.0]), (19, [1.0]), (20, []), (29, []), (30, [3.0]), (300_029, [3.0]), (300_030, [])],
)
def test_the_latest_value_is_that_of_an_instant_query(at: int, found: list[float]) -> None:
    store = Store()
    filled(store, A, (10, 1.0), (20, STALE), (30, 3.0))
    assert [point.value for point in store.latest(ALL, at)] == found


def test_only_what_is_wanted_is_kept_and_for_how_long() -> None:
    longer = wanted([ALL], retention=Duration.parse("90d"))
    assert longer("x_total", A) == Duration.parse("90d")
    keep = wanted([parse_selector('x_total{job="a"}')], latest=["up"])
    assert keep("x_total", A) == keep_all("x_total", A)
    assert keep("x_total", B) is None
    assert keep("up", B) == Duration(HOUR)
    store = Store(keep)
    assert store.series("x_total", B) is None
    assert store.series("x_total", A) is not None
