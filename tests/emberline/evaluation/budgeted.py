"""A row and 36 days of orders, for budgets over samples in memory."""

import numpy as np

from emberline.evaluation import Result, evaluate_all
from native.ranges import PROM_3_5, Profile
from slo.moment import moment
from slo.plan import Plan, plan
from slo.samples import Track
from slo.selector import labels_of
from slo.table.load import load
from slo.vector import Floats
from tests.integration.telemetry import Held
from tests.slo.rows import RATIO, changed, table

MINUTE = 60_000
AT = moment("2026-03-29T12:00:00Z")
CLOCK = AT - MINUTE * np.arange(36 * 1440 - 1, -1, -1, dtype=np.int64)
AGO = (AT - CLOCK) // MINUTE
"""How many minutes ago each sample is."""

DRILL = "    corrections:\n      - {from: 2026-03-20T10:00:00Z, to: 2026-03-20T11:00:00Z, reason: drill}\n"
DRILLED = (AGO < 9 * 1440 + 120) & (AGO >= 9 * 1440 + 60)
"""The samples of the hour that the drill took: those after 10:00 up to 11:00."""
BERLIN = "    calendar: {unit: month, time_zone: Europe/Berlin}\n"


def row(lines: str = "", text: str = RATIO) -> Plan:
    (slo,) = load({"t.yaml": table(changed(text, ("    namespace", f"{lines}    namespace")))})
    return plan(slo)


def counter(metric: str, steps: Floats | float, **labels: str) -> Track:
    """A counter that rises by so much with each sample; it is far from zero, where Prometheus extrapolates less."""
    rises = np.broadcast_to(np.asarray(steps, np.float64), CLOCK.shape)
    return Track(metric, labels_of(labels), CLOCK, 1e6 + np.cumsum(rises))


def orders(failed: Floats | float) -> Held:
    return Held((counter("orders_total", 1000.0, code="200"), counter("orders_total", failed, code="500")))


def only(planned: Plan, samples: Held, at: int = AT, profile: Profile = PROM_3_5) -> Result:
    (found,) = evaluate_all([planned], samples, at, profile)
    return found


OUTAGE = orders(np.where(DRILLED, 500.0, 0.0))
"""An hour of failures, all of it within the drill."""
