"""What the rules record and alert, as promtool evaluates them through time, is what the engine computes.

The rules are the printed ones; every expected number comes from the engine, and promtool compares floats exactly.
"""

import json
import subprocess
from collections.abc import Iterable, Iterator
from itertools import pairwise
from math import nextafter
from pathlib import Path
from typing import Any

import numpy as np

from native.ranges import is_stale
from slo import names
from slo.alerts import replay
from slo.plan import Plan, plan
from slo.readings import Readings
from slo.samples import Track
from slo.selector import Labels, labels_of
from slo.sli import Events
from slo.table.load import load
from slo.vector import Grid, Vector
from slo.verdict import holding
from tests.integration.telemetry import Held
from tests.rules.plans import rule_files
from tests.slo.rows import LATENCY, RATIO, changed, table

MINUTES = 540
STALE = np.array([0x7FF0000000000002], np.uint64).view(np.float64)[0]
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
GRID = Grid((MINUTES - 1) * 60_000, 60_000, MINUTES)
ASKED = range(10, MINUTES, 37)


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


def _series(track: Track) -> dict[str, str]:
    labels = ",".join(f'{name}="{value}"' for name, value in track.labels)
    known = dict(zip((track.timestamps // 60_000).tolist(), track.values.tolist(), strict=True))
    ended = set((track.timestamps // 60_000)[is_stale(track.values)].tolist())
    texts = {minute: "stale" if minute in ended else repr(value) for minute, value in known.items()}
    values = " ".join(texts.get(minute, "_") for minute in range(MINUTES))
    return {"series": f"{track.metric}{{{labels}}}", "values": values}


def _selected(name: str, row: Plan) -> str:
    return f'sum by (shop) ({name}{{slo="{row.slo.id}"}})'


def _text(labels: Labels) -> str:
    return "{" + ",".join(f'{name}="{value}"' for name, value in labels) + "}"


def _expected(expression: str, vector: Vector) -> Iterator[dict[str, Any]]:
    for minute in ASKED:
        samples = [
            {"labels": _text(labels), "value": float(vector.values[row, minute])}
            for row, labels in enumerate(vector.instances)
            if vector.present[row, minute]
        ]
        yield {"expr": expression, "eval_time": f"{minute}m", "exp_samples": samples}


def _recorded(row: Plan, sli: Events, readings: Readings) -> Iterator[dict[str, Any]]:
    for window in row.windows:
        burn = readings.burn(sli, window, GRID)
        yield from _expected(_selected(names.bad_events(window.length), row), burn.bad)
        yield from _expected(_selected(names.total_events(window.length), row), burn.total)


def _alerts(row: Plan, readings: Readings) -> Iterator[dict[str, Any]]:
    for alert in row.alerts:
        found = holding(alert.condition, readings, GRID)
        assert found is not None
        history = replay(found.present, GRID.times, alert.hold.ms)
        since = Vector(found.instances, history.active_at / 1000, history.active)
        one = np.ones(since.values.shape)
        for name, vector in (
            (f'ALERTS_FOR_STATE{{alertname="{alert.name}"}}', since),
            (f'ALERTS{{alertname="{alert.name}",alertstate="firing"}}', Vector(found.instances, one, history.firing)),
        ):
            yield from _expected(f"sum by (shop) ({name})", vector)


def _checks() -> list[dict[str, Any]]:
    checks: list[dict[str, Any]] = []
    for row in PLANS:
        assert isinstance(row.sli, Events)
        readings = Readings(TELEMETRY, row.interval)
        checks += [*_recorded(row, row.sli, readings), *_alerts(row, readings)]
    return checks


CHECKS = _checks()


def _promtool(promtool: Path, folder: Path, checks: list[dict[str, Any]]) -> subprocess.CompletedProcess[str]:
    rules = {name: text for name, text in rule_files(PLANS).items() if "/" not in name}
    for name, text in rules.items():
        (folder / name).write_text(text, encoding="utf-8")
    test = {"interval": "1m", "input_series": [_series(t) for t in TELEMETRY.tracks], "promql_expr_test": checks}
    document = {"rule_files": list(rules), "evaluation_interval": "1m", "tests": [test]}
    (folder / "test.yaml").write_text(json.dumps(document), encoding="utf-8")
    command = [str(promtool), "test", "rules", str(folder / "test.yaml")]
    return subprocess.run(command, capture_output=True, text=True, timeout=100, check=False)


def test_rules_and_engine_agree_to_the_bit(promtool: Path, tmp_path: Path) -> None:
    run = _promtool(promtool, tmp_path, CHECKS)
    assert run.returncode == 0, (run.stdout + run.stderr)[-3000:]


def test_alerts_fire_and_resolve_in_it() -> None:
    fired = [check["exp_samples"] != [] for check in CHECKS if 'alertstate="firing"' in check["expr"]]
    assert sum(before != after for before, after in pairwise(fired)) > 10
    assert 10 < sum(fired) < len(fired) - 10


def test_each_last_bit_makes_promtool_fail(promtool: Path, tmp_path: Path) -> None:
    series = ("slo:bad_events:increase6h", "slo:total_events:increase30d", "ALERTS_FOR_STATE")
    run = _promtool(promtool, tmp_path, [_one_bit_off(name) for name in series])
    assert run.returncode == 1
    assert [name for name in series if name in run.stdout + run.stderr] == list(series)


def _one_bit_off(name: str) -> dict[str, Any]:
    check = next(check for check in reversed(CHECKS) if name in check["expr"] and check["exp_samples"])
    first, *others = check["exp_samples"]
    return {**check, "exp_samples": [{**first, "value": nextafter(first["value"], 0)}, *others]}
