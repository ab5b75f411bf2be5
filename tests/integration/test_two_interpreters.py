"""What the rules record and alert for counted events, as promtool evaluates them, is what the engine computes."""

from collections.abc import Iterable, Iterator
from functools import cache
from itertools import pairwise
from pathlib import Path

import numpy as np

from slo import names
from slo.plan import Plan, plan
from slo.readings import Readings
from slo.samples import Track
from slo.selector import labels_of
from slo.sli import Events
from slo.table.load import load
from tests.integration.telemetry import Held
from tests.integration.virtual import GRID, MINUTES, STALE, Check, alerts, complaints, expected, one_bit_off
from tests.slo.rows import LATENCY, RATIO, changed, table

INCIDENT = slice(200, 260)
BY_SHOP = changed(RATIO, ("    namespace: shop", "    by: [shop]\n    namespace: shop"))
SEVERAL = changed(
    BY_SHOP,
    ("id: S1", "id: S5"),
    ("name: Availability", "name: Attempts"),
    ("name: OrdersFailing", "name: AttemptsFailing"),
    ('bad: orders_total{code="500"}', "good: ['orders_total{code=\"200\"}', kept_total]"),
    ("total: orders_total", "total: [orders_total, tries_total]"),
)
BETWEEN = changed(
    LATENCY,
    ("id: S2", "id: S6"),
    ("name: Latency", "name: Slowness"),
    ("name: OrdersSlow", "name: OrdersSlower"),
    ("threshold: 500ms", "threshold: 700ms\n      at: between"),
)
PLANS = tuple(plan(slo) for slo in load({"t.yaml": table(BY_SHOP, LATENCY, SEVERAL, BETWEEN)}))


def _telemetry() -> Held:
    noise = np.random.default_rng(11)
    clock = 60_000 * np.arange(MINUTES, dtype=np.int64)

    def counter(metric: str, rates: Iterable[float], **labels: str) -> Track:
        values = np.cumsum(noise.poisson(np.asarray(list(rates)))).astype(np.float64)
        reset, gap = noise.integers(50, MINUTES - 50, 2)
        values[reset:] -= values[reset]
        kept = np.ones(MINUTES, np.bool_)
        kept[gap : gap + noise.integers(1, 12)] = False
        return Track(metric, labels_of(labels), clock[kept], values[kept])

    calm, wild = np.full(MINUTES, 0.05), np.full(MINUTES, 0.2)
    calm[INCIDENT], wild[INCIDENT] = 3.0, 40.0
    tracks = [
        counter("orders_total", np.full(MINUTES, 90.0), shop="oslo", code="200"),
        counter("orders_total", calm, shop="oslo", code="500"),
        counter("orders_total", np.full(MINUTES, 55.0), shop="rome", code="200"),
        counter("orders_total", np.full(MINUTES, 5.0), code="200"),
        counter("orders_total", np.full(MINUTES, 0.5), shop="bonn", code="500"),  # nothing good was ever counted
        _half(counter("tries_total", np.full(MINUTES, 2.0), shop="oslo")),
        counter("kept_total", np.full(MINUTES, 1.5), shop="rome"),
    ]
    for shop in ("oslo", "rome"):
        slow = wild if shop == "oslo" else np.full(MINUTES, 0.3)
        shares = {"0.5": 0.0, "1.0": 0.4, "2.5": 0.9, "+Inf": 1.0}
        tracks += [counter("order_seconds_bucket", 45 + slow * s, shop=shop, le=le) for le, s in shares.items()]
        tracks.append(counter("order_seconds_count", 45 + slow, shop=shop))
    return Held(tuple(tracks))


def _half(track: Track) -> Track:
    """A series that comes late and goes stale once."""
    late = len(track.values) // 2
    values = track.values[late:].copy()
    values[30] = STALE
    return Track(track.metric, track.labels, track.timestamps[late:], values)


TELEMETRY = _telemetry()


def _selected(name: str, row: Plan) -> str:
    return f'sum by (shop) ({name}{{slo="{row.slo.id}"}})'


def _recorded(row: Plan, sli: Events, readings: Readings) -> Iterator[Check]:
    for window in row.windows:
        burn = readings.burn(sli, window, GRID)
        yield from expected(_selected(names.bad_events(window.length), row), burn.bad)
        yield from expected(_selected(names.total_events(window.length), row), burn.total)


@cache
def _checks() -> list[Check]:
    checks: list[Check] = []
    for row in PLANS:
        assert isinstance(row.sli, Events)
        readings = Readings(TELEMETRY, row.interval)
        checks += [*_recorded(row, row.sli, readings), *alerts(row, readings)]
    return checks


def test_rules_and_engine_agree_to_the_bit(promtool: Path, tmp_path: Path) -> None:
    """Promtool finds fault with nothing but those checks whose last bit is wrong."""
    series = ("slo:bad_events:increase6h", "slo:total_events:increase30d", "ALERTS_FOR_STATE")
    wrong = [one_bit_off(_checks(), name) for name in series]
    found = complaints(promtool, tmp_path, PLANS, TELEMETRY.tracks, [*_checks(), *wrong])
    assert found == [check["expr"] for check in wrong]


def test_alerts_fire_and_resolve_in_it() -> None:
    fired = [check["exp_samples"] != [] for check in _checks() if 'alertstate="firing"' in check["expr"]]
    assert sum(before != after for before, after in pairwise(fired)) > 10
    assert 10 < sum(fired) < len(fired) - 10
