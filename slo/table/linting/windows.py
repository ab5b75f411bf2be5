"""Windows that hold too few scrapes: one is lost, or comes late, and nothing is measured."""

from collections.abc import Iterator
from typing import Final

from slo.burning import burnings
from slo.duration import Duration
from slo.indicator import SliceIndicator
from slo.plan import Alert
from slo.sli import Slices
from slo.table.document import Path
from slo.table.finding import Remark

SCRAPE_INTERVAL: Final = Duration.parse("30s")
"""How often targets are taken to be scraped."""

_SCRAPES: Final = 4
"""An increase needs two samples: four leave room for one that fails while the window moves between two others."""


def narrow(alert: Alert, scrape: Duration) -> Iterator[Remark]:
    """Windows of the alert under four scrapes. Those of slices hold evaluations, however rare scrapes are."""
    path = ("alert", "window") if alert.kind == "static" else ("window",)
    for burning in burnings(alert.condition):
        if not isinstance(burning.sli, Slices):
            yield from _narrow(path, f"the {alert.kind} alert", burning.window.length, scrape)


def narrow_rates(slices: SliceIndicator, scrape: Duration) -> Iterator[Remark]:
    """Rates of a slice, or of its gate, over a window under four scrapes."""
    if slices.rate is not None:
        yield from _narrow(("indicator", "rate"), "the rate", slices.rate, scrape)
    if slices.gate is not None and slices.gate.rate is not None:
        yield from _narrow(("indicator", "gate", "rate"), "the rate of the gate", slices.gate.rate, scrape)


def _narrow(path: Path, what: str, window: Duration, scrape: Duration) -> Iterator[Remark]:
    needed = Duration(_SCRAPES * scrape.ms)
    if window < needed:
        message = f"{what} reads {window}, under {_SCRAPES} scrapes"
        yield Remark(path, message, f"{_SCRAPES} · {scrape} = {needed} > {window}")
