"""What a compressed history takes, holds and forgets, and where windows stand in it."""

from types import ModuleType

import numpy as np
import pytest

from native.chunks import History, Windows, held, kernel
from native.ranges import PROM_2_42, PROM_3_5

each = pytest.mark.parametrize("chunks", [held, kernel], ids=["twin", "kernel"])

STALE = np.array([0x7FF0000000000002], np.uint64).view(np.float64)[0]


def filled(chunks: ModuleType, *samples: tuple[int, float]) -> History:
    history: History = chunks.History()
    history.add()
    for at, value in samples:
        history.append(np.array([0]), at, np.array([value]))
    return history


def counted(chunks: ModuleType, samples: int) -> History:
    """A series with a sample every second, 1, 2, 3..."""
    return filled(chunks, *((1000 * number, number + 1.0) for number in range(samples)))


def times(history: History) -> list[int]:
    found: list[int] = history.read(0, -(2**63), 2**63 - 1)[0].tolist()
    return found


def moving(chunks: ModuleType, history: History, *spans: tuple[int, int], older: bool = False) -> Windows:
    offsets, lengths = np.array(spans, np.int64).T.copy()
    found: Windows = chunks.Windows(history, np.array([0]), offsets, lengths, PROM_2_42 if older else PROM_3_5)
    return found


def increases(windows: Windows, at: int) -> list[float | None]:
    raised, present = windows.increase(at)
    return [value if here else None for value, here in zip(raised[:, 0].tolist(), present[:, 0].tolist(), strict=True)]


@each
@pytest.mark.parametrize(
    ("at", "value", "taken"),
    [(11, 2.0, (0, 0)), (10, 1.0, (0, 0)), (10, 2.0, (0, 1)), (10, -1.0, (0, 1)), (9, 1.0, (1, 0))],
)
def test_a_second_sample(chunks: ModuleType, at: int, value: float, taken: tuple[int, int]) -> None:
    history = filled(chunks, (10, 1.0))
    assert history.append(np.array([0]), at, np.array([value])) == taken
    assert history.samples == (2 if at > 10 else 1)
    assert history.last(0) == ((11, 2.0) if at > 10 else (10, 1.0))


@each
def test_what_is_forgotten_is_gone_at_once(chunks: ModuleType) -> None:
    history = counted(chunks, 1000)
    for before in (0, 1, 100_000, 240_000, 240_001, 500_500, 500_500, 999_000):
        history.forget(np.array([0]), before)
        assert times(history) == [at for at in range(0, 1_000_000, 1000) if at >= before]
    history.forget(np.array([0]), 400_000)
    assert (times(history), history.samples, history.oldest) == ([999_000], 1, 999_000)
    history.forget(np.array([0]), 999_001)
    assert (times(history), history.samples, history.oldest, history.first_end) == ([], 0, None, None)
    assert history.last(0) == (999_000, 1000.0)


@each
def test_memory_returns_once_a_chunk_is_forgotten(chunks: ModuleType) -> None:
    history = filled(chunks, *((at, at**0.5) for at in range(1000)))
    end = history.first_end
    assert end is not None
    held_before = history.bytes
    history.forget(np.array([0]), end + 1)
    assert history.bytes < held_before


@each
def test_a_series_that_is_discarded_takes_nothing_and_its_number_is_not_given_again(chunks: ModuleType) -> None:
    history = counted(chunks, 1000)
    empty = chunks.History().bytes
    history.discard(0)
    assert (history.samples, history.oldest) == (0, None)
    assert history.bytes <= empty + 64
    assert history.add() == 1


@each
@pytest.mark.parametrize("number", [-1, 1, 2**40])
def test_a_series_that_is_not_there_is_refused_and_nothing_is_taken(chunks: ModuleType, number: int) -> None:
    history = filled(chunks, (10, 1.0))
    both = np.array([0, number])
    for wrong in (
        lambda: history.append(both, 20, np.ones(2)),
        lambda: history.extend(number, np.array([20]), np.ones(1)),
        lambda: history.forget(both, 20),
        lambda: history.read(number, 0, 20),
        lambda: history.last(number),
    ):
        with pytest.raises(IndexError, match=f"there is no series {number}"):
            wrong()
    assert times(history) == [10]


@each
def test_columns_that_do_not_match_are_refused_and_nothing_is_taken(chunks: ModuleType) -> None:
    history = filled(chunks, (10, 1.0))
    with pytest.raises(ValueError, match="different lengths"):
        history.append(np.array([0]), 20, np.ones(2))
    with pytest.raises(ValueError, match="different lengths"):
        history.extend(0, np.array([20, 30]), np.ones(1))
    with pytest.raises(ValueError, match="sample 2 does not"):
        history.extend(0, np.array([20, 30, 30]), np.ones(3))
    assert times(history) == [10]


@each
def test_a_window_counts_a_reset_of_which_the_samples_before_are_nearly_forgotten(chunks: ModuleType) -> None:
    history = filled(chunks, (0, 50.0), (1000, 90.0), (2000, 10.0), (3000, 30.0))
    assert increases(moving(chunks, history, (0, 4000)), 3000) == [pytest.approx((-20 + 90) * 4 / 3)]
    history.forget(np.array([0]), 1000)
    assert increases(moving(chunks, history, (0, 4000)), 3000) == [pytest.approx((-60 + 90) * 2.5 / 2)]
    history.forget(np.array([0]), 2000)
    assert increases(moving(chunks, history, (0, 4000)), 3000) == [pytest.approx(20 * 1.5)]


@each
def test_windows_that_were_there_see_no_more_than_new_ones(chunks: ModuleType) -> None:
    history = counted(chunks, 1000)
    standing = moving(chunks, history, (0, 999_000), (600_000, 100_000))
    assert increases(standing, 999_000) == [pytest.approx(999), pytest.approx(100)]
    history.forget(np.array([0]), 450_000)
    assert increases(standing, 999_000) == increases(moving(chunks, history, (0, 999_000), (600_000, 100_000)), 999_000)
    assert increases(standing, 999_000)[1] is None


@each
def test_the_left_end_of_a_window_is_within_it_in_an_old_release(chunks: ModuleType) -> None:
    history = filled(chunks, (10_000, 30.0), (20_000, 40.0))
    assert increases(moving(chunks, history, (0, 10_000), older=True), 20_000) == [10.0]
    assert increases(moving(chunks, history, (0, 10_000)), 20_000) == [None]


@each
def test_stale_markers_are_no_samples_of_a_window(chunks: ModuleType) -> None:
    history = filled(chunks, (0, 1.0), (1000, STALE), (2000, 3.0))
    assert increases(moving(chunks, history, (0, 3000)), 2000) == [pytest.approx(3.0)]


@each
def test_a_window_finds_its_samples_behind_chunks_of_stale_markers_alone(chunks: ModuleType) -> None:
    markers = [(at, STALE) for at in range(2000, 800_000, 1000)]
    history = filled(chunks, (0, 1.0), (1000, 3.0), *markers)
    assert increases(moving(chunks, history, (0, 800_001)), 800_000) == [pytest.approx(2 * (1 + 0.001 + 0.5))]


@each
def test_windows_do_not_go_back(chunks: ModuleType) -> None:
    windows = moving(chunks, counted(chunks, 3), (0, 2000))
    windows.increase(2000)
    assert increases(windows, 2000) == [pytest.approx(2.0)]
    with pytest.raises(ValueError, match="windows do not go back, from 2000 to 1999"):
        windows.increase(1999)
