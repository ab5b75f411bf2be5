"""Live evaluation over the own store says, round after round, what a single evaluation of that store says."""

from dataclasses import dataclass, field
from typing import cast

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from emberline.sources.stale import STALE
from emberline.sources.store import LIMIT_BYTES, Store
from slo.duration import Duration
from slo.rounds.rounds import Rounds
from slo.rounds.source import History
from slo.samples import Track
from tests.slo.rounds.scene import BEGIN, COUNT, STEP, TRACKS, compare, plans

EVERY = 10_000
END = int(TRACKS[0].timestamps[0]) + COUNT * STEP
RETENTION = Duration.parse("27m")
"""Longer than the longest window, shorter than the scene: some of it is forgotten on the way."""

TIGHT = 24_000
"""Bytes that cannot hold all of it."""


@dataclass
class Scene:
    """Samples on their way to a store, some of them late, in the order in which they arrive."""

    dice: np.random.Generator
    store: Store
    whole: bool
    coming: list[tuple[float, int, Track, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        for track in TRACKS:
            part = [0, COUNT] if self.whole else self.dice.integers(COUNT, size=2).tolist()
            values = np.where(self.dice.random(len(track.values)) < 0.01, STALE, track.values * 0.1)
            late = self.dice.choice([0, 0, EVERY - 1]) * self.dice.random(len(values))
            chosen = slice(*sorted(part))
            pairs = zip(track.timestamps[chosen].tolist(), values[chosen].tolist(), late[chosen].tolist(), strict=True)
            self.coming += [(at + delay, at, track, value) for at, value, delay in pairs]
        self.coming.sort(key=lambda arrival: arrival[:2], reverse=True)

    def arrive(self, now: int) -> None:
        """Everything that arrives up to now."""
        while self.coming and self.coming[-1][0] <= now:
            _, at, track, value = self.coming.pop()
            series = self.store.series(track.metric, track.labels)
            if series is not None:  # there was room
                self.store.append((series,), at, (value,))

    def disturb(self, now: int) -> None:
        """What else befalls a store: sweeps, and series that are known before their first sample."""
        what = self.dice.integers(20)
        if what == 0:
            self.store.sweep(now)
        elif what == 1:
            self.store.series("orders_total", (("code", "418"), ("shop", str(now))))


def played(scene: Scene, source: History) -> int:
    """How many error ratios were compared over the whole scene."""
    now = BEGIN - int(scene.dice.choice([0, 0, 600_000]))
    scene.arrive(now)
    rounds = Rounds(plans(), source, now)
    compared = 0
    while now < END:
        now += EVERY * int(scene.dice.choice([1, 1, 1, 3]))
        scene.arrive(now)
        scene.disturb(now)
        rounds.advance(now)
        if scene.dice.random() < 0.2:
            compared += compare(rounds, source)[0]
    return compared


def kept(_metric: str, _labels: object) -> Duration:
    return RETENTION


@given(st.integers(0, 2**32 - 1), st.sampled_from([LIMIT_BYTES, TIGHT]), st.booleans())
@settings(max_examples=15)
def test_rounds_over_the_store_are_single_evaluations(seed: int, limit: int, whole: bool) -> None:  # noqa: FBT001
    store = Store(kept, limit)
    played(Scene(np.random.default_rng(seed), store, whole), store)


@dataclass
class Unaware:
    """A store of which nobody hears that its limit has shortened the history."""

    store: Store
    shortened_to: None = None

    def __getattr__(self, name: str) -> object:
        """Anything else is the store's."""
        return getattr(self.store, name)


def test_a_shortened_history_is_begun_anew_or_sums_would_never_shrink() -> None:
    store = Store(kept, TIGHT)
    assert played(Scene(np.random.default_rng(0), store, whole=True), store) > 100
    assert store.holding().shortened_to is not None
    other = Store(kept, TIGHT)
    with pytest.raises(AssertionError):
        played(Scene(np.random.default_rng(0), other, whole=True), cast("History", Unaware(other)))
