"""Every remark that a server's measurements allow on a row."""

from collections.abc import Iterator

from emberline.check import events, ratios
from emberline.check.measured import Answering, Measured
from slo.duration import Duration
from slo.plan import plan
from slo.sli import Events, Expression, Slices
from slo.spec import Slo
from slo.table.finding import Remark


def remarks(slo: Slo, server: Answering, at: int) -> Iterator[Remark]:
    """What is odd about a row as it is measured at `at`, in ms since the epoch; SourceError if that cannot be told.

    Windows are computed as rules compute them, but directly from raw samples: what a month of rules would have
    recorded need not be there.
    """
    planned = plan(slo, compose_from=Duration(slo.window.ms + 1))
    measured = Measured(server, planned, at)
    match planned.sli:
        case Events() as sli:
            yield from events.overcounted(planned, sli, measured)
            yield from events.single_failures(planned, measured)
            yield from events.missed(planned, measured)
        case Expression():
            yield from ratios.beyond_bounds(planned, measured)
            yield from ratios.missed(planned, measured.ratio(planned.period.length))
        case Slices() as slices:
            yield from ratios.missed(planned, measured.bad_slices(slices))
