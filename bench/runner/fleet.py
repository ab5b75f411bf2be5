"""Services with two counters each, requests and failures, as they are scraped every minute."""

from dataclasses import dataclass, field
from typing import Final

import numpy as np
from numpy.typing import NDArray

from native.ranges import Series

MINUTE: Final = 60_000
DAY: Final = 1440
"""Minutes."""
START: Final = 1_700_000_000_000
OFFSET: Final = 7_213
"""By how much evaluations are later than scrapes, in ms: a Prometheus gives each group an offset of its own."""

_RATES: Final = np.geomspace(1, 1000, 13)
"""Requests a minute, on average."""
_ERRORS: Final = 1e-4
_SHIFTS: Final = 10 * DAY
_LOST: Final = 0.005
_OUTAGES, _RESETS = 3, 10
"""A month, on average."""

Flags = NDArray[np.bool_]
Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Fleet:
    """So many minutes of counters, which rise by more in the day than in the night, alike for one seed."""

    minutes: int
    seed: int = 1
    _pools: tuple[tuple[Integers, Integers], ...] = field(init=False)

    def __post_init__(self) -> None:
        """Draw what services have in common: each takes its own stretch of it."""
        noise = np.random.default_rng(self.seed)
        day = 1 + 0.6 * np.sin(np.arange(self.minutes + _SHIFTS) * (2 * np.pi / DAY))
        pools = tuple((noise.poisson(rate * day), noise.poisson(rate * day * _ERRORS)) for rate in _RATES)
        object.__setattr__(self, "_pools", pools)

    @property
    def clock(self) -> Integers:
        """The time of every scrape, in ms since the epoch."""
        return START + MINUTE * np.arange(self.minutes, dtype=np.int64)

    @property
    def evaluations(self) -> Integers:
        """A time after every scrape."""
        return self.clock + OFFSET

    def scraped(self, target: int) -> Flags:
        """Which scrapes of a target succeeded: one in two hundred was lost, and three outages a month were longer."""
        noise = np.random.default_rng((self.seed, target))
        kept = noise.random(self.minutes) >= _LOST
        for begin in self._times(noise, _OUTAGES):
            kept[begin : begin + int(noise.integers(5, 120))] = False
        return kept

    def counters(self, service: int) -> Floats:
        """Requests and failures of a service at every minute, (2, time), with an incident and ten resets a month."""
        noise = np.random.default_rng((self.seed, service, 1))
        requests, failures = self._pools[(service * 8 + 12) % len(_RATES)]
        shift, other = noise.integers(0, _SHIFTS, 2)
        risen = np.stack((requests[shift : shift + self.minutes], failures[other : other + self.minutes]))
        begin, length = int(noise.integers(self.minutes // 3, self.minutes // 2)), int(noise.integers(10, 240))
        incident = slice(begin, begin + length)
        risen[1, incident] = risen[0, incident] * noise.uniform(0.02, 0.9)
        counted = np.cumsum(risen, axis=1, dtype=np.float64)
        for place in self._times(noise, _RESETS):
            counted[:, place:] -= counted[:, place - 1 : place]
        return counted

    def _times(self, noise: np.random.Generator, a_month: int) -> Integers:
        count = noise.poisson(a_month * self.minutes / (30 * DAY))
        return np.sort(noise.integers(1, self.minutes, count))

    def series(self, services: int) -> Series:
        """Requests and failures of the first services, a target each."""
        clock = self.clock
        tracks = []
        for service in range(services):
            kept, counted = self.scraped(service), self.counters(service)
            tracks += [(clock[kept], row[kept]) for row in counted]
        return Series.of(tracks)
