"""Every remark on a single row."""

from collections.abc import Iterator

from slo.duration import Duration
from slo.indicator import LatencyIndicator, PromqlIndicator, RatioIndicator, SliceIndicator
from slo.plan import plan
from slo.spec import Slo
from slo.table.finding import Remark
from slo.table.linting.alerts import early, hasty
from slo.table.linting.bounds import kept_while_fired
from slo.table.linting.counters import spelt_bounds, uncovered
from slo.table.linting.windows import SCRAPE_INTERVAL, narrow, narrow_rates


def lint(slo: Slo, scrape: Duration = SCRAPE_INTERVAL) -> Iterator[Remark]:
    """Every remark on a row that is scraped every `scrape`.

    Alerts fire while the objective holds, or on one bad slice; windows hold too few scrapes; selectors count the
    wrong events. What makes an alert useless is no remark but a fault: a pair that could never fire, a threshold at
    or beyond the last finite bucket.
    """
    planned = plan(slo)
    for alert in planned.alerts:
        yield from early(alert)
        yield from narrow(alert, scrape)
    yield from hasty(planned)
    yield from kept_while_fired(slo)
    match slo.indicator:
        case RatioIndicator() as ratio:
            yield from uncovered(ratio)
            yield from spelt_bounds(ratio)
        case SliceIndicator() as slices:
            yield from narrow_rates(slices, scrape)
        case LatencyIndicator() | PromqlIndicator():
            pass
