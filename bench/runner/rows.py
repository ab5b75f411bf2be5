"""Rows by the thousand: the shipped ones that count events, over and over under other ids."""

from itertools import cycle, islice

from emberline.catalogue import shipped
from slo.plan import plan
from slo.selector import Matcher, Selector
from slo.sli import Events
from slo.spec import Slo


def varied(count: int) -> tuple[Slo, ...]:
    """So many rows. They read the same counters, since one Prometheus cannot be filled with thousands in minutes."""
    rows = [slo for slo in shipped() if isinstance(plan(slo).sli, Events)]
    return tuple(_renamed(slo, number) for number, slo in enumerate(islice(cycle(rows), count)))


def apart(slos: tuple[Slo, ...]) -> tuple[Slo, ...]:
    """The rows with a matcher of their own on every selector, so that no two texts are the same."""
    return tuple(_tenant(slo) for slo in slos)


def _renamed(slo: Slo, number: int) -> Slo:
    return slo.model_copy(update={"id": f"{slo.id}-{number}", "name": f"{slo.name} {number}"})


def _tenant(slo: Slo) -> Slo:
    own = Matcher("tenant", "=", slo.id)

    def marked(selector: Selector) -> Selector:
        return Selector(selector.metric, (*selector.matchers, own), selector.le)

    changes: dict[str, Selector | tuple[Selector, ...]] = {}
    for name in ("total", "good", "bad", "histogram"):
        found: Selector | tuple[Selector, ...] | None = getattr(slo.indicator, name, None)
        if found is not None:
            changes[name] = marked(found) if isinstance(found, Selector) else tuple(map(marked, found))
    return slo.model_copy(update={"indicator": slo.indicator.model_copy(update=changes)})


def numbered(count: int) -> tuple[Slo, ...]:
    """The shipped row of availability so many times, each over two counters of its own."""
    row = next(slo for slo in shipped() if slo.id == "P1")
    return tuple(_counting(_renamed(row, number), number) for number in range(count))


def counted_by(number: int) -> tuple[Selector, Selector]:
    """Requests and failures of a numbered row."""
    own = (Matcher("service", "=", f"{number}"),)
    return Selector("requests_total", own), Selector("failures_total", own)


def _counting(slo: Slo, number: int) -> Slo:
    requests, failures = counted_by(number)
    indicator = slo.indicator.model_copy(update={"total": (requests,), "bad": (failures,)})
    return slo.model_copy(update={"indicator": indicator})
