"""Rule files and their unit tests from tables on disk; what is at fault is told with the place where it is written."""

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from emberline.catalogue import files, rows, shipped_alerts, shipped_files, shipped_promises
from emberline.failure import Failure
from rules.files import Refused, compiled
from rules.handbook import handbook_files
from rules.rule import RuleFile, TestFile
from rules.unit_tests.handbook import handbook_tests
from slo.duration import Duration
from slo.handbook.alert import OwnAlert, Watch
from slo.handbook.promise import Promise
from slo.plan import plan
from slo.spec import Slo
from slo.table.document import Path as At
from slo.table.fault import Fault
from slo.table.load import Row as Place
from slo.table.load import read

Row = TypeVar("Row", Slo, Watch, OwnAlert)


def rules(
    paths: Sequence[Path] = (), area: str | None = None, runbooks: str = "", compose_from: Duration | None = None
) -> tuple[tuple[RuleFile, ...], tuple[TestFile, ...]]:
    """Rule files and tests of the tables at `paths`; Failure with every fault.

    Without a path those of the shipped tables, and of the handbook's other alerts and promises. `runbooks` is where
    the runbooks are published: it goes before their paths. Windows from `compose_from` on are composed.
    """
    plans = [plan(_published(slo, runbooks), compose_from=compose_from) for slo in rows(paths, area)]
    try:
        files, tests = compiled(plans)
    except Refused as refused:
        raise Failure(_located(paths, ((row, (), reason) for row, reason in refused.faults))) from refused
    if paths:
        return files, tests
    alerts, promises = handbook(area, runbooks)
    return (*files, *handbook_files(alerts, promises)), (*tests, *handbook_tests(alerts, promises))


def uncompilable(rows: Iterable[Place]) -> tuple[Fault, ...]:
    """The faults of rows that can be read, but have no rules."""
    places = {place.slo.id: place for place in rows}
    try:
        compiled(plan(place.slo) for place in places.values())
    except Refused as refused:
        return tuple(places[row].fault((), reason) for row, reason in refused.faults)
    return ()


def handbook(area: str | None = None, runbooks: str = "") -> tuple[tuple[OwnAlert, ...], tuple[Promise, ...]]:
    """The handbook's alerts that no row has, and its promises; of one area if it is named."""
    alerts = (_published(alert, runbooks) for alert in shipped_alerts().own if area in (None, alert.area))
    promises = (promise for promise in shipped_promises() if area in (None, promise.area))
    return tuple(alerts), tuple(_watched(promise, runbooks) for promise in promises)


def require_own_names(slos: Iterable[Slo], paths: Sequence[Path]) -> None:
    """Nothing where no row of the tables at `paths` names its alert as the handbook names one that no row has.

    Failure with every fault otherwise: such an alert would be taken for the handbook's, and muted or acted upon.
    """
    alerts, promises = handbook()
    owners = {alert.alert: alert.id for alert in alerts}
    owners |= {promise.alert.alert: promise.id for promise in promises if promise.alert}
    taken = [
        (slo.id, ("alert", "name"), f"alert {slo.alert.name!r} is taken by the handbook's {owners[slo.alert.name]}")
        for slo in slos
        if slo.alert.name in owners
    ]
    if taken:
        raise Failure(_located(paths, taken))


def _watched(promise: Promise, runbooks: str) -> Promise:
    watch = promise.alert and _published(promise.alert, runbooks)
    return promise.model_copy(update={"alert": watch})


def _published(row: Row, runbooks: str) -> Row:
    return row.model_copy(update={"runbook": f"{runbooks.rstrip('/')}/{row.runbook}"}) if runbooks else row


def _located(paths: Iterable[Path], faults: Iterable[tuple[str, At, str]]) -> str:
    places = {row.slo.id: row for row in read(files(paths) or shipped_files())}
    return "\n".join(str(places[name].fault(path, reason)) for name, path, reason in faults)
