"""The status page at 1,000 SLO instances: `python -m bench.status`.

A thousand instances can be many of a few rows, or a thousand rows: both are rendered. What is timed is all that an
answer takes once a snapshot is there: from the snapshot to words, and from words to HTML. The fastest round counts: it
is the page alone, and what goes on beside it only ever adds to the others.
"""

import json
import math
import random
import sys
from collections.abc import Sequence
from html import unescape

from bench.runner.measure import Floor, Race, Report, arguments
from bench.runner.rows import varied
from emberline.catalogue import shipped
from emberline.evaluation import AlertState, Result, Verdict, WindowBurn
from emberline.live.detail import instance_view
from emberline.live.document import status
from emberline.live.page import render, render_instance
from emberline.live.present import view
from emberline.live.snapshot import Snapshot
from slo.period import Period
from slo.plan import Alert, Plan, plan
from slo.selector import Labels

AT = 1_790_000_000_000
INSTANCES = 1000
LIMIT = 0.05
"""Seconds that the first page may take at so many instances."""
AIM = 0.04
FIRING = 0.02
"""Share of alerts that fire: more than anyone would look at."""


def measured(of: Plan, labels: Labels, draw: random.Random) -> Result:
    """An instance with numbers of its own in every window, and with now and then an alert."""
    budget = float(of.sli.budget)
    rates = [draw.expovariate(1) for _ in of.windows]
    windows = tuple(WindowBurn(w, rate * budget, rate) for w, rate in zip(of.windows, rates, strict=True))
    alerts = tuple(alert_state(each, draw) for each in of.all)
    left, covered = 1 - rates[-1], draw.random()
    verdict: Verdict = "met" if left >= 0 else "not met"
    return Result(of, labels, verdict, "", windows, left, covered, alerts, Period.of(of.slo, AT))


def alert_state(alert: Alert, draw: random.Random) -> AlertState:
    """Firing now and then, since some hours."""
    if draw.random() < FIRING:
        return AlertState(alert, "firing", AT - draw.randrange(10**7))
    return AlertState(alert, "inactive")


def snapshot(plans: Sequence[Plan]) -> Snapshot:
    """A thousand instances, those of each plan one after the other."""
    draw, each = random.Random(7), math.ceil(INSTANCES / len(plans))
    results = [measured(of, (("model_name", f"m&m-{n}"),) * (each > 1), draw) for of in plans for n in range(each)]
    return Snapshot(AT, tuple(results[:INSTANCES]), (), (), ())


def page(of: Snapshot) -> str:
    """The first page as it is sent."""
    return render(view(of, AT + 1000))


def assert_complete(of: Snapshot) -> None:
    """Every instance and every number of it is there."""
    text = unescape(page(of))
    assert text.count('<td data-label="Burn rate">') == INSTANCES
    for area in view(of, AT).areas:
        for row in area.rows:
            assert f'href="{row.href}"' in text
            assert row.budget in text
            assert row.instance in text


def race(report: Report, shape: str, of: Snapshot, rounds: int) -> None:
    """The page, its parts, and what else is asked for, beside the limit."""
    assert_complete(of)
    calls = {
        "the page": lambda: page(of),
        "of that the words": lambda: view(of, AT),
        "the page of one instance": lambda: render_instance(instance_view(of, of.results[0], None, AT)),
        "everything for machines": lambda: json.dumps(status(of)),
    }
    timed = Race.run(f"{shape}: {INSTANCES} instances", calls, rounds)
    report.race(timed, len(page(of).encode()))
    report.floor(Floor(f"{shape}, within {LIMIT * 1e3:g} ms", LIMIT / min(timed.seconds["the page"]), 1, LIMIT / AIM))


def main() -> int:
    """Both shapes; 1 where one takes longer than its limit."""
    chosen = arguments("status", rounds=40)
    report = Report("status")
    race(report, "many instances", snapshot([plan(slo) for slo in shipped()]), chosen.rounds)
    race(report, "many rows", snapshot([plan(slo) for slo in varied(INSTANCES)]), chosen.rounds)
    return report.close(chosen.json)


if __name__ == "__main__":
    sys.exit(main())
