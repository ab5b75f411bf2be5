"""The page on what fulfils the handbook: its tables, and what in them follows from Plans, catalogues and dashboards."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from typing import Final, TypeAlias

from emberline.catalogue import shipped_alerts, shipped_promises
from emberline.compilation import rules
from emberline.evaluation import evaluate_all
from emberline.sources.keep import wanted
from emberline.sources.store import Store
from rules.rule import Alerting
from slo import names
from slo.handbook.promise import Promise
from slo.plan import Plan
from slo.priority import PRIORITIES
from tests.contract.runbook import Page
from tests.dashboards.made import BOARDS
from tests.rules.plans import shipped_plans

Cells: TypeAlias = Mapping[str, str]
"""The derived cells of a row, by the head of their column."""

SYSTEMS_TABLE: Final = "| entry | system | promised | held to | watched by | rules |"
NOT_YET: Final = "not there yet"
RULER: Final = re.compile(r"\|(?:-+\|)+")


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page; a row of a table has cells, and knows the heads of their columns."""

    text: str
    heads: tuple[str, ...] = ()
    cells: tuple[str, ...] = ()

    def filled(self, derived: Cells) -> str:
        """The text with other cells under those heads."""
        pairs = zip(self.heads, self.cells, strict=True)
        return f"| {' | '.join(derived.get(head, cell) for head, cell in pairs)} |"


def lines(text: str) -> tuple[Line, ...]:
    """Every line of a page."""
    heads: tuple[str, ...] = ()
    found = []
    for before, line in pairwise(["", *text.splitlines()]):
        ruler = RULER.fullmatch(line)
        heads = _split(before) if ruler else heads if line.startswith("|") else ()
        found.append(Line(line, heads, _split(line)) if heads and not ruler else Line(line))
    return tuple(found)


def filled(text: str) -> str:
    """The page with every derived cell, and the table of systems, as they should be; other cells stay."""
    rows = (line.filled(_derived().get(line.cells[0], {})) if line.cells else line.text for line in lines(text))
    return Page("\n".join((*rows, ""))).with_table(SYSTEMS_TABLE, map(_system, _systems()))


@dataclass(frozen=True, slots=True)
class Place:
    """A rule of an alert, and the file and group in which `emberline rules` writes it."""

    rule: Alerting
    file: str
    group: str


@cache
def compiled() -> Mapping[str, tuple[Place, ...]]:
    """The places of every alert, by its name."""
    found: dict[str, tuple[Place, ...]] = {}
    for file in rules()[0]:
        for group in file.groups:
            for rule in (rule for rule in group.rules if isinstance(rule, Alerting)):
                found[rule.alert] = (*found.get(rule.alert, ()), Place(rule, file.name, group.name))
    return found


@cache
def _derived() -> Mapping[str, Cells]:
    """The derived cells of rows, by the first cell of each."""
    return dict(_rows())


def _rows() -> Iterator[tuple[str, Cells]]:
    yield from ((plan.slo.id, _row(plan)) for plan in shipped_plans())
    handbook = shipped_alerts()
    for alert in handbook.alerts:
        done = {"action": alert.action.what, "verified by": alert.verification.what}
        yield alert.id, {"alert": f"`{alert.alert}`", "rules": _places([alert.alert])} | done
    boards = {board.id: f"`{board.uid}.json`" for board in BOARDS}
    yield from ((name, {"file": boards.get(name, NOT_YET)}) for name in (f"D{number}" for number in range(1, 14)))
    for priority, meant in PRIORITIES.items():
        told = {"means": meant.meaning, "severity, respond": f"{meant.severity}, {meant.respond}"}
        yield f"priority {priority}", told
    yield from ((each.id, {"watched by": ", ".join(map(_urgent, each.alerts))}) for each in handbook.incidents)
    yield from ((promise, _watched(promise)) for promise in _promises())


def _row(plan: Plan) -> Cells:
    own = plan.slo.alert.name
    others = [alert.name for alert in plan.all if alert.name != own]
    (nothing,) = evaluate_all([plan], Store(wanted(())), 0)
    return {
        "rules": _places([own, *others]),
        "alerts": f"`{own}`, `{others[0].removesuffix('ErrorBudgetBurnPage')}…`",
        "live": "yes" if nothing.verdict == "no data" else nothing.verdict,
    }


def _watched(promise: str) -> Cells:
    first, *others = entries = _promises()[promise]
    if not others:
        return _watch(first)
    unseen = "; ".join(each.name for each in entries if each.alert is None)
    told = f"{sum(each.alert is not None for each in entries)} of {len(entries)} entries, below"
    return {"watched by": f"{told}; not observable: {unseen}" if unseen else told, "rules": "below"}


def _system(entry: Promise) -> str:
    cells = (entry.id, entry.name, entry.promised, entry.bound, *_watch(entry).values())
    return f"| {' | '.join(cells)} |"


def _watch(entry: Promise) -> Cells:
    if entry.alert is None:
        return {"watched by": f"not observable: {entry.not_observable}", "rules": "none"}
    return {"watched by": f"`{entry.alert.alert}`", "rules": _places([entry.alert.alert])}


def _systems() -> tuple[Promise, ...]:
    """The entries of promises that have several."""
    return tuple(each for entries in _promises().values() if len(entries) > 1 for each in entries)


@cache
def _promises() -> Mapping[str, tuple[Promise, ...]]:
    """Entries by the promise that they belong to."""
    found = shipped_promises()
    ids = dict.fromkeys(entry.promise for entry in found)
    return {promise: tuple(entry for entry in found if entry.promise == promise) for promise in ids}


def _places(alerts: Iterable[str]) -> str:
    """The file of alerts that lie in one, and their groups."""
    found = [place for alert in alerts for place in compiled()[alert]]
    (file,) = {place.file for place in found}
    groups = dict.fromkeys(f"`{place.group}`" for place in found)
    return f"`{file}.yaml`: {', '.join(groups)}"


def _urgent(alert: str) -> str:
    return f"`{alert}` {dict(compiled()[alert][0].rule.labels)[names.PRIORITY]}"


def _split(line: str) -> tuple[str, ...]:
    return tuple(cell.strip() for cell in line.strip().strip("|").split("|"))
