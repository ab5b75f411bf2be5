"""An incident history of minutes, made to be evaluated every second: outages, slow burns, a shop that comes and goes.

Times are seconds from the first evaluation on; six minutes before it are the period of a row, one minute after it is
what the rules see. Scrapes jitter and some are missed, counters reset, and a series that ends is marked stale.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

import numpy as np
from numpy.typing import NDArray

from slo.duration import Duration
from slo.plan import Plan, plan
from slo.policy import Pair, Policy, Urgency
from slo.samples import Track
from slo.selector import labels_of
from slo.table.load import load
from tests.integration.telemetry import Held
from tests.slo.rows import LATENCY, RATIO, SLICE, changed, table

BEFORE, AFTER = 370, 60
STALE = np.array([0x7FF0000000000002], np.uint64).view(np.float64)[0]


def _pair(urgency: Urgency, long: str, short: str, share: str) -> Pair:
    return Pair(urgency, Duration.parse(long), Duration.parse(short), Decimal(share))


def _span(second: int, end: int) -> slice:
    """The places of seconds from one up to another."""
    return slice(BEFORE + second, BEFORE + end)


POLICY = Policy(
    (
        _pair("page", "20s", "5s", "0.5"),
        _pair("page", "1m", "10s", "0.6"),
        _pair("ticket", "2m", "20s", "0.6"),
        _pair("ticket", "4m", "1m", "0.8"),
    ),
    Duration.parse("1s"),
)
"""Error ratios of 45 % and 18 % page, of 9 % and 6 % file a ticket, where 5 % are allowed."""

ORDERS = changed(
    RATIO,
    ("objective: 99.9%", "objective: 95%"),
    ("    namespace: shop", "    by: [shop]\n    namespace: shop"),
    ("below: 99.5%", "below: 90%\n      window: 10s"),
    ("for: 5m", "for: 12s"),
)
SLOW = changed(LATENCY, ("slower_than: 1s", "slower_than: 1s\n      window: 10s"), ("for: 5m", "for: 7s"))
TRIES = changed(
    ORDERS,
    ("id: S1", "id: S5"),
    ("name: Availability", "name: Attempts"),
    ("name: OrdersFailing", "name: AttemptsFailing"),
    ('bad: orders_total{code="500"}', "good: ['orders_total{code=\"200\"}', kept_total]"),
    ("total: orders_total", "total: [orders_total, tries_total]"),
    ("for: 12s", "for: 0s"),
)
STAFF = changed(SLICE, ("for: 15m", "for: 5s"))


def plans() -> tuple[Plan, ...]:
    """Rows with a period of six minutes, every window of which reads raw samples."""
    rows = load({"rows.yaml": table(ORDERS, SLOW, TRIES, STAFF)})
    short = (row.model_copy(update={"window": Duration.parse("6m")}) for row in rows)
    return tuple(plan(row, POLICY, compose_from=Duration.parse("1d")) for row in short)


@dataclass(frozen=True, slots=True)
class Shop:
    """Error ratios by the second that they begin with, the time the shop is seen, and when its counters reset."""

    errors: dict[int, float]
    seen: tuple[tuple[int, int], ...] = ((-BEFORE, AFTER),)
    resets: tuple[int, ...] = ()
    missed: float = 0.02


SHOPS = {
    # It begins with its budget exhausted, pages, recovers, and exhausts it again.
    "oslo": Shop({-350: 1.0, -326: 0.0, 6: 1.0, 18: 0.0, 39: 1.0}, resets=(-100, 13)),
    # A slow burn, and a failure too short for the static alert's `for`.
    "rome": Shop({4: 0.25, 22: 0.0, 32: 1.0, 34: 0.0}, resets=(15,), missed=0.1),
    # A shop that opens, burns, vanishes, and comes back.
    "bonn": Shop({10: 0.6, 36: 0.0}, seen=((10, 24), (30, AFTER))),
    "kiel": Shop({}),
}
BLIND = (24, 34)
"""When no shop's histogram is scraped: nobody can tell which orders are slow."""


def history(start: int, seed: int = 7) -> Held:
    """The tracks of all shops, the first evaluation being about `start`, in ms since the epoch."""
    noise = np.random.default_rng(seed)
    tracks = [track for name, shop in SHOPS.items() for track in _shop(name, shop, start, noise)]
    return Held((*tracks, *_staff(start)))


def _staff(start: int) -> Iterator[Track]:
    """Too few people, for a while and too briefly; then nobody counts them."""
    clock = start + 1000 * np.arange(-BEFORE, AFTER)
    few = np.full(len(clock), 5.0)
    few[_span(6, 16)], few[_span(20, 23)] = 1.0, 1.0
    few[BEFORE + 29] = STALE
    counted = np.ones(len(clock), np.bool_)
    counted[_span(30, 38)] = False
    for metric, labels, values in (
        ("staff", {"post": "till"}, few),
        ("staff", {"post": "door"}, np.where(few == 1.0, 2.0, few)),
        ("customers", {}, np.where(np.isnan(few), few, 9.0)),
    ):
        yield Track(metric, labels_of(labels), clock[counted], values[counted])


def _shop(name: str, shop: Shop, start: int, noise: np.random.Generator) -> list[Track]:
    seconds = np.arange(-BEFORE, AFTER)
    changes = np.array([-BEFORE, *shop.errors])
    errors = np.array([0.0, *shop.errors.values()])[np.searchsorted(changes, seconds, side="right") - 1]
    bad = noise.binomial(200, errors)
    events = {
        ("orders_total", ("code", "200")): 200 - bad,
        ("orders_total", ("code", "500")): bad,
        ("tries_total", ("code", "429")): noise.poisson(errors * 60),
        ("kept_total", ("code", "200")): noise.poisson(np.full(len(seconds), 3)),
        ("order_seconds_count", ("code", "200")): np.full(len(seconds), 200),
        ("order_seconds_bucket", ("le", "0.5")): 200 - bad,
        ("order_seconds_bucket", ("le", "1.0")): 200 - bad + noise.binomial(bad, 0.3),
    }
    clock = start + 1000 * seconds + noise.integers(-40, 40, len(seconds))
    scraped = noise.random(len(seconds)) >= shop.missed
    sighted = scraped.copy()
    sighted[_span(*BLIND)] = False
    return [
        Track(
            metric,
            labels_of([label, ("shop", name)]),
            *_counted(steps, shop, clock, sighted if metric.startswith("order_seconds") else scraped),
        )
        for (metric, label), steps in events.items()
    ]


def _counted(
    steps: NDArray[np.int64], shop: Shop, clock: NDArray[np.int64], scraped: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Timestamps and values of a counter: it starts at zero whenever the shop opens, and ends with a stale marker."""
    values = np.cumsum(steps, dtype=np.float64)
    for reset in sorted({*shop.resets, *(begin for begin, _ in shop.seen)}):
        values[BEFORE + reset :] -= values[BEFORE + reset - 1] if reset > -BEFORE else 0.0
    kept = np.zeros(len(clock), np.bool_)
    for begin, end in shop.seen:
        kept[_span(begin, end)] = scraped[_span(begin, end)]
        if end < AFTER:
            kept[BEFORE + end], values[BEFORE + end] = True, STALE
    return clock[kept], values[kept]
