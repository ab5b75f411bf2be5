"""The printed rules through promtool's virtual time, minute by minute, beside what the engine computes.

Every expected number comes from the engine; promtool compares floats exactly.
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from math import isnan, nextafter
from pathlib import Path
from typing import Any, Final

import numpy as np

from native.ranges import is_stale
from rules.grouping import groups
from slo.alerts import replay
from slo.plan import Plan
from slo.readings import Readings
from slo.samples import Track
from slo.selector import Labels
from slo.vector import Grid, Vector
from slo.verdict import holding
from tests.rules.plans import rule_files
from tests.rules.promtool import outcome

MINUTES: Final = 540
GRID: Final = Grid((MINUTES - 1) * 60_000, 60_000, MINUTES)
ASKED: Final = range(10, MINUTES, 37)
STALE: Final = np.array([0x7FF0000000000002], np.uint64).view(np.float64)[0]
_COMPLAINT: Final = re.compile(r'expr: ("(?:[^"\\]|\\.)*"), time: ')

Check = dict[str, Any]
"""An expression at a time, and its samples."""


def series(track: Track) -> dict[str, str]:
    """A track as input of promtool; its samples lie at full minutes."""
    labels = ",".join(f'{name}="{value}"' for name, value in track.labels)
    known = dict(zip((track.timestamps // 60_000).tolist(), track.values.tolist(), strict=True))
    ended = set((track.timestamps // 60_000)[is_stale(track.values)].tolist())
    texts = {minute: "stale" if minute in ended else _number(value) for minute, value in known.items()}
    values = " ".join(texts.get(minute, "_") for minute in range(MINUTES))
    return {"series": f"{track.metric}{{{labels}}}", "values": values}


def expected(expression: str, vector: Vector, asked: Iterable[int] = ASKED) -> Iterator[Check]:
    """What the engine has for an expression at some minutes."""
    for minute in asked:
        samples = [
            {"labels": _text(labels), "value": float(vector.values[row, minute])}
            for row, labels in enumerate(vector.instances)
            if vector.present[row, minute]
        ]
        yield {"expr": expression, "eval_time": f"{minute}m", "exp_samples": samples}


def alerts(row: Plan, readings: Readings, asked: Iterable[int] = ASKED) -> Iterator[Check]:
    """Since when each alert and guard of a plan is active, and whether it fires."""
    by = ", ".join(row.slo.by)
    for alert in (*row.alerts, *row.guards):
        found = holding(alert.condition, readings, GRID)
        history = replay(found.present, GRID.times, alert.hold.ms)
        since = Vector(found.instances, history.active_at / 1000, history.active)
        firing = Vector(found.instances, np.ones(since.values.shape), history.firing)
        yield from expected(f'sum by ({by}) (ALERTS_FOR_STATE{{alertname="{alert.name}"}})', since, asked)
        name = f'ALERTS{{alertname="{alert.name}",alertstate="firing"}}'
        yield from expected(f"sum by ({by}) ({name})", firing, asked)


def complaints(
    promtool: Path, folder: Path, plans: Sequence[Plan], tracks: Iterable[Track], checks: Sequence[Check]
) -> list[str]:
    """The expressions of which promtool has other samples, having evaluated the rules of the plans over the tracks.

    One for each check, in their order. One of them at least must be wrong: it shows that promtool compares at all.
    """
    rules = {name: text for name, text in rule_files(plans).items() if "/" not in name}
    for name, text in rules.items():
        (folder / name).write_text(text, encoding="utf-8")
    test = {"interval": "1m", "input_series": list(map(series, tracks)), "promql_expr_test": checks}
    # Guards read what is recorded in the same minute.
    order = [group.name for pair in zip(*map(groups, plans), strict=True) for group in pair]
    document = {"rule_files": list(rules), "evaluation_interval": "1m", "group_eval_order": order, "tests": [test]}
    (folder / "test.yaml").write_text(json.dumps(document), encoding="utf-8")
    _, said = outcome(promtool, "test", "rules", folder / "test.yaml")
    found: list[str] = [json.loads(text) for text in _COMPLAINT.findall(said)]
    assert found, said[-3000:]
    return found


def one_bit_off(checks: Sequence[Check], name: str) -> Check:
    """The last check of an expression with that in it, its first sample off by the least that a float can be."""
    check = next(check for check in reversed(checks) if name in check["expr"] and check["exp_samples"])
    first, *others = check["exp_samples"]
    return {**check, "exp_samples": [{**first, "value": nextafter(first["value"], -1)}, *others]}


def _number(value: float) -> str:
    return "NaN" if isnan(value) else repr(value)


def _text(labels: Labels) -> str:
    return "{" + ",".join(f'{name}="{value}"' for name, value in labels) + "}"
