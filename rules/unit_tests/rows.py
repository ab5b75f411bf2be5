"""The test files of a row: one an alert, each with a rule file of just what that alert reads."""

from collections.abc import Iterator

from rules.alerting import alerting
from rules.burning import conjunctions
from rules.grouping import metadata
from rules.recording import recordings
from rules.rule import Alerting, Group, Recording, RuleFile, TestFile
from rules.unit_tests import events, exhausted, expressions, levels, slices, unmeasured
from rules.unit_tests.case import Case, Untestable, content
from rules.unit_tests.timeline import SCRAPES, TENTHS, is_fine
from rules.unit_tests.traffic import traffic
from slo import names
from slo.condition import Burning
from slo.duration import Duration
from slo.plan import Alert, Plan
from slo.selector import Labels
from slo.sli import Events, Slices


def test_files(plan: Plan) -> Iterator[TestFile]:
    """One file for each alert of a plan; ValueError where no series can be found for its SLI."""
    instance, recorded = _instance(plan), recordings(plan)
    for alert in (*plan.alerts, *plan.guards):
        rule, stem = alerting(plan, alert), f"{plan.slo.id}_{alert.kind}"
        try:
            every, found = _cases(plan, alert, rule, instance)
        except Untestable as error:
            yield TestFile(f"{stem}_test", {}, untested=str(error))
            continue
        own = Group(f"slo-{plan.slo.id}", plan.interval, (*_needed(plan, alert, recorded), rule))
        rules = RuleFile(f"{stem}_rules", (own,))
        yield TestFile(f"{stem}_test", content(f"{rules.name}.yaml", every, found), rules)


def _needed(plan: Plan, alert: Alert, recorded: tuple[Recording, ...]) -> tuple[Recording, ...]:
    """The recordings that the test of an alert evaluates; what they read themselves is given to them."""
    read = _names(plan, alert)
    found = tuple(each for each in recorded if each.record in read)
    return (*found, *metadata(plan)) if alert.kind == "exhausted" else found


def _names(plan: Plan, alert: Alert) -> set[str]:
    """The recorded series that an alert reads."""
    if alert.kind == "no-data":
        return set()
    if alert.kind == "static" and isinstance(plan.sli, Slices):
        return {names.SLICE_GOOD}
    burnings = [burning for pair in conjunctions(alert.condition) for burning in pair]
    bad = {_bad(plan, burning) for burning in burnings}
    return bad | {names.total_events(burning.window.length) for burning in burnings}


def _bad(plan: Plan, burning: Burning) -> str:
    length = burning.window.length
    return names.bad_events(length) if burning.sli == plan.sli else names.static_bad_events(length)


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
    make = events.cases if isinstance(plan.sli, Events) else expressions.cases
    return clock.every, list(make(plan, alert, rule, clock))


def _instance(plan: Plan) -> Labels:
    match plan.sli:
        case Events() as sli:
            return traffic(sli).instance
        case Slices() as sli:
            return levels.instance_of(sli)
        case _:
            return tuple((label, label) for label in plan.slo.by)
