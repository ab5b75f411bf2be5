"""Plans for tests: of the shipped rows, and of rows as text."""

from collections.abc import Iterable, Mapping
from functools import cache

from emberline.catalogue import shipped
from rules.files import compiled, test_texts
from rules.formats import rendered
from slo.plan import Plan, plan
from slo.sli import Events
from slo.table.load import load
from tests.slo.rows import table


@cache
def shipped_plans() -> tuple[Plan, ...]:
    """The plans of the handbook's rows."""
    return tuple(map(plan, shipped()))


@cache
def event_plans() -> tuple[Plan, ...]:
    """Those of them that count events."""
    return tuple(each for each in shipped_plans() if isinstance(each.sli, Events))


def shipped_plan(row: str) -> Plan:
    """The plan of one of the handbook's rows."""
    return next(each for each in shipped_plans() if each.slo.id == row)


def planned(*rows: str) -> tuple[Plan, ...]:
    """The plans of rows as text."""
    return tuple(map(plan, load({"rows.yaml": table(*rows)})))


def events(plan: Plan) -> Events:
    """What a plan measures, where it counts events."""
    assert isinstance(plan.sli, Events)
    return plan.sli


def rule_files(plans: Iterable[Plan]) -> Mapping[str, str]:
    """What `emberline rules` writes for plans: texts by relative name."""
    files, tests = compiled(plans)
    return rendered(files, "prometheus") | test_texts(tests)
