"""What of Prometheus' corners the cases of a population touch, found in the samples that some question reads."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from native.ranges import is_stale
from slo.instant import LOOKBACK
from slo.samples import Track
from tests.integration.exact.population import Population

Flags = NDArray[np.bool_]


def features(population: Population) -> dict[str, set[str]]:
    """The cases of each feature."""
    tracks = [_read(track, population) for tracks in population.tracks.values() for track in tracks]
    samples = _Samples.of([track for track in tracks if len(track.timestamps)])
    found = {name: set(samples.cases[flags].tolist()) for name, flags in _features(samples, population)}
    return found | {"many series": _crowds(population)}


def _read(track: Track, population: Population) -> Track:
    """The samples that lie in the window or the lookback of some evaluation."""
    times = population.grid.times
    seen = (track.timestamps >= times[0] - max(*population.windows, LOOKBACK.ms)) & (track.timestamps <= times[-1])
    return Track(track.metric, track.labels, track.timestamps[seen], track.values[seen])


@dataclass(frozen=True, slots=True, eq=False)
class _Samples:
    """All samples, one after the other. `follows` says which have one of their series before them."""

    cases: NDArray[np.str_]
    times: NDArray[np.int64]
    values: NDArray[np.float64]
    counter: Flags
    follows: Flags
    spacing: NDArray[np.int64]

    @classmethod
    def of(cls, tracks: list[Track]) -> "_Samples":
        sizes = [len(track.timestamps) for track in tracks]
        times = np.concatenate([track.timestamps for track in tracks])
        starts = np.cumsum([0, *sizes[:-1]])
        follows = np.ones(len(times), np.bool_)
        follows[starts] = False
        distances = np.where(follows, np.diff(times, prepend=0), np.iinfo(np.int64).max)
        return cls(
            np.repeat([dict(track.labels)["case"] for track in tracks], sizes),
            times,
            np.concatenate([track.values for track in tracks]),
            np.repeat([track.metric not in {"level", "queue"} for track in tracks], sizes),
            follows,
            np.repeat(np.minimum.reduceat(distances, starts), sizes),
        )


def _features(samples: _Samples, population: Population) -> Iterator[tuple[str, Flags]]:
    times, values = samples.times, samples.values
    before, distance = np.roll(values, 1), np.where(samples.follows, np.diff(times, prepend=0), 0)
    grid = population.grid.times
    with np.errstate(invalid="ignore", over="ignore"):
        falls = samples.counter & samples.follows & (values < before)
        rise = np.where(np.roll(samples.follows, -1), np.roll(values, -1) - values, 0.0)
        yield "resets", falls
        yield "resets of fractions", falls & np.isfinite(before) & (before % 1 != 0)
        yield "born near zero", samples.counter & ~samples.follows & (values >= 0) & (2 * values < rise)
        yield "gaps", distance > 2.2 * samples.spacing
        yield "jitter", samples.follows & (distance % samples.spacing != 0)
        yield "stale markers", is_stale(values)
        yield "not a number", np.isnan(values) & ~is_stale(values)
        yield "infinities", np.isinf(values)
        yield "beyond 2^53", samples.counter & np.isfinite(values) & (values > 2.0**53)
        yield "negative zeros", (values == 0) & np.signbit(values)
        yield "overflowing sums", ~samples.counter & np.isfinite(values) & (abs(values) > 1e308)
    yield "evaluated on a sample", np.isin(times, grid)
    passed = np.searchsorted(grid, times) != np.searchsorted(grid, times - distance)
    yield "evaluated between samples", samples.follows & passed & ~np.isin(times, grid)
    yield "window that begins on a sample", _on_an_edge(times, grid, population.windows)
    yield "lookback that ends on a sample", _on_an_edge(times, grid, (LOOKBACK.ms,))


def _on_an_edge(times: NDArray[np.int64], grid: NDArray[np.int64], lengths: tuple[int, ...]) -> Flags:
    flags: Flags = np.any([np.isin(times + length, grid) for length in lengths], axis=0)
    return flags


def _crowds(population: Population) -> set[str]:
    """The cases with eight series or more of one metric."""
    found: set[str] = set()
    for tracks in population.tracks.values():
        cases, sizes = np.unique([dict(track.labels)["case"] for track in tracks], return_counts=True)
        found |= set(cases[sizes >= 8].tolist())
    return found
