"""The engine beside a Prometheus 3.5 and the speed of memory: `python -m bench.engine`.

A fleet of services has two counters each, with resets, gaps, outages and incidents; its SLOs are the shipped row of
availability over and over, with eight windows and four alerts. First its month is evaluated in one pass over arrays,
then it is scraped and evaluated live. It takes about six minutes of a quiet machine.
"""

import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median
from time import perf_counter, thread_time

import numpy as np

from bench.runner.answers import Answering
from bench.runner.fleet import DAY, Fleet
from bench.runner.fused import Fused
from bench.runner.growth import FUSED, over_services, over_time, spread
from bench.runner.history import counters, past
from bench.runner.measure import Candidates, Floor, Race, Report, arguments
from bench.runner.plot import Chart, svg
from bench.runner.room import beyond, held
from bench.runner.rows import varied
from bench.runner.ruler import Ruler
from bench.runner.scraped import Scraped
from native.ranges import fused, kernel
from rules.grouping import groups
from rules.render import rule_file
from slo.duration import Duration
from slo.plan import plan

PAIR, MANY, ALL = 2, 64, 1000
"""Services that a Prometheus is asked about, that fit into no cache, and that are evaluated together."""
READ, ONE, TWO = "the arrays read once", "fused, one thread", "fused, two threads"
COMPOSED, LATE = "fused, period composed", "fused, scrapes some ms late"
EVERY = "every window, four SLOs"
MEGABYTE = 1_000_000
SLOW = 5
"""Rounds of what takes seconds."""
ROUNDS = 30
"""Minutes of live evaluation."""
INTERVAL = 20
"""Seconds between the evaluations of the rules; a round costs what it costs."""


def race_fused(report: Report, whole: Fused, rounds: int) -> None:
    """One core, from samples to transitions; the peer is asked for the increases alone."""
    many = whole.first(MANY)
    composed = many.composed()
    assert_twin(whole.first(1))
    assert_twin(composed.first(8), last=100)
    peer, own = answered(whole.first(PAIR), many)
    few = whole.first(4)
    calls: Candidates = {READ: many.read, ONE: many.transitions, COMPOSED: composed.transitions}
    others: Candidates = {LATE: many.late().transitions, EVERY: few.every_window}
    race = Race.run(f"fused evaluation of {MANY} SLOs", {**calls, **others}, rounds)
    report.race(race, many.bytes)
    for label in (ONE, COMPOSED, LATE):
        report.fact(f"{label}, each SLO", race.median(label) / MANY * 1e3, "ms")
        report.fact(f"{label}, against reading once", race.ratio(label, READ), "x")
    report.fact(f"{EVERY}, each", race.median(EVERY) / len(few.plans) * 1e3, "ms")
    report.fact("the Python twin, one SLO", seconds(lambda: twin(whole.first(1))) * 1e3, "ms")
    report.fact("Prometheus 3.5, query_range, each SLO", median(peer) * 1e3, "ms")
    ratio = median(theirs / ours for theirs, ours in zip(peer, own, strict=True))
    report.floor(Floor("processor of Prometheus 3.5 against fused", ratio, 3000, 5000))
    report.floor(Floor("reading the arrays once against fused", race.ratio(READ, ONE), 1 / 25, 1 / 10))


def assert_twin(evaluation: Fused, last: int = 0) -> None:
    """The kernel is the twin, at the last evaluations or at all."""
    at = evaluation.at[-last:]
    found = kernel.transitions(evaluation.series, evaluation.program, at)
    assert np.array_equal(found, fused.transitions(evaluation.series, evaluation.program, at))
    assert len(found)


def twin(evaluation: Fused) -> None:
    """The whole evaluation in Python."""
    fused.transitions(evaluation.series, evaluation.program, evaluation.at)


def answered(pair: Fused, many: Fused) -> tuple[list[float], list[float]]:
    """Seconds of processor time for each SLO, of a Prometheus that answers just what we do and of the kernel."""
    windows = [window.length for window in pair.compiled.windows]
    peer, own = [], []
    with (
        tempfile.TemporaryDirectory(prefix="emberline-bench-") as folder,
        Answering.running(Path(folder) / "prometheus", pair.fleet, PAIR) as server,
    ):
        pair.assert_equal(server.increases(windows))
        for _ in range(2):
            before = server.cpu()
            server.increases(windows)
            peer.append((server.cpu() - before) / PAIR)
            own.append(seconds(many.transitions) / MANY)
    return peer, own


def seconds(call: Callable[[], object]) -> float:
    """Processor time of one call."""
    start = thread_time()
    call()
    return thread_time() - start


