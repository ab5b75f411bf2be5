"""Unit tests for the handbook's alerts and promises: each fires, stays silent, recovers, and is tried without data.

A proof becomes three phases. How long they take follows from what the expression reads (`reach`) and from `for`:

    lead      no samples, for as long as the oldest timestamp in the proof lies back
    quiet     until the expression reads nothing else and `for` is over: silent
    firing    silent one evaluation before `for` can be over, firing once nothing else is read and `for` is over
    quiet     silent again once nothing else is read

The verification of an alert, where it has one, yields something while the alert fires, and nothing before and after.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import pairwise
from typing import Any

from rules.handbook import Duty, alerting, by_area, duties, promised
from rules.promql import number
from rules.rule import TestFile
from slo.duration import Duration
from slo.handbook.alert import Alert, OwnAlert
from slo.handbook.expression import reach
from slo.handbook.promise import Promise
from slo.handbook.proof import Course, ProofSeries
from slo.handbook.signal import Signal
from slo.handbook.template import filled


@dataclass(frozen=True, slots=True)
class _Test:
    """One promtool test: samples come and rules are evaluated `every` so often; moments count those.

    At each moment an alert fires for exactly these of its signals, and a query yields something, or else nothing.
    """

    name: str
    every: Duration
    series: Sequence[tuple[str, str]]
    moments: Sequence[tuple[int, Duty, tuple[Signal, ...]]]
    queries: Sequence[tuple[int, str, bool]] = ()

    def content(self) -> dict[str, Any]:
        """Its YAML mapping."""
        asked = [self._asked(at, query, yields=yields) for at, query, yields in self.queries]
        return {
            "name": self.name,
            "interval": str(self.every),
            "input_series": [{"series": series, "values": values} for series, values in self.series],
            "alert_rule_test": [
                {
                    "eval_time": self._time(at),
                    "alertname": duty.watch.alert,
                    "exp_alerts": [_fired(duty, signal) for signal in signals],
                }
                for at, duty, signals in self.moments
            ],
        } | ({"promql_expr_test": asked} if asked else {})

    def _asked(self, at: int, query: str, *, yields: bool) -> dict[str, Any]:
        samples = [{"labels": "{}", "value": 1}] if yields else []
        return {"expr": f"group({query.strip()})", "eval_time": self._time(at), "exp_samples": samples}

    def _time(self, at: int) -> str:
        return str(Duration(at * self.every.ms))


@dataclass(frozen=True, slots=True)
class _Phases:
    """Where a proof begins to be quiet and to fire, and when its alert fires and has recovered: samples from 0."""

    quiet: int
    firing: int
    fires: int
    recovered: int


def handbook_tests(alerts: Iterable[Alert], promises: Iterable[Promise]) -> tuple[TestFile, ...]:
    """The test files of both by area, one for each interval of evaluation, since promtool takes one for a file."""
    found = by_area("alerts", duties(alerts)) | by_area("promises", promised(promises))
    return tuple(test for name, area in found.items() for test in _files(name, area))


def _files(rule_file: str, found: Sequence[Duty]) -> Iterator[TestFile]:
    tests = [_phased(duty, signal) for duty in found for signal in duty.watch.signals]
    for every in sorted({test.every for test in tests}):
        same = [test for test in tests if test.every == every]
        bare = _bare(every, [duty for duty in found if duty.watch.signals[0].proof.interval == every])
        content = {
            "rule_files": [f"../{rule_file}.yaml"],
            "evaluation_interval": str(every),
            "tests": [test.content() for test in (*same, bare) if test.moments],
        }
        yield TestFile(f"{rule_file}_{every}_test", content)


def _phased(duty: Duty, signal: Signal) -> _Test:
    every, phases = signal.proof.interval, _phases(signal)
    series = [(each.series, " ".join(_values(each, phases, every))) for each in signal.proof.series]
    held = phases.firing + _counted(signal, every)[1]
    silent = sorted({phases.firing - 1, held - 1})
    moments = [*((at, duty, ()) for at in silent), (phases.fires, duty, (signal,)), (phases.recovered, duty, ())]
    name, queries = f"{duty.watch.alert} ({signal.name}) fires and recovers", tuple(_verified(duty, phases))
    return _Test(name, every, series, moments, queries)


def _verified(duty: Duty, phases: _Phases) -> Iterator[tuple[int, str, bool]]:
    if isinstance(duty.watch, OwnAlert):
        for at in (phases.firing - 1, phases.fires, phases.recovered):
            yield at, duty.watch.verification.query, at == phases.fires


def _bare(every: Duration, found: Sequence[Duty]) -> _Test:
    """A test without any data, of every alert once it could fire."""
    moments = []
    for duty in found:
        settled = max(sum(_counted(signal, every)) for signal in duty.watch.signals)
        firing = tuple(signal for signal in duty.watch.signals if signal.proof.without_data == "fires")
        moments.append((settled, duty, firing))
    return _Test("no data", every, (), moments)


def _fired(duty: Duty, signal: Signal) -> dict[str, Any]:
    rule, instance, value = alerting(duty, signal), dict(signal.proof.labels), signal.proof.value or ""
    return {
        "exp_labels": dict(sorted((instance | dict(rule.labels)).items())),
        "exp_annotations": {name: filled(template, instance, value) for name, template in rule.annotations},
    }


def _counted(signal: Signal, every: Duration) -> tuple[int, int]:
    """In evaluations: how far back a signal reads, and for how long it is held."""
    back, held = (-(-length.ms // every.ms) for length in (reach(signal.expr), signal.for_))
    return back, held


def _phases(signal: Signal) -> _Phases:
    every = signal.proof.interval
    back, held = _counted(signal, every)
    courses = (course for each in signal.proof.series for course in (each.quiet, each.firing))
    oldest = max((int(-each.number) * 1000 for each in courses if each.kind == "clock"), default=0)
    quiet = oldest // every.ms + 1 if oldest > 0 else 0
    firing = quiet + back + held + 1
    fires = firing + back + held
    return _Phases(quiet, firing, fires, fires + 1 + back)


def _values(series: ProofSeries, phases: _Phases, every: Duration) -> Iterator[str]:
    """The samples of a series in promtool's notation: `first+step x further samples`, `_` for none."""
    if phases.quiet:
        yield f"_x{phases.quiet}"
    bounds = pairwise((phases.quiet, phases.firing, phases.fires + 1, phases.recovered + 1))
    level, before = Decimal(0), Course("absent")
    for course, (start, end) in zip((series.quiet, series.firing, series.quiet), bounds, strict=True):
        own, more = course.number, end - start - 1
        match course.kind:
            case "absent":
                # What a target no longer exposes is marked stale; without that it would live on for the lookback.
                yield ("_" if before.kind == "absent" else "stale") + (f" _x{more}" if more else "")
            case "clock":
                step = Decimal(every.ms) / 1000 * course.per_second
                yield f"{number(start * step + own * course.per_second)}+{number(step)}x{more}"
            case "level":
                level = own
                yield f"{number(level)}x{more}"
            case "rise":
                yield f"{number(level + own)}+{number(own)}x{more}"
                level += own * (more + 1)
        before = course
