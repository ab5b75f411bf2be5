"""Rules compiled by the thousand, and what they cost a Prometheus beside Sloth's: `python -m bench.rules`.

The second part takes about nine minutes. Both sides read the same counters by the same labels over the same windows at
the same interval, one after the other in one server. The interval is shorter than in earnest: how often a rule is
evaluated does not change what an evaluation reads.
"""

import gc
import sys
import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median
from time import process_time

from bench.runner.history import counters, past
from bench.runner.measure import Floor, Report, arguments
from bench.runner.rows import apart, varied
from bench.runner.ruler import Cost, Ruler
from bench.runner.sloth import sloth_groups
from rules.files import compiled, test_texts
from rules.formats import rendered
from rules.grouping import groups
from rules.render import rule_file
from rules.rule import Group
from slo.duration import Duration
from slo.plan import Plan, plan
from slo.sli import Events
from slo.spec import Slo

BUDGET = 2.0
"""Seconds in which a thousand SLOs compile."""
OURS, SLOTH = "Emberline", "Sloth-shaped"


@dataclass(frozen=True, slots=True)
class Setting:
    """So many SLOs, days of recorded history, and seconds between evaluations.

    A month for thousands cannot be filled in minutes; both sides read the same days of it.
    """

    slos: int
    days: int
    interval: int
    rounds: int


SETTINGS = (Setting(21, 30, 6, 3), Setting(1000, 1, 30, 1))


def compile_rules(slos: Sequence[Slo]) -> str:
    """Rows to the text of a rule file."""
    return rule_file([group for slo in slos for group in groups(plan(slo))])


def compile_all(slos: Sequence[Slo]) -> int:
    """Rows to everything that `emberline rules` writes; files."""
    files, tests = compiled(map(plan, slos))
    return len(rendered(files, "prometheus") | test_texts(tests))


def race_compile(report: Report, rounds: int) -> None:
    """A thousand SLOs, ten thousand, and their unit tests."""
    thousand, ten_thousand = (apart(varied(count)) for count in (1_000, 10_000))
    text = compile_rules(thousand)
    assert all(f"slo: {slo.id}\n" in text for slo in thousand)
    times = [(seconds(compile_rules, thousand), seconds(compile_rules, ten_thousand)) for _ in range(rounds)]
    quick, long = (median(each) for each in zip(*times, strict=True))
    print(f"compile: {len(text)} bytes of rules for a thousand SLOs")
    report.fact("1,000 SLOs, processor time", quick, "s")
    report.fact("10,000 SLOs, processor time", long, "s")
    report.fact("1,000 SLOs with their unit tests", seconds(compile_all, thousand), "s")
    report.floor(Floor(f"1,000 SLOs within {BUDGET:g} s", BUDGET / quick, 1, 2))
    linear = median(10 * one / ten for one, ten in times)
    report.floor(Floor("10,000 SLOs against ten times 1,000", linear, 1 / 1.3, 1))


def seconds(call: Callable[[Sequence[Slo]], object], slos: Sequence[Slo]) -> float:
    """Processor time of one call, without looking for cycles, as `emberline rules` runs."""
    gc.disable()
    start = process_time()
    call(slos)
    spent = process_time() - start
    gc.enable()
    gc.collect()
    return spent


def race_live(report: Report, setting: Setting, rounds: int) -> None:
    """What an evaluation costs the server, for each SLO."""
    plans = [replace(plan(slo), interval=Duration(setting.interval * 1000)) for slo in varied(setting.slos)]
    texts = {OURS: rule_file(ours(plans)), SLOTH: rule_file(theirs(plans))}
    costs: dict[str, list[Cost]] = {label: [] for label in texts}
    with tempfile.TemporaryDirectory(prefix="emberline-bench-") as folder:
        fill = past(plans, setting.days)
        with Ruler.running(Path(folder) / "prometheus", fill, counters(plans)) as ruler:
            for _ in range(rounds):
                for label, text in texts.items():
                    costs[label].append(ruler.cost(text, setting.interval, setting.rounds))
    print(f"live: {setting.slos} SLOs, {setting.days} days of recorded history")
    for label, found in costs.items():
        for what, values in (
            ("processor", [each.cpu for each in found]),
            ("groups", [each.durations for each in found]),
        ):
            report.fact(f"{setting.slos} SLOs, {label}, {what}", min(values) / setting.slos * 1000, "ms per SLO")
    ratio = median(their.cpu / our.cpu for our, their in zip(costs[OURS], costs[SLOTH], strict=True))
    report.floor(Floor(f"{setting.slos} SLOs, processor, {SLOTH} against {OURS}", ratio, 1 / 1.1, 1 / 0.7))


def ours(plans: Sequence[Plan]) -> list[Group]:
    """Our groups."""
    return [group for each in plans for group in groups(each)]


def theirs(plans: Sequence[Plan]) -> list[Group]:
    """Sloth's."""
    return [group for each in plans if isinstance(each.sli, Events) for group in sloth_groups(each, each.sli)]


def main() -> int:
    """Both parts; 1 where a floor was missed."""
    chosen = arguments("rules", rounds=2)
    report = Report("rules")
    race_compile(report, chosen.rounds)
    for setting in SETTINGS:
        race_live(report, setting, chosen.rounds)
    return report.close(chosen.json)


if __name__ == "__main__":
    sys.exit(main())
