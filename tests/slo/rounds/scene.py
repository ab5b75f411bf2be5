"""A shop for live evaluation: short windows, an incident, resets, gaps, and what a single evaluation says of it."""

from dataclasses import replace
from decimal import Decimal

import numpy as np
import pytest

from slo.duration import Duration
from slo.plan import Plan, plan
from slo.policy import Pair, Policy
from slo.readings import Readings
from slo.rounds.rounds import Rounds
from slo.samples import Samples, Track
from slo.selector import labels_of
from slo.table.load import load
from slo.vector import Grid
from tests.slo.rows import LATENCY, RATIO, changed, table

SECOND = 1000
POLICY = Policy(
    (
        Pair("page", Duration.parse("2m"), Duration.parse("30s"), Decimal("0.1")),
        Pair("ticket", Duration.parse("6m"), Duration.parse("1m"), Decimal("0.2")),
    ),
    Duration.parse("10s"),
)
BY_SHOP = changed(RATIO, ("    namespace: shop", "    by: [shop]\n    namespace: shop"))
COUNT, STEP = 400, 5 * SECOND


def plans() -> tuple[Plan, ...]:
    rows = load({"t.yaml": table(BY_SHOP, LATENCY)})
    short = (slo.model_copy(update={"window": Duration.parse("20m")}) for slo in rows)
    return tuple(plan(slo, POLICY) for slo in short)


def track(seed: int, metric: str, rate: float, incident: float, **labels: str) -> Track:
    noise = np.random.default_rng(seed)
    rates = np.full(COUNT, rate)
    rates[250:290] = incident
    values = np.cumsum(noise.poisson(rates)).astype(np.float64)
    values[100 + 20 * seed :] -= values[100 + 20 * seed]
    kept = noise.random(COUNT) > 0.03
    clock = STEP * np.arange(COUNT, dtype=np.int64) + 1_700_000_000_000
    return Track(metric, labels_of(labels), clock[kept], values[kept])


TRACKS = [
    track(1, "orders_total", 90, 90, shop="oslo", code="200"),
    track(2, "orders_total", 0.01, 9, shop="oslo", code="500"),
    track(3, "orders_total", 50, 50, shop="rome", code="200"),
    track(4, "orders_total", 5, 5, shop="rome", code="204"),
    *(track(5 + i, "order_seconds_bucket", rate, 1, le=le) for i, (le, rate) in enumerate([("0.5", 8), ("1", 9.9)])),
    track(8, "order_seconds_count", 10, 10),
]
BEGIN = 1_700_000_000_000 + 900 * SECOND + 7


def clipped(at: int) -> list[Track]:
    held = (int(np.searchsorted(one.timestamps, at, side="right")) for one in TRACKS)
    cut = zip(TRACKS, held, strict=True)
    return [replace(one, timestamps=one.timestamps[:n], values=one.values[:n]) for one, n in cut]


def compare(rounds: Rounds, samples: Samples) -> tuple[int, int]:
    """How many error ratios and how many active alerts were compared."""
    found = rounds.latest
    ratios, present = found.error_ratio
    readings = Readings(samples, POLICY.interval)
    for place, ratio in enumerate(found.compiled.ratios):
        for row, window in enumerate(found.compiled.windows):
            burn = readings.burn(ratio.sli, window, Grid(found.at, POLICY.interval.ms))
            (wanted,) = burn.error_ratio.latest((ratio.labels,))
            here = ratios[row, place] if present[row, place] else None
            if wanted is None or np.isnan(wanted):
                assert (here is None) == (wanted is None)
            elif window == ratio.plan.period:
                assert here == pytest.approx(wanted, rel=1e-12, abs=0)
            else:
                assert here == wanted
    return int(present.sum()), int((found.states.status > 0).sum())
