"""Whether the handbook's alerts agree with the SLO rows that they refer to."""

from collections.abc import Iterator, Sequence

from slo.handbook.alert import RowAlert
from slo.handbook.load import HandbookAlerts
from slo.plan import generated_alert_names
from slo.spec import Slo


def misnamed(handbook: HandbookAlerts, slos: Sequence[Slo]) -> Iterator[str]:
    """Every way in which an alert or incident does not fit the rows: `id: what is wrong`."""
    rows = {slo.id: slo for slo in slos}
    for alert in handbook.alerts:
        if isinstance(alert, RowAlert):
            yield from _misfits(alert, rows.get(alert.row))
        elif alert.alert in {slo.alert.name for slo in slos}:
            yield f"{alert.id}: {alert.alert} is the static alert of a row"
    known = {alert.alert for alert in handbook.alerts}
    known |= {name for slo in slos for name in (slo.alert.name, *generated_alert_names(slo.area, slo.name))}
    for incident in handbook.incidents:
        for name in incident.alerts:
            if name not in known:
                yield f"{incident.id}: no alert is called {name}"


def _misfits(alert: RowAlert, row: Slo | None) -> Iterator[str]:
    if row is None:
        yield f"{alert.id}: there is no row {alert.row}"
        return
    for what, said, meant in (
        ("static alert", alert.alert, row.alert.name),
        ("action", alert.id, row.alert.action),
        ("area", alert.area, row.area),
    ):
        if said != meant:
            yield f"{alert.id}: the {what} of row {row.id} is {meant}, not {said}"
