"""Everything that promtool reads: a rule file for each area, and the unit tests that prove its alerts."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from rules.grouping import groups
from rules.render import document, rule_file
from rules.rule import Group, RuleFile, TestFile
from rules.unit_tests.rows import test_files
from slo.plan import Plan


class Refused(ValueError):
    """Plans that cannot be compiled or tested, each with its row id and the reason."""

    def __init__(self, faults: Iterable[tuple[str, str]]) -> None:
        self.faults = tuple(faults)
        super().__init__("\n".join(f"{row}: {reason}" for row, reason in self.faults))


def compiled(plans: Iterable[Plan]) -> tuple[tuple[RuleFile, ...], tuple[TestFile, ...]]:
    """Rule files, one an area, and their tests, one an alert.

    Refused with every plan whose rules exceed Mimir's limit, or for which no test can be made.
    """
    areas: dict[str, list[Group]] = {}
    tests: list[TestFile] = []
    faults = []
    for plan in plans:
        try:
            areas.setdefault(plan.slo.area, []).extend(groups(plan))
            tests += test_files(plan)
        except ValueError as error:
            faults.append((plan.slo.id, str(error)))
    if faults:
        raise Refused(faults)
    return tuple(RuleFile(area, tuple(found)) for area, found in areas.items()), tuple(tests)


def test_texts(tests: Iterable[TestFile]) -> dict[str, str]:
    """Texts of test files and of the rule files that only they need, by relative name."""
    found: dict[str, str] = {}
    for each in tests:
        if each.untested:
            continue
        if each.rules is not None:
            found[f"tests/{each.rules.name}.yaml"] = rule_file(each.rules.groups)
        found[f"tests/{each.name}.yaml"] = document(each.content)
    return found


def standing_alone(tests: Iterable[TestFile], files: Iterable[RuleFile]) -> tuple[TestFile, ...]:
    """The tests with rule files of their own, where the deployed ones are in a form that promtool does not read."""
    deployed = {f"../{file.name}.yaml": file for file in files}
    return tuple(_alone(test, deployed) for test in tests)


def _alone(test: TestFile, deployed: Mapping[str, RuleFile]) -> TestFile:
    (read,) = test.content.get("rule_files", ("",))
    if read not in deployed:
        return test
    rules = RuleFile(f"{deployed[read].name}_rules", deployed[read].groups)
    return replace(test, content={**test.content, "rule_files": [f"{rules.name}.yaml"]}, rules=rules)
