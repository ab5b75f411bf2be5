"""SLO detail, one for each area: is a row's promise kept, how fast does it burn, which events, what pages, and when."""

from collections.abc import Iterator
from typing import Final

from dashboards.board import Board, Color, Link, Panel, Pick, Row, Step, Variable
from dashboards.panels import PLAIN, Marks, from_above, from_below, lines, stat, table, text
from dashboards.promised import Promised, detail_uid
from dashboards.quantity import Quantity
from dashboards.recorded import CLUSTER, Kind, Recorded
from rules.promql import Aggregate, Binary, Call, Vector
from slo import names
from slo.burning import pairs_of, windows_of
from slo.duration import Duration
from slo.number import leading
from slo.plan import BASE, Plan
from slo.selector import Matcher
from slo.wording import percent, static_bound

_HERE: Final = (Matcher(CLUSTER, "=~", "$cluster"), Matcher(names.SLO, "=~", "$slo"))
_HOUR: Final = Duration.parse("1h")
_KINDS: Final[tuple[Kind, ...]] = ("page", "ticket")


def board(promised: Promised, area: str) -> Board:
    """The rows of one area, one of them chosen."""
    plans = promised.of(area)
    recorded = Recorded(plans, _HERE)
    return Board(
        id=f"SLO {area}",
        uid=detail_uid(area),
        title=f"SLO Detail: {area}",
        description="One objective: what is promised, what is left of its budget, which windows burn, and what pages.",
        tags=("emberline", "slo", area),
        variables=(
            Pick("slo", "SLO", tuple((plan.slo.id, f"{plan.slo.id} {plan.slo.name}") for plan in plans)),
            Variable("cluster", "Cluster", (names.OBJECTIVE,), CLUSTER),
        ),
        rows=(_kept(recorded), _burning(recorded), _near(recorded), _events(recorded), _told(recorded, promised, area)),
        alerts=recorded.firing(),
        links=(Link("SLO Overview", "/d/emberline-slo-overview"),),
    )


def _kept(recorded: Recorded) -> Row:
    burn = recorded.burn(_HOUR).reduced("max")
    firing = Quantity(Aggregate("count", recorded.firing()), "short").or_zero()
    return Row(
        "Is the promise kept?",
        (
            stat(
                "Objective",
                "The share that must be good within the period.",
                recorded.objective().reduced("max"),
                steady="a promise",
                decimals=2,
            ),
            stat(
                "Error ratio, last 5m",
                "The worst instance. Compare it with what the objective leaves over.",
                recorded.errors(BASE).reduced("max"),
                steady="zero while nothing fails",
            ),
            stat(
                "Budget left",
                "Of the worst instance. 100 %: nothing was bad within the period; below 0 %: the promise is broken.",
                recorded.left().reduced("min"),
                marks=from_below(0, 0.2),
            ),
            stat(
                "Budget ends in",
                "At the pace of the last hour, for the worst instance. No data: nothing burns.",
                recorded.ends().reduced("min"),
                marks=from_below(86_400, 604_800),
                steady="zero once the budget is spent",
            ),
            stat(
                "Burn rate, 1h",
                "1 spends the budget exactly within the period.",
                burn,
                marks=recorded.burn_marks(),
                steady="zero while nothing fails",
            ),
            stat("Firing alerts", "Of this row.", firing, marks=Marks((Step(1, "red"),)), steady="a state"),
        ),
    )


def _burning(recorded: Recorded) -> Row:
    left = recorded.left()
    burned = (
        _burned(recorded, kind, which, each.window.length)
        for kind in _KINDS
        for which, pair in enumerate(recorded.pairs(kind))
        for each in pair
    )
    return Row(
        "How fast does the budget burn?",
        (
            lines(
                "Burn-down",
                "What is left of the period's budget. A steady slope is a habit, a cliff is an incident; a climb is an "
                "old incident that leaves the period. The panels below show the windows that burn it.",
                left,
                width=24,
                minimum=None,
                maximum=1,
                marks=from_below(0, 0.2),
            ),
            *burned,
        ),
    )


