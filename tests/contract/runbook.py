"""Runbook pages as text, everything that can be wrong with one, and the table of alerts that a page must hold."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final, assert_never

import promql_parser

from slo import names
from slo.burning import conjunctions
from slo.condition import All, Condition, Level
from slo.handbook.promise import Promise
from slo.indicator import LatencyIndicator
from slo.plan import Alert, Plan
from slo.sli import Events, Expression, Slices
from slo.wording import percent

SECTIONS: Final = ("Meaning", "Impact", "Diagnosis", "Action", "Verification")
RECORDED: Final = re.compile(r"\bslo:[a-z_]+:[a-z0-9]+(?:\{slo=\"(\w+)\"\})?|\bslo:info\b")
ALERT_TABLE: Final = "| alert | fires when | priority |"
PROMISE_TABLE: Final = "| alert | promise | priority |"
METADATA: Final = frozenset({names.OBJECTIVE, names.ERROR_BUDGET, names.PERIOD, names.INFO})


@dataclass(frozen=True, slots=True)
class Page:
    """A page as text."""

    text: str

    @property
    def sections(self) -> tuple[tuple[str, str], ...]:
        """Title and content of each section, in order."""
        parts = re.split(r"^## (.*)$", self.text, flags=re.MULTILINE)
        return tuple((title, body.strip()) for title, body in zip(parts[1::2], parts[2::2], strict=True))

    @property
    def queries(self) -> tuple[str, ...]:
        """Every query of its promql blocks; a blank line separates two."""
        blocks = re.findall(r"^ *```promql\n(.*?)^ *```$", self.text, re.MULTILINE | re.DOTALL)
        return tuple(query.strip() for block in blocks for query in re.split(r"\n\s*\n", block))

    def with_table(self, head: str, lines: Iterable[str]) -> str:
        """The text with other lines below the head of its one table of that head; ValueError where there is none."""
        before, found, after = self.text.partition(f"{head}\n")
        if not found:
            raise ValueError(f"no table {head}")
        ruler, *_ = after.splitlines()
        rest = re.sub(r"\A(\|.*\n)*", "", after)
        return "\n".join((f"{before}{head}", ruler, *lines, rest))


def form_faults(page: Page) -> Iterator[str]:
    """Every way in which a page departs from the form that all pages have."""
    if tuple(title for title, _ in page.sections) != SECTIONS:
        yield f"its sections are {', '.join(title for title, _ in page.sections)}"
    yield from (f"{title} is empty" for title, body in page.sections if not body)
    verification = dict(page.sections).get("Verification", "")
    if not Page(verification).queries:
        yield "Verification has no query"
    yield from (f"leads outside: {link}" for link in re.findall(r"\S*://\S*", page.text))


def query_faults(page: Page, plans: dict[str, Plan]) -> Iterator[str]:
    """Every query that does not parse, and every series of ours that no rule records."""
    for query in page.queries:
        try:
            promql_parser.parse(query)
        except ValueError as error:
            yield f"{query}: {error}"
        for found in RECORDED.finditer(query):
            name, _, _ = found[0].partition("{")
            read = list(plans.values()) if found[1] is None else [plans[found[1]]] if found[1] in plans else []
            if not any(name in recorded(plan) for plan in read):
                yield f"nothing records {found[0]}"


def recorded(plan: Plan) -> frozenset[str]:
    """The names under which the rules of a row record series."""
    lengths = [window.length for window in plan.windows]
    found = {name(length) for name in (names.bad_events, names.total_events) for length in lengths}
    if plan.static is not None:
        found.add(names.static_bad_events(plan.slo.alert.window))
    if isinstance(plan.sli, Slices):
        found.add(names.SLICE_GOOD)
    return METADATA | found


def metrics_of(plan: Plan) -> frozenset[str]:
    """The metrics that a row reads itself."""
    match plan.sli:
        case Events() as events:
            return frozenset(selector.metric for selector in events.selectors)
        case Slices(series=series):
            return frozenset({series.selector.metric})
        case Expression():
            return frozenset()
        case _:
            assert_never(plan.sli)


def alert_rows(plan: Plan) -> tuple[str, ...]:
    """The lines of ALERT_TABLE in the page of a row."""
    lines = ((alert, _when(plan, alert)) for alert in plan.all)
    return tuple(f"| `{alert.name}` | {when} | {alert.priority} |" for alert, when in lines)


def promise_row(promise: Promise) -> str:
    """The line of PROMISE_TABLE in the page of a promise."""
    what = f"{promise.name}: {promise.promised}, held to {promise.bound}"
    if promise.alert is None:
        return f"| – | {what} | not observable: {promise.not_observable} |"
    return f"| `{promise.alert.alert}` | {what} | {promise.alert.priority} |"


def _when(plan: Plan, alert: Alert) -> str:
    match alert.kind:
        case "page" | "ticket" | "exhausted":
            return _burns(_bad(plan), alert.condition)
        case "static":
            return f"{_static(plan, alert.condition)}, for {alert.hold}"
        case "no-data":
            return f"nothing can be judged, for {alert.hold}"
        case _:
            assert_never(alert.kind)


def _static(plan: Plan, condition: Condition) -> str:
    match condition:
        case Level(bound=bound):
            return f"the value is {bound.op} {bound.value:f}"
        case All((Level(bound=bound), *_)):
            return f"the value is {bound.op} {bound.value:f} under load"
        case _:
            return _burns(_bad(plan, static=True), condition)


def _burns(bad: str, condition: Condition) -> str:
    first, *others = (
        (f"{_share(pair[0].threshold)}", f"over {' and '.join(str(each.window.length) for each in reversed(pair))}")
        for pair in conjunctions(condition)
    )
    return ", or ".join((f"more than {first[0]} {bad} {first[1]}", *(" ".join(other) for other in others)))


def _share(ratio: Decimal) -> str:
    return percent(ratio).replace("%", " %")


def _bad(plan: Plan, *, static: bool = False) -> str:
    if isinstance(plan.sli, Slices):
        return "of slices bad"
    if isinstance(plan.slo.indicator, LatencyIndicator):
        return f"slower than {plan.slo.alert.slower_than if static else plan.slo.indicator.threshold}"
    return "bad"
