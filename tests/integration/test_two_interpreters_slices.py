"""What rules record and alert for time slices and expressions, as promtool evaluates them, is what the engine has."""

from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import numpy as np

from native.ranges import PROM_3_5
from rules.level import reduced
from rules.promql import text
from slo import names
from slo.alerts import replay
from slo.plan import Plan
from slo.readings import Readings
from slo.selector import Selector
from slo.sli import Bound, Series, Slices
from slo.slices import SliceReadings
from slo.vector import Grid, Vector
from slo.verdict import holding
from tests.integration.sliced import EXPRESSED, TRACKS
from tests.integration.sliced import PLANS as SLICED
from tests.integration.telemetry import Held
from tests.integration.virtual import GRID, Check, alerts, complaints, expected, one_bit_off

ANY = Bound(">", Decimal(0))
PLANS = (*SLICED, EXPRESSED)


class Expressed(Held):
    """Samples of which the expression of the PROMQL row is evaluated as a server would."""

    def evaluated(self, expression: str, grid: Grid) -> Vector:
        (window,) = (length.length for length in EXPRESSED.windows if f"[{length.length}]" in expression)
        readings = SliceReadings(self, EXPRESSED.interval, PROM_3_5)
        stale, prices = (
            readings.reduced(Series(Selector(metric), "sum", (), rate=window), ANY, grid)
            for metric in ("stale", "prices")
        )
        return stale.with_(prices, np.divide)


TELEMETRY = Expressed(TRACKS)


def _recorded(row: Plan, name: str, vector: Vector) -> Iterator[Check]:
    by = ", ".join(row.slo.by)
    yield from expected(f'sum by ({by}) ({name}{{slo="{row.slo.id}"}})', vector)


def _slices(row: Plan, sli: Slices, readings: Readings) -> Iterator[Check]:
    yield from _recorded(row, names.SLICE_GOOD, readings.slices.verdict(sli, GRID))
    for window in row.windows:
        burn = readings.slices.burn(sli, window.length, GRID)
        yield from _recorded(row, names.bad_events(window.length), burn.bad)
        yield from _recorded(row, names.total_events(window.length), burn.total)
    bounds = [sli.bound] if sli.gate is None else [sli.bound, sli.gate.bound]
    for series, bound in zip(sli.read, bounds, strict=True):
        yield from expected(text(reduced(series, bound)), readings.slices.reduced(series, bound, GRID))


def _checks() -> list[Check]:
    checks: list[Check] = []
    for row in PLANS:
        readings = Readings(TELEMETRY, row.interval)
        if isinstance(row.sli, Slices):
            checks += _slices(row, row.sli, readings)
        else:
            for window in row.windows:
                ratio = readings.error_ratio(row.sli, window, GRID)
                checks += _recorded(row, names.error_ratio(window.length), ratio)
        checks += alerts(row, readings)
    return checks


SPOILT = (
    'slo:slice_good:bool{slo="S8"}',
    'slo:bad_events:increase1h{slo="S3"}',
    'slo:total_events:increase30d{slo="S7"}',
    'slo:error_ratio:window6h{slo="S4"}',
    "avg by (shop) (warmth <= 1)",
    "max by (shop) (max_over_time(doors_open[4m]))",
    "ShopStaffNoData",
    "ShopStaffErrorBudgetExhausted",
    "ShopFreshnessErrorBudgetBurnPage",
)
"""In one check of each, the last bit is wrong."""


def test_rules_and_engine_agree_to_the_bit(promtool: Path, tmp_path: Path) -> None:
    """Promtool finds fault with nothing but those checks whose last bit is wrong."""
    checks = _checks()
    wrong = [one_bit_off(checks, name) for name in SPOILT]
    found = complaints(promtool, tmp_path, PLANS, TELEMETRY.tracks, [*checks, *wrong])
    assert found == [check["expr"] for check in wrong]


def test_every_kind_of_alert_fires_and_resolves_in_it() -> None:
    turns: Counter[str] = Counter()
    for row in PLANS:
        readings = Readings(TELEMETRY, row.interval)
        for alert in (*row.alerts, *row.guards):
            firing = replay(holding(alert.condition, readings, GRID).present, GRID.times, alert.hold.ms).firing
            turns[alert.kind] += int((firing[:, 1:] != firing[:, :-1]).sum())
    assert all(turns[kind] > 1 for kind in ("page", "ticket", "static", "exhausted", "no-data")), turns