def _burned(recorded: Recorded, kind: Kind, which: int, window: Duration) -> Panel:
    short, long = (each.window.length for each in recorded.pairs(kind)[which])
    factor = recorded.factor(kind, which)
    exceeds = "the factor of its period" if factor is None else f"{leading(factor)} (the dashed line)"
    color: Color = "red" if kind == "page" else "orange"
    return lines(
        f"Burn rate over {window}, {kind}",
        f"Its pair {_verb(kind)} when this exceeds {exceeds} over both {short} and {long}. Below 1 the budget outlives "
        "the period.",
        recorded.burn(window),
        width=6,
        height=7,
        marks=PLAIN if factor is None else Marks((Step(float(leading(factor)), color),)),
        steady="zero while nothing fails",
    )


def _near(recorded: Recorded) -> Row:
    ends = recorded.ends()
    kinds: tuple[tuple[Kind, int], ...] = (("page", 0), ("page", 1), ("ticket", 0), ("ticket", 1))
    near = (
        recorded.nearness(kind, which).reduced("max").named(f"{kind} {windows_of(recorded.pairs(kind)[which])}")
        for kind, which in kinds
    )
    return Row(
        "What would page, and when does it end?",
        (
            lines(
                "Nearness of each alert",
                "The slower of a pair's two burn rates over its factor, worst instance: at 100 % the alert fires. It "
                "stops as soon as the short window is below.",
                *near,
                marks=from_above(0.5, 1),
                steady="zero while nothing fails",
            ),
            lines(
                "When each budget ends",
                "At the pace of the last hour. A line that falls faster than the clock is getting worse.",
                ends,
                steady="zero once the budget is spent",
            ),
        ),
    )


def _events(recorded: Recorded) -> Row:
    bad, good = recorded.bad(BASE), recorded.good(BASE)
    ratio = recorded.errors(BASE)
    budget = Quantity(Aggregate("max", Vector(names.ERROR_BUDGET, recorded.where)), "percentunit")
    legend = " ".join(f"{{{{{label}}}}}" for label in recorded.by)
    return Row(
        "Which events are bad?",
        (
            lines(
                "Good events in 5m",
                "Events, or slices of a minute, that kept the threshold. Fewer of them also make a ratio worse.",
                good,
                width=8,
                steady="slices are as many as there are minutes",
            ),
            lines(
                "Bad events in 5m",
                "What spends the budget. Look for the instance that has most of them.",
                bad,
                width=8,
                steady="zero while nothing fails",
            ),
            lines(
                "Error ratio over 5m",
                "Against the ratio that the objective leaves over.",
                ratio.named(legend),
                budget.named("budget"),
                width=8,
                steady="zero while nothing fails",
            ),
        ),
    )


def _told(recorded: Recorded, promised: Promised, area: str) -> Row:
    key = ("alertname", names.SEVERITY, names.PRIORITY, *recorded.by)
    active = Binary("-", Call("time"), Vector("ALERTS_FOR_STATE", recorded.where))
    return Row(
        "Who has been told, and what to do?",
        (
            table(
                "Alerts of this row",
                "What fires, and since when its condition has held. None is the usual.",
                key,
                Quantity(Aggregate("count", recorded.firing(), key), "short").column("Firing"),
                Quantity(Aggregate("max", active, key), "s").column("Active for"),
                steady="a state",
            ),
            text("What is promised, and what pages", "\n".join(_promises(promised, area)), height=12),
        ),
    )


def _promises(promised: Promised, area: str) -> Iterator[str]:
    yield "| SLO | promise | pages when the budget burns | static alert | runbook |"
    yield "|---|---|---|---|---|"
    for plan in promised.of(area):
        yield f"| {' | '.join(_promise(plan, promised.runbooks))} |"


def _promise(plan: Plan, runbooks: str) -> tuple[str, ...]:
    slo = plan.slo
    pages = "; ".join(f"{leading(pair[0].factor)} times over {windows_of(pair)}" for pair in pairs_of(plan, "page"))
    page = _cell(slo.runbook)
    runbook = f"[{page}]({runbooks.rstrip('/')}/{page})" if runbooks else f"`{page}`"
    said = f"{slo.description} {percent(slo.objective)} over {slo.window}."
    return (
        f"**{slo.id}** {_cell(slo.name)}",
        _cell(said),
        pages,
        f"{slo.alert.name}: {static_bound(slo)} for {slo.alert.for_}",
        runbook,
    )


def _cell(words: str) -> str:
    """Words in a cell of a Markdown table, where a line or a bar would end it."""
    return " ".join(words.split()).replace("|", "\\|")


def _verb(kind: str) -> str:
    return "pages" if kind == "page" else "files a ticket"
