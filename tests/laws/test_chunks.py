"""Laws of chunks: kernel and twin write the same bytes, read, hold and forget the same, and move the same windows."""

from itertools import accumulate

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from native.chunks import History, Windows, decode, encode, held, kernel, twin
from native.ranges import PROM_2_42, PROM_3_5, Profile

Integers = NDArray[np.int64]
Floats = NDArray[np.float64]

needs_kernel = pytest.mark.skipif(not kernel.COMPILED, reason="no compiled kernel to compare with")

STALE = 0x7FF0000000000002
WORD = 1 << 64
# Around each width in which the change of a distance may be written.
CHANGES = st.sampled_from(
    [0, 0, 0, 1, -1] + [s * (1 << w) + d for s in (1, -1) for w in (13, 16, 19) for d in (-1, 0, 1)]
)
BITS = st.floats(width=64).map(lambda value: int(np.float64(value).view(np.uint64))) | st.integers(0, WORD - 1)


def bits(values: Floats) -> list[int]:
    found: list[int] = values.view(np.uint64).tolist()
    return found


def signed(number: int) -> int:
    return (number + WORD // 2) % WORD - WORD // 2


@st.composite
def samples(draw: st.DrawFn) -> tuple[Integers, Floats]:
    """Anything that 64 bits can be, times that change little, and values that share most of their bits."""
    changes = draw(st.lists(CHANGES | st.integers(-WORD // 2, WORD // 2 - 1), max_size=30))
    times = accumulate(accumulate(changes), initial=draw(st.integers(-WORD // 2, WORD // 2 - 1)))
    size = len(changes) + 1
    near = st.lists(st.integers(0, 63) | st.none(), min_size=size, max_size=size)
    flips = st.lists(BITS, min_size=size, max_size=size) | near.map(
        lambda places: [0 if place is None else 1 << place for place in places]
    )
    values = accumulate(draw(flips), lambda one, other: one ^ other)
    return np.array([signed(t) for t in times], np.int64), np.array(list(values), np.uint64).view(np.float64)


@given(samples())
def test_what_is_written_reads_back_bit_for_bit(written: tuple[Integers, Floats]) -> None:
    times, values = decode(encode(*written))
    assert times.tolist() == written[0].tolist()
    assert bits(values) == bits(written[1])


@needs_kernel
@given(samples())
def test_kernel_and_twin_write_the_same_bytes(written: tuple[Integers, Floats]) -> None:
    assert kernel.encode(*written) == twin.encode(*written)


@needs_kernel
@given(samples(), st.data())
def test_kernel_and_twin_read_the_same_of_damaged_chunks(written: tuple[Integers, Floats], data: st.DataObject) -> None:
    chunk = bytearray(twin.encode(*written))
    for _ in range(data.draw(st.integers(0, 3))):
        chunk[data.draw(st.integers(0, len(chunk) - 1))] ^= 1 << data.draw(st.integers(0, 7))
    del chunk[data.draw(st.integers(0, len(chunk))) :]
    assert kernel.scan(bytes(chunk)) == twin.decode(bytes(chunk))


@needs_kernel
@given(st.binary(max_size=60))
def test_kernel_and_twin_read_the_same_of_garbage(data: bytes) -> None:
    for chunk in (data, b"\xff\xff" + data):
        assert kernel.scan(chunk) == twin.decode(chunk)


SERIES = 3
STEPS = ["round"] * 3 + ["block"] * 4 + ["windows"] * 6 + ["forget", "read", "read", "new"]
SPANS = st.lists(
    st.tuples(st.sampled_from([0, 0, 60_000, 600_000]), st.sampled_from([1, 60_000, 300_000, 3_600_000, 86_400_000])),
    min_size=1,
    max_size=5,
)


class Pair:
    """Compiled and slow history, windows over them, and what is done to both."""

    def __init__(self, spans: list[tuple[int, int]], profile: Profile) -> None:
        self.now = 1_700_000_000_000
        self.spans, self.profile = np.array(spans, np.int64), profile
        self.fast, self.slow = History(), held.History()
        self.numbers = np.array([self.add() for _ in range(SERIES)])
        self.look()

    def add(self) -> int:
        number, other = self.fast.add(), self.slow.add()
        assert number == other
        return number

    def look(self) -> None:
        offsets, lengths = self.spans.T.copy()
        self.moving = Windows(self.fast, self.numbers, offsets, lengths, self.profile)
        self.anew = held.Windows(self.slow, self.numbers, offsets, lengths, self.profile)

    def block(self, one: int, seed: int) -> None:
        """Some hundred samples of a counter: even or not, with resets, stale markers and other odd values."""
        dice = np.random.default_rng(seed)
        size, odd = int(dice.integers(1, 400)), dice.choice([0, 0, 0.05])
        times = self.now + np.cumsum(dice.choice([15_000, 15_000, 15_000, 14_997, 60_000, 1], size))
        last = self.slow.last(self.numbers[one])
        start = last[1] if last and np.isfinite(last[1]) else 0.0
        values = start + np.cumsum(dice.choice([dice.poisson(3, size), dice.random(size)]).astype(np.float64))
        values[int(dice.integers(0, 3 * size)) :] -= start
        strange = np.array([STALE, STALE, 0x7FF8000000000001, 1 << 63, 0x7FF << 52], np.uint64).view(np.float64)
        values = np.where(dice.random(size) < odd, dice.choice(strange, size), values)
        times[0] -= dice.choice([0, 0, 70_000])  # some of it may be late
        assert self.fast.extend(one_of(self, one), times, values) == self.slow.extend(one_of(self, one), times, values)
        self.now = max(self.now, int(times[-1]))  # one late sample alone must not turn back the time

    def round(self, _one: int, seed: int) -> None:
        dice = np.random.default_rng(seed)
        self.now += int(dice.choice([0, 1, 15_000]))
        chosen = dice.permutation(self.numbers)[: dice.integers(0, SERIES + 1)]
        at, values = self.now - int(dice.choice([0, 0, 20_000])), dice.integers(0, 99, len(chosen)).astype(np.float64)
        assert self.fast.append(chosen, at, values) == self.slow.append(chosen, at, values)

    def forget(self, one: int, seed: int) -> None:
        before = self.now - seed % 7_200_000
        chosen = self.numbers if seed % 2 else self.numbers[one : one + 1]
        self.fast.forget(chosen, before)
        self.slow.forget(chosen, before)

    def read(self, one: int, seed: int) -> None:
        start = self.now - seed % 7_200_000
        for end in (start - 1, start + seed % 600_000, self.now):
            fast, slow = (history.read(one_of(self, one), start, end) for history in (self.fast, self.slow))
            assert fast[0].tolist() == slow[0].tolist()
            assert bits(fast[1]) == bits(slow[1])

    def new(self, one: int, seed: int) -> None:
        """Another series in place of one; the windows may go on over the one that is no more."""
        self.fast.discard(one_of(self, one))
        self.slow.discard(one_of(self, one))
        if seed % 2:
            self.windows(one, seed)
        self.numbers = self.numbers.copy()
        self.numbers[one] = self.add()
        self.look()

    def windows(self, _one: int, seed: int) -> None:
        self.now += seed % 2 * 1000
        (raised, present), (wanted, there) = self.moving.increase(self.now), self.anew.increase(self.now)
        np.testing.assert_array_equal(present, there)
        nan = np.isnan(wanted)
        np.testing.assert_array_equal(np.isnan(raised), nan)
        assert bits(raised[~nan]) == bits(wanted[~nan])

    def compare(self) -> None:
        assert self.fast.samples == self.slow.samples
        assert self.fast.oldest == self.slow.oldest
        assert (self.fast.first_end is None) == (self.slow.first_end is None)
        for number in self.numbers.tolist():
            assert repr(self.fast.last(number)) == repr(self.slow.last(number))


def one_of(pair: Pair, one: int) -> int:
    return int(pair.numbers[one])


@needs_kernel
@given(st.integers(0, 2**32 - 1), SPANS, st.sampled_from([PROM_2_42, PROM_3_5]))
def test_kernel_and_twin_hold_the_same(seed: int, spans: list[tuple[int, int]], profile: Profile) -> None:
    pair, dice = Pair(spans, profile), np.random.default_rng(seed)
    for what in dice.choice(STEPS, 60):
        getattr(pair, what)(int(dice.integers(SERIES)), int(dice.integers(2**32)))
        pair.compare()
