r"""Flows of events whose count up to any moment is a closed formula.

The rate of a flow is its mean times waves: a day, a week, and a few short ones drawn from the seed,

    rate(t) = mean * (1 + sum_k a_k * sin(2 pi t / T_k + phi_k)),    sum_k |a_k| < 1,

so it is never negative, and its integral needs no sum over the past: the same moment gives the same count to a
page served now and to a block of 30 days, and counters can only rise.
"""

from dataclasses import dataclass
from math import tau
from typing import Final, Self
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

DAY_MS: Final = 86_400_000
_WEEK: Final = (7 * DAY_MS, 0.08, 2.02)
_DAY: Final = (DAY_MS, 0.38, 4.32)
"""Period in ms, amplitude and phase: busiest on Wednesdays, and at half past one in the afternoon, UTC."""
_SHORTEST_MS: Final = 240_000
_LONGEST_MS: Final = 3 * 3_600_000


@dataclass(frozen=True, slots=True)
class Wave:
    """One sine in the rate: period in ms, amplitude as a share of the mean, phase at the epoch in radians."""

    period_ms: int
    amplitude: float
    phase: float

    def angle(self, times: NDArray[np.int64]) -> NDArray[np.float64]:
        """(time,) radians; reduced as whole numbers first, so that no digit is lost on large timestamps."""
        return np.asarray((times % self.period_ms) * (tau / self.period_ms) + self.phase)

    def integral(self, times: NDArray[np.int64]) -> NDArray[np.float64]:
        """(time,) seconds: an antiderivative of the wave."""
        return np.cos(self.angle(times)) * (-self.amplitude * self.period_ms / (tau * 1000))


@dataclass(frozen=True, slots=True)
class Flow:
    """Events that began at `origin_ms`, `rate` a second on average."""

    origin_ms: int
    rate: float
    waves: tuple[Wave, ...]

    @classmethod
    def drawn(cls, name: str, seed: int, origin_ms: int, rate: float, restless: float = 0.25) -> Self:
        """A flow with daily and weekly traffic and four short waves from the seed, `restless` together."""
        dice = np.random.default_rng((seed, crc32(name.encode())))
        periods = np.exp(dice.uniform(np.log(_SHORTEST_MS), np.log(_LONGEST_MS), 4))
        short = (Wave(int(period), restless / 4, float(dice.uniform(0, tau))) for period in periods)
        return cls(origin_ms, rate, (Wave(*_WEEK), Wave(*_DAY), *short))

    def rate_at(self, times: NDArray[np.int64]) -> NDArray[np.float64]:
        """(time,) events a second."""
        level = np.ones(times.shape)
        for wave in self.waves:
            level += wave.amplitude * np.sin(wave.angle(times))
        return self.rate * level

    def events(self, times: NDArray[np.int64]) -> NDArray[np.float64]:
        """(time,) events since the origin, not rounded; none before it."""
        since = np.maximum(times, self.origin_ms)
        seconds = (since - self.origin_ms) / 1000
        for wave in self.waves:
            seconds += wave.integral(since) - wave.integral(np.array(self.origin_ms))
        return self.rate * seconds


@dataclass(frozen=True, slots=True)
class Span:
    """From `start_ms` to `end_ms`, `share` of the events turn bad."""

    start_ms: int
    end_ms: int
    share: float


@dataclass(frozen=True, slots=True)
class Traffic:
    """A flow in which `usual` of the events are bad at all times, and more during the spans (disjoint).

    The usual bad ones arrive as a flow of their own, more restless than the rest.
    """

    flow: Flow
    usual: float
    background: Flow
    spans: tuple[Span, ...] = ()

    @classmethod
    def drawn(
        cls, name: str, seed: int, origin_ms: int, rate: float, usual: float, spans: tuple[Span, ...] = ()
    ) -> Self:
        """Traffic with waves from the seed."""
        flow = Flow.drawn(name, seed, origin_ms, rate)
        return cls(flow, usual, Flow.drawn(f"{name} bad", seed, origin_ms, rate, 0.5), spans)

    def _turned(self, events: NDArray[np.float64]) -> NDArray[np.float64]:
        """The events that a span turned bad. Counts rise with time, so cutting off counts cuts off time."""
        turned = np.zeros(events.shape)
        for span in self.spans:
            start, end = self.flow.events(np.array([span.start_ms, span.end_ms]))
            turned += span.share * (np.clip(events, start, end) - start)
        return turned

    def good(self, times: NDArray[np.int64]) -> NDArray[np.float64]:
        """(time,) good events since the origin, not rounded."""
        events = self.flow.events(times)
        return (1 - self.usual) * (events - self._turned(events))

    def bad(self, times: NDArray[np.int64]) -> NDArray[np.float64]:
        """(time,) bad events since the origin, not rounded."""
        turned = self._turned(self.flow.events(times))
        return self.usual * self.background.events(times) + (1 - self.usual) * turned
