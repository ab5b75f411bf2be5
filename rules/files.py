"""Everything that promtool reads: a rule file for each area, and the unit tests that prove its alerts.

Tests are split by how often rules are evaluated in them, since promtool takes one interval for a file.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rules.grouping import group
from rules.promtool import UnitTest, unit_test_file, unit_tests
from rules.render import document, rule_file
from rules.rule import Group
from slo.plan import Plan
from slo.sli import Events


class Refused(ValueError):
    """Plans that cannot be compiled or tested, each with its row id and the reason."""

    def __init__(self, faults: Iterable[tuple[str, str]]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(f"{row}: {reason}" for row, reason in self.faults))


@dataclass(frozen=True, slots=True)
class _Compiled:
    area: str
    group: Group
    tests: tuple[UnitTest, ...]


def uncompiled(plans: Iterable[Plan]) -> tuple[Plan, ...]:
    """The plans that have no rules yet: time slices, and expressions of one's own."""
    return tuple(plan for plan in plans if not isinstance(plan.sli, Events))


def rule_files(plans: Iterable[Plan]) -> Mapping[str, str]:
    """Texts by relative name: `<area>.yaml` and `tests/<area>_<interval>_test.yaml`.

    Refused with every plan whose rules exceed Mimir's limit, or for which no test can be made.
    """
    compiled, faults = [], []
    for plan in plans:
        if isinstance(plan.sli, Events):
            try:
                compiled.append(_Compiled(plan.slo.area, group(plan, plan.sli), tuple(unit_tests(plan))))
            except ValueError as error:
                faults.append((plan.slo.id, str(error)))
    if faults:
        raise Refused(faults)
    areas = dict.fromkeys(each.area for each in compiled)
    return dict(file for area in areas for file in _files(area, [each for each in compiled if each.area == area]))


def _files(area: str, compiled: Sequence[_Compiled]) -> Iterator[tuple[str, str]]:
    yield f"{area}.yaml", rule_file([each.group for each in compiled])
    tests = [test for each in compiled for test in each.tests]
    for every in sorted({test.every for test in tests}):
        yield f"tests/{area}_{every}_test.yaml", document(unit_test_file(f"../{area}.yaml", every, tests))
