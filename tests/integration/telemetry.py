"""Generated telemetry as found in the wild, with resets, gaps, jitter and missing series: tracks and OpenMetrics."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from slo.instant import RawSamples
from slo.samples import Track
from slo.selector import Labels, Selector, labels_of

START = 1_699_999_980_000
"""The first scrape, in ms since the epoch; a full minute, where subqueries have their steps."""
SCRAPE = 15_000


@dataclass(frozen=True, slots=True)
class Held(RawSamples):
    """Tracks in memory, as `slo.samples.Samples`."""

    tracks: tuple[Track, ...]

    def select(self, selector: Selector) -> Sequence[Track]:
        """The tracks that the selector picks, by labels."""
        found = (track for track in self.tracks if selector.matches(track.metric, dict(track.labels)))
        return sorted(found, key=lambda track: track.labels)


@dataclass(frozen=True, slots=True)
class Scraper:
    """Scrapes of one target: timestamps that its series share, and the noise of its counters."""

    clock: NDArray[np.int64]
    noise: np.random.Generator

    @classmethod
    def of(cls, seed: int, hours: float, *, jitter: int = 300, missed: float = 0.02) -> "Scraper":
        """A target scraped every 15 s with `jitter` ms, some scrapes missed and one outage of eleven minutes."""
        noise = np.random.default_rng(seed)
        slots = START + SCRAPE * np.arange(int(hours * 240), dtype=np.int64)
        late = noise.integers(0, jitter, len(slots)) if jitter else np.zeros(len(slots), np.int64)
        seen = noise.random(len(slots)) >= missed
        outage = int(noise.integers(len(slots) // 4, len(slots) // 2))
        seen[outage : outage + 44] = False
        return cls((slots + late)[seen], noise)

    def counter(
        self, metric: str, *, rate: float, resets: int = 2, whole: bool = True, first: float = 0.0, **labels: str
    ) -> Track:
        """A counter that rises by `rate` a scrape on average and falls to zero `resets` times."""
        steps = self.noise.poisson(rate, len(self.clock)) if whole else self.noise.gamma(2.0, rate / 2, len(self.clock))
        values = first + np.cumsum(steps, dtype=np.float64)
        for reset in np.sort(self.noise.integers(1, len(values), resets)):
            values[reset:] -= values[reset] - steps[reset]
        return Track(metric, labels_of(labels), self.clock, values)


def part(track: Track, begin: float, end: float, first: float) -> Track:
    """A series that comes late, counting from `first` on, and goes early: between two shares of the track's time."""
    low, high = int(begin * len(track.values)), int(end * len(track.values))
    values = track.values[low:high] - track.values[low] + first
    return Track(track.metric, track.labels, track.timestamps[low:high], values)


def buckets(slow: Track, fast: Iterable[tuple[str, float]], scraper: Scraper) -> list[Track]:
    """A classic histogram whose `+Inf` bucket and count are `slow`: each bound with the share of events under it."""
    base = slow.metric.removesuffix("_count")
    found = [slow]
    rises = np.diff(slow.values, prepend=0.0).clip(0)
    under = rises
    for bound, share in fast:
        under = scraper.noise.binomial(under.astype(np.int64), share).astype(np.float64)
        labels = labels_of({**dict(slow.labels), "le": bound})
        found.append(Track(f"{base}_bucket", labels, slow.timestamps, np.cumsum(under)))
    return found


def openmetrics(tracks: Iterable[Track]) -> str:
    """The tracks as OpenMetrics text with timestamps in seconds, for promtool; every family is declared unknown."""
    families: dict[str, list[str]] = defaultdict(list)
    for track in tracks:
        labels = ",".join(f'{name}="{value}"' for name, value in track.labels)
        lines = zip(track.timestamps.tolist(), track.values.tolist(), strict=True)
        families[track.metric] += [f"{track.metric}{{{labels}}} {value!r} {at / 1000:.3f}" for at, value in lines]
    body = (f"# TYPE {metric} unknown\n" + "\n".join(lines) + "\n" for metric, lines in families.items())
    return "".join(body) + "# EOF\n"


def labels_in(metric: dict[str, str]) -> Labels:
    """The labels of a series in an answer of the API."""
    return labels_of(metric)
