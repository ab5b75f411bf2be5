"""How far apart the two ways are in which the error ratio of a period is computed: for information, it is no fault.

Rules compose the period of what they record over five minutes, which a server can afford and in which an event counts
once for every evaluation that sees it. Directly from raw samples, `increase` over the whole period is exact.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Any, Final, Protocol

from emberline.check.instances import highest, named, ratio
from emberline.sources.demand import Demand
from slo.instant import LOOKBACK
from slo.plan import BASE, plan
from slo.readings import Readings
from slo.samples import Samples, Selecting
from slo.selector import Labels
from slo.sli import Events
from slo.spec import Slo
from slo.vector import Grid, Vector
from slo.window import Composed, Direct

MOST_SAMPLES: Final = 1 << 23
"""So many are fetched for a row at most: 128 MiB, some eight seconds."""


@dataclass(frozen=True, slots=True)
class Composition:
    """The error ratios of a row over its period by instance, both ways, and the budget that they are a part of.

    Both are empty for a row of too many samples, of which there are about `samples`.
    """

    slo: Slo
    samples: int
    direct: Mapping[Labels, float]
    composed: Mapping[Labels, float]

    @property
    def differences(self) -> dict[Labels, float]:
        """By how much of the budget composed is above direct, or below."""
        budget = float(1 - self.slo.objective)
        return {labels: (self.composed[labels] - share) / budget for labels, share in self.direct.items()}

    @property
    def document(self) -> dict[str, Any]:
        """The same as JSON: instances with their labels, ratios 0 to 1, and the difference as a share of the budget."""
        instances = [
            {"labels": dict(labels), "direct": share, "composed": self.composed[labels], "difference": apart}
            for (labels, share), apart in zip(self.direct.items(), self.differences.values(), strict=True)
        ]
        return {"row": self.slo.id, "window": str(self.slo.window), "samples": self.samples, "instances": instances}

    def __str__(self) -> str:
        """A line about the instance for which it matters most."""
        over = f"{self.slo.id}: error ratio over {self.slo.window}"
        if not self.direct:
            return f"{over}: direct and composed are not compared, they read about {self.samples} samples"
        worst = highest({labels: abs(apart) for labels, apart in self.differences.items()})
        both = f"{ratio(self.direct[worst])} direct, {ratio(self.composed[worst])} composed of {BASE}"
        apart = f"{self.differences[worst]:+.2%}".replace("%", " %")
        return f"{over}: {both}, {apart} of the budget{named(worst, len(self.direct))}"


class Reading(Protocol):
    """A server that is asked for everything at once."""

    def read(self, demand: Demand) -> Samples:
        """Everything that is demanded; SourceError if not all of it can be had."""
        ...


def compositions(slo: Slo, server: Reading, recent: Selecting, at: int) -> Iterator[Composition]:
    """Both error ratios of a row of counted events at `at`, in ms since the epoch; nothing where it has no data.

    `recent` holds the samples of the last five minutes: they tell how many there are in a period.
    """
    planned = plan(slo)
    if not isinstance(planned.sli, Events):
        return
    newest = [len(track.timestamps) for selector in planned.sli.selectors for track in recent.select(selector)]
    samples = sum(newest) * slo.window.ms // LOOKBACK.ms
    if samples > MOST_SAMPLES:
        yield Composition(slo, samples, {}, {})
    elif samples:
        start = at - slo.window.ms - BASE.ms
        fetched = server.read(Demand(at, dict.fromkeys(planned.sli.selectors, start)))
        readings, now = Readings(fetched, planned.interval), Grid(at, planned.interval.ms)
        ways = (Direct(slo.window), Composed(slo.window, BASE))
        direct, composed = (_finite(readings.error_ratio(planned.sli, way, now)) for way in ways)
        known = [labels for labels in direct if labels in composed]
        if known:
            both = ({labels: shares[labels] for labels in known} for shares in (direct, composed))
            yield Composition(slo, samples, *both)


def _finite(shares: Vector) -> dict[Labels, float]:
    pairs = zip(shares.instances, shares.latest(shares.instances), strict=True)
    return {labels: share for labels, share in pairs if share is not None and isfinite(share)}
