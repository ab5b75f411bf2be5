"""Which series a store holds, and for how long."""

from collections.abc import Callable, Iterable
from typing import Final, TypeAlias

from slo.duration import Duration
from slo.selector import Labels, Selector

RETENTION: Final = Duration.parse("30d1h")
"""A period of 30 days and what an evaluation looks back beyond it."""
BRIEF: Final = Duration.parse("1h")
"""For series of which only the present is shown."""

Keep: TypeAlias = Callable[[str, Labels], Duration | None]
"""How long the samples of a series (name, labels) are held; None: not at all."""


def keep_all(_metric: str, _labels: Labels) -> Duration:
    """Hold every series for the whole retention."""
    return RETENTION


def wanted(selectors: Iterable[Selector], latest: Iterable[str] = (), retention: Duration = RETENTION) -> Keep:
    """Hold what one of the selectors picks for the whole retention, the metrics named `latest` briefly.

    Anything else is not held: of a histogram, for instance, only the buckets that a selector asks for by `le`.
    """
    by_metric: dict[str, list[Selector]] = {}
    for selector in selectors:
        by_metric.setdefault(selector.metric, []).append(selector)
    shown = frozenset(latest)

    def keep(metric: str, labels: Labels) -> Duration | None:
        readers = by_metric.get(metric, ())
        if readers:
            pairs = dict(labels)
            if any(selector.matches(metric, pairs) for selector in readers):
                return retention
        return BRIEF if metric in shown else None

    return keep