def race_threads(report: Report, whole: Fused) -> None:
    """All services on one core and on two, by the clock on the wall."""
    assert np.array_equal(whole.transitions(), whole.transitions(2))
    calls = {ONE: whole.transitions, TWO: lambda: whole.transitions(2)}
    race = Race.run(f"fused evaluation of {ALL} SLOs, by the wall clock", calls, SLOW, perf_counter)
    report.race(race, whole.bytes)
    report.floor(Floor("one thread against two", race.ratio(ONE, TWO), 1.6, 1.8))
    report.floor(Floor(f"{ALL} SLOs, two threads, within 1 s", 1 / race.median(TWO), 1, 1 / 0.35))


def measure_room(report: Report) -> None:
    """Memory beyond the arrays."""
    for threads in (1, 2):
        for composed in (False, True):
            taken = beyond(MANY, threads, composed=composed) / threads / MEGABYTE
            what = f"beyond the arrays, {threads} threads, period {'composed' if composed else 'over samples'}"
            report.fact(f"{what}, each", taken, "MB")
            report.floor(Floor(f"{what}, 10 MB", 10 / taken, 1, 2))


def measure_growth(report: Report, whole: Fused) -> tuple[Chart, Chart]:
    """The price of one more service, and of one more day."""
    charts = over_services(whole, SLOW), over_time(SLOW)
    for chart in charts:
        print(chart.title)
        for x, y in chart.lines[FUSED]:
            report.fact(f"{x:,g} {chart.across}", y, "ns")
        report.fact("the dearest against the cheapest", spread(chart), "x")
    return charts


def race_live(report: Report, services: int, floor: float, aim: float) -> float:
    """Median seconds of a round; a store that is filled with a month, minutes that go on, all of it on one core."""
    before = held()
    live = Scraped.of(Fleet(30 * DAY + ROUNDS), services, 30 * DAY)
    found = [live.go() for _ in range(ROUNDS)][1:]  # the first page is all new keys
    live.assert_equal(PAIR)
    taken, kept = held() - before, live.store.holding()
    print(f"live: {services} SLOs, {kept.samples} samples")
    whole = median(each.round for each in found)
    report.fact(f"{services} SLOs, of a round the samples", median(each.ingest for each in found) * 1e3, "ms")
    report.fact(f"{services} SLOs, slowest round", max(each.round for each in found) * 1e3, "ms")
    report.fact(f"{services} SLOs, the store", kept.bytes / kept.samples, "bytes per sample")
    report.fact(f"{services} SLOs, the store", kept.bytes / MEGABYTE, "MB")
    report.fact(f"{services} SLOs, the process", taken / MEGABYTE, "MB")
    report.floor(Floor(f"{services} SLOs, a round within {floor * 1e3:g} ms", floor / whole, 1, floor / aim))
    if services == 10 * ALL:
        report.floor(Floor(f"{services} SLOs, the process within 2 GB", 2000 * MEGABYTE / taken, 1, 1.25))
    return whole


def ruled() -> float:
    """Seconds of processor time in which a Prometheus evaluates the rules of as many SLOs once."""
    plans = [replace(plan(slo), interval=Duration(INTERVAL * 1000)) for slo in varied(ALL)]
    text = rule_file([group for each in plans for group in groups(each)])
    with (
        tempfile.TemporaryDirectory(prefix="emberline-bench-") as folder,
        Ruler.running(Path(folder) / "prometheus", past(plans, 1), counters(plans)) as ruler,
    ):
        return ruler.cost(text, INTERVAL, 1).cpu


def main() -> int:
    """Every race; 1 where a floor was missed."""
    chosen = arguments("engine", plots=True)
    if not kernel.COMPILED:
        print("native.ranges is not compiled here: there is nothing to measure", file=sys.stderr)
        return 1
    report = Report("engine")
    whole = Fused.of(Fleet(30 * DAY), ALL)
    race_fused(report, whole, chosen.rounds)
    race_threads(report, whole)
    charts = measure_growth(report, whole)
    if chosen.plot:
        chosen.plot.write_text(svg(charts), encoding="utf-8")
    del whole
    measure_room(report)
    own = race_live(report, ALL, 0.017, 0.005)
    peer = ruled()
    report.fact(f"{ALL} SLOs, Prometheus 3.5 with our rules, processor", peer, "s a round")
    report.fact("of that a live round, with its samples", peer / own, "x")
    race_live(report, 10 * ALL, 0.15, 0.05)
    return report.close(chosen.json)


if __name__ == "__main__":
    sys.exit(main())
