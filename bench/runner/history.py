"""A past for the rules of a benchmark: counters as they rise, and what was recorded of them."""

import math
import random
from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction
from functools import cache

from bench.runner.ruler import Past, Track
from bench.runner.sloth import recorded_ratio
from rules.promql import Vector, text
from rules.recording import static_labels
from rules.unit_tests.traffic import Event, traffic
from slo import names
from slo.duration import Duration
from slo.plan import Plan
from slo.selector import Labels, Matcher, labels_of
from slo.sli import Events

DAY, MINUTE = 86_400, 60
_BASE = Duration(5 * 60 * 1000)
_ERRORS = Fraction(1, 10_000)
"""Few enough for every alert to stay silent: what a firing alert asks for its annotations is no part of the cost."""
_START = 1_700_000_000
_SCRAPED = {"instance": "bench", "job": "bench"}


def counters(plans: Iterable[Plan]) -> list[Track]:
    """Every counter that some SLI reads."""
    shares: Event = {}
    for plan in plans:
        for sli in (plan.sli, plan.static):
            if isinstance(sli, Events):
                shares |= traffic(sli).event(_ERRORS)
    return [
        Track(_series(counter.metric, labels_of(_SCRAPED | dict(counter.labels))), _rising(float(share)))
        for counter, share in shares.items()
    ]


def recordings(plans: Iterable[Plan]) -> Iterator[Track]:
    """What both sides record over five minutes, of which they compose the period."""
    noise = random.Random(1).random
    for plan in plans:
        instance = _instance(plan.slo.id.partition("-")[0], plan.sli)
        own = labels_of((*static_labels(plan), *instance))
        yield Track(_series(names.total_events(_BASE), own), lambda _: 5000 + 500 * noise())
        yield Track(_series(names.bad_events(_BASE), own), lambda _: noise())
        yield Track(_series(*recorded_ratio(plan, instance)), lambda _: noise() / 10_000)


def past(plans: Iterable[Plan], days: int) -> list[Past]:
    """Three days of counters, for the longest window that reads them, and so many of what was recorded every minute."""
    chosen = list(plans)
    return [Past(counters(chosen), 3 * DAY + 3600, 30), Past(list(recordings(chosen)), days * DAY, MINUTE)]


@cache
def _instance(row: str, sli: Events) -> Labels:
    del row
    return traffic(sli).instance


def _series(metric: str, labels: Labels) -> str:
    return text(Vector(metric, tuple(Matcher(label, "=", value) for label, value in labels)))


def _rising(share: float) -> Callable[[float], float]:
    return lambda at: float(math.floor(share * (_events(at) - _events(_START))))


def _events(at: float) -> float:
    """A thousand a minute, more by day than by night."""
    return 1000 / MINUTE * (at + DAY / 10 * math.sin(at / DAY * 2 * math.pi))
