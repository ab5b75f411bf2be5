"""Rows of time slices, and nine hours of what they read, minute by minute from the epoch on.

Series come and go, with and without stale markers; replicas disagree; values are invalid, not a number, or missing for
longer than a sample stands for the present; gates open and close.
"""

from collections.abc import Iterator

import numpy as np

from slo.plan import plan
from slo.samples import Track
from slo.selector import labels_of
from slo.table.load import load
from slo.vector import Flags, Floats
from tests.integration.virtual import MINUTES, STALE
from tests.slo.rows import PROMQL, SLICE, changed, table

MINUTE = np.arange(MINUTES)
ALWAYS = np.ones(MINUTES, np.bool_)
BY_SHOP = ("    namespace: shop", "    by: [shop]\n    namespace: shop")
GATE = 'gate: {metric: customers, reduce: sum, when: "> 0"}'
BUSY = changed(
    SLICE,
    BY_SHOP,
    ("id: S3", "id: S7"),
    ("name: Staff", "name: Throughput"),
    ("name: StaffMissing", "name: ThroughputLow"),
    ("metric: staff\n      reduce: min", "metric: baked_total\n      rate: 5m\n      reduce: sum"),
    ('good: "> 3"', 'good: "> 2"'),
    (GATE, 'gate: {metric: orders_open, held: 5m, reduce: sum, when: "> 0"}'),
    ('value: "< 2"', 'value: "< 1"\n      gated: true'),
)
WARM = changed(
    SLICE,
    BY_SHOP,
    ("id: S3", "id: S8"),
    ("objective: 95%", "objective: 94%"),
    ("name: Staff", "name: Warmth"),
    ("name: StaffMissing", "name: TooWarm"),
    ("metric: staff\n      reduce: min", "metric: warmth\n      reduce: avg"),
    ('valid: ">= 0"', 'valid: "<= 1"'),
    ('good: "> 3"', 'good: "<= 0.55"'),
    (GATE, 'gate: {metric: doors_open, held: 4m, reduce: max, when: "< 3"}'),
    ('value: "< 2"\n      for: 15m', 'value: "> 0.6"\n      for: 2m'),
)
OLDEST = changed(
    SLICE,
    ("id: S3", "id: S9"),
    ("name: Staff", "name: Age"),
    ("name: StaffMissing", "name: BreadOld"),
    ("metric: staff\n      reduce: min", "metric: age\n      reduce: max"),
    ('valid: ">= 0"\n      good: "> 3"', 'good: "< 40"'),
    (f"      {GATE}\n", ""),
    ('value: "< 2"', 'value: ">= 60"'),
)
STAFF = changed(SLICE, BY_SHOP, ("for: 15m", "for: 2m"))
PLANS = tuple(plan(slo) for slo in load({"t.yaml": table(STAFF, BUSY, WARM, OLDEST)}))
(EXPRESSED,) = (plan(slo) for slo in load({"t.yaml": table(PROMQL)}))


def _track(metric: str, values: Floats, there: Flags = ALWAYS, **labels: str) -> Track:
    return Track(metric, labels_of(labels), 60_000 * MINUTE[there].astype(np.int64), values[there].astype(np.float64))


def _tracks() -> Iterator[Track]:
    noise = np.random.default_rng(5)

    def level(low: int, high: int) -> Floats:
        return noise.integers(low, high, MINUTES).astype(np.float64)

    def outside(*spans: tuple[int, int]) -> Flags:
        kept = ALWAYS.copy()
        for first, last in spans:
            kept[first:last] = False
        return kept

    ending = level(4, 9)
    ending[250] = STALE
    doubtful = np.where(noise.random(MINUTES) < 0.05, np.nan, level(0, 72) / 64)
    idle = np.where((MINUTE % 180) < 60, 0.0, 1.0)
    baked = np.cumsum(level(40, 200) * idle * np.where(MINUTE > 400, 0.3, 1.0))
    baked[230:] -= baked[230]
    yield from (
        _track("staff", np.where(MINUTE > 200, level(3, 9), level(4, 9)), shop="oslo", desk="1"),
        _track("staff", level(-1, 9), outside((90, 97), (240, 270)), shop="oslo", desk="2"),
        _track("staff", ending, outside((251, 280)), shop="rome", desk="1"),
        _track("staff", level(0, 3), MINUTE > 430, shop="bonn", desk="1"),
        *(_track("customers", level(0, 3), outside((300, 420)), shop="oslo", door=door) for door in "abc"),
        *(_track("customers", level(0, 3), outside((300, 420)), shop="rome", door=door) for door in "ab"),
        _track("customers", level(0, 2), outside((300, 420)), shop="bonn", door="a"),
        _track("baked_total", baked, shop="oslo", oven="1"),
        _track("baked_total", np.cumsum(noise.random(MINUTES) * 90), MINUTE < 333, shop="oslo", oven="2"),
        _track("baked_total", np.cumsum(level(0, 90)), outside((100, 130)), shop="rome", oven="1"),
        _track("orders_open", idle * level(1, 5), shop="oslo", pod="1"),
        _track("orders_open", level(0, 2), shop="rome", pod="1"),
        *(_track("warmth", level(0, 72) / 64, shop="oslo", room=str(room)) for room in range(9)),
        _track("warmth", doubtful, outside((60, 75)), shop="rome", room="1"),
        _track("warmth", level(0, 60) / 64, shop="rome", room="2"),
        _track("doors_open", level(0, 4), shop="oslo"),
        _track("doors_open", level(0, 3), outside((200, 212)), shop="rome"),
        _track("age", level(0, 70), outside((150, 158)), loaf="a"),
        _track("age", np.where(MINUTE % 7 == 0, np.nan, level(10, 50)), loaf="b"),
        _track("stale", np.cumsum(level(0, 3) * np.where(MINUTE > 300, 3, 0)), outside((450, 490)), price="a"),
        _track("prices", np.cumsum(level(5, 30)), outside((450, 490)), price="a"),
    )  # fmt: skip


TRACKS = tuple(_tracks())
