"""The test files of a row: one an alert, each with a rule file of just what that alert reads."""

from collections.abc import Iterator

from rules.alerting import alerting
from rules.grouping import metadata
from rules.recording import read_by, recordings
from rules.rule import Alerting, Group, Recording, RuleFile, TestFile
from rules.unit_tests import events, exhausted, expressions, levels, slices, unmeasured
from rules.unit_tests.case import Case, content
from rules.unit_tests.timeline import SCRAPES, TENTHS, is_fine
from rules.unit_tests.traffic import traffic
from rules.unit_tests.untestable import Untestable
from slo import names
from slo.burning import conjunctions
from slo.duration import Duration
from slo.plan import Alert, Plan
from slo.selector import Labels
from slo.sli import Events, Slices
from slo.window import Composed


def test_files(plan: Plan) -> Iterator[TestFile]:
    """One file for each alert of a plan; ValueError where no series can be found for its SLI."""
    recorded = recordings(plan)
    for alert in plan.all:
        rule, stem = alerting(plan, alert), f"{plan.slo.id}_{alert.kind}"
        try:
            every, found = _cases(plan, alert, rule, _instance(plan))
        except Untestable as error:
            yield TestFile(f"{stem}_test", {}, untested=str(error))
            continue
        own = Group(f"slo-{plan.slo.id}", plan.interval, (*_needed(plan, alert, recorded), rule))
        rules = RuleFile(f"{stem}_rules", (own,))
        yield TestFile(f"{stem}_test", content(f"{rules.name}.yaml", every, found), rules)


def _needed(plan: Plan, alert: Alert, recorded: tuple[Recording, ...]) -> tuple[Recording, ...]:
    """The recordings that the test of an alert evaluates; what they read themselves is given to them."""
    if alert.kind == "no-data":
        return ()
    if alert.kind == "static" and isinstance(plan.sli, Slices):
        read = {names.SLICE_GOOD}  # its tests are those of the verdict too
    else:
        read = set(read_by(plan, alert.condition)) - _given(alert)
    found = tuple(each for each in recorded if each.record in read)
    return (*found, *metadata(plan)) if alert.kind == "exhausted" else found


def _given(alert: Alert) -> set[str]:
    """What is recorded over five minutes is given to tests of windows that are composed of it."""
    windows = [each.window for pair in conjunctions(alert.condition) for each in pair]
    composed = {window.of for window in windows if isinstance(window, Composed)}
    return {name(of) for of in composed for name in (names.total_events, names.bad_events)}


def _cases(plan: Plan, alert: Alert, rule: Alerting, instance: Labels) -> tuple[Duration, list[Case]]:
    """How often rules are evaluated in the tests of an alert, and the tests."""
    if alert.kind == "no-data":
        return plan.interval, list(unmeasured.cases(plan, alert, rule, instance))
    if alert.kind == "exhausted":
        return exhausted.evaluation(plan), list(exhausted.cases(plan, alert, rule, instance))
    if isinstance(plan.sli, Slices) and alert.kind == "static":
        return SCRAPES.every, list(levels.cases(plan, plan.sli, alert, rule, SCRAPES))
    clock = SCRAPES if all(map(is_fine, conjunctions(alert.condition))) else TENTHS
    if isinstance(plan.sli, Slices):
        return clock.every, list(slices.cases(plan, alert, rule, clock.every, instance))
    if isinstance(plan.sli, Events):
        return clock.every, list(events.cases(plan, alert, rule, clock))
    return clock.every, list(expressions.cases(plan, alert, rule, clock.every, instance))


def _instance(plan: Plan) -> Labels:
    match plan.sli:
        case Events() as sli:
            return traffic(sli).instance
        case Slices() as sli:
            return levels.instance_of(sli)
        case _:
            return tuple((label, label) for label in plan.slo.by)
