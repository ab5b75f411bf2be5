"""SLO overview: which promise is in danger, how soon, and where to look next."""

from decimal import Decimal
from typing import Final

from dashboards.board import Board, Color, Panel, Query, Row, Step, Variable
from dashboards.panels import Marks, from_above, from_below, lines, stat, table
from dashboards.promised import Promised, detail_from
from dashboards.quantity import Quantity
from dashboards.recorded import CLUSTER, Recorded
from rules.promql import Aggregate, Binary, Call, Number, Vector
from slo import names
from slo.duration import Duration
from slo.selector import Matcher

UID: Final = "emberline-slo-overview"
_HERE: Final = (Matcher(CLUSTER, "=~", "$cluster"), Matcher(names.AREA, "=~", "$area"))
_LEFT: Final = (Step(0, "orange"), Step(0.2, "green"))
_HOUR: Final = Duration.parse("1h")
_KEY: Final = (names.AREA, names.SLO)


def board(promised: Promised) -> Board:
    """Every row of every area."""
    recorded = Recorded(promised.plans, _HERE)
    return Board(
        id="SLO",
        uid=UID,
        title="SLO Overview",
        description="Every objective with its error budget: which one is in danger, and how soon. A row leads to its "
        "detail, where the windows are that page.",
        tags=("emberline", "slo"),
        variables=(
            Variable("cluster", "Cluster", (names.OBJECTIVE,), CLUSTER),
            Variable("area", "Area", (names.OBJECTIVE,), names.AREA),
        ),
        rows=(_glance(recorded), _budgets(promised, recorded), _burning(promised, recorded), _alerts(recorded)),
        alerts=recorded.firing(),
        links=promised.details(*promised.areas),
    )


def _firing(recorded: Recorded, severity: str) -> Quantity:
    picked = recorded.firing(Matcher(names.SEVERITY, "=", severity))
    return Quantity(Aggregate("count", picked), "short").or_zero()


def _count(of: Quantity, op: str, bound: str) -> Quantity:
    wanted = Binary("<" if op == "<" else ">", of.expr, Number(Decimal(bound)))
    return Quantity(Aggregate("count", wanted), "short").or_none_of(of.reduced("count"))


def _glance(recorded: Recorded) -> Row:
    ends = recorded.ends().reduced("min")
    one: tuple[Step, ...] = (Step(1, "red"),)

    def number(title: str, teaches: str, asked: Quantity, color: Color) -> Panel:
        marks = Marks((Step(1, color),)) if color != "red" else Marks(one)
        return stat(title, teaches, asked, marks=marks, steady="a state: it moves when a budget or an alert does")

    return Row(
        "Is a promise in danger?",
        (
            number(
                "Pages",
                "Alerts of severity critical that fire: somebody must act now.",
                _firing(recorded, "critical"),
                "red",
            ),
            number(
                "Tickets",
                "Alerts of severity warning that fire: they wait for the morning.",
                _firing(recorded, "warning"),
                "orange",
            ),
            number(
                "Budgets overspent",
                "Instances that have spent more than their error budget. Scaling up is blocked.",
                _count(recorded.left(), "<", "0"),
                "red",
            ),
            number(
                "Budgets nearly spent",
                "Instances with less than a fifth of their budget left. Release with care.",
                _count(recorded.left(), "<", "0.2"),
                "orange",
            ),
            number(
                "Burning too fast",
                "Instances that burned over the last hour faster than their budget allows. A few "
                "are normal; all of an area at once are not.",
                _count(recorded.burn(_HOUR), ">", "1"),
                "orange",
            ),
            stat(
                "Next budget ends in",
                "How long the first budget lasts at its pace of the last hour. Zero: it is spent already.",
                ends,
                marks=from_below(86_400, 604_800),
                steady="zero once a budget is spent",
            ),
        ),
    )


def _budgets(promised: Promised, recorded: Recorded) -> Row:
    detail = detail_from(promised.areas, "__data.fields")
    left, burn = recorded.left(), recorded.burn(_HOUR)
    page = recorded.nearness("page", 0).reduced("max", *_KEY)
    return Row(
        "Which, and how soon?",
        (
            table(
                "Objectives",
                "The worst instance of each row. Budget left at 100 % is a quiet month; below 0 % the promise is "
                "broken. Burn rate 1 spends it exactly within the period. Page at 100 %: somebody is called.",
                _KEY,
                recorded.objective().reduced("max", *_KEY).column("Objective", decimals=2),
                left.reduced("min", *_KEY).column("Budget left", _LEFT, detail),
                recorded.ends()
                .reduced("min", *_KEY)
                .column("Ends in", (Step(86_400, "orange"), Step(604_800, "green"))),
                burn.reduced("max", *_KEY).column("Burn rate 1h", from_above(1, 6).steps, detail),
                page.column("Of a page", from_above(0.5, 1).steps, detail),
                height=12,
                steady="objectives stay; what moves is in the graphs below",
            ),
        ),
    )


def _burning(promised: Promised, recorded: Recorded) -> Row:
    detail = detail_from(promised.areas, "__field.labels")
    left = recorded.left().reduced("min", *_KEY)
    burn, pages = recorded.burn(_HOUR).reduced("max", *_KEY), recorded.factor("page", 0)
    return Row(
        "How did it come to this?",
        (
            lines(
                "Budget left",
                "The worst instance of each row. A slope that is steady is a habit, a cliff is an incident. Click a "
                "line for its burn windows.",
                left,
                minimum=None,
                maximum=1,
                marks=from_below(0, 0.2),
                link=detail,
            ),
            lines(
                "Burn rate over 1h",
                "1 spends the budget exactly within the period"
                + ("." if pages is None else "; the dashed line pages."),
                burn,
                marks=recorded.burn_marks(),
                link=detail,
            ),
        ),
    )


def _alerts(recorded: Recorded) -> Row:
    key = ("alertname", names.AREA, names.SLO, names.SEVERITY, names.PRIORITY)
    since = Binary("-", Call("time"), Vector("ALERTS_FOR_STATE", _HERE))
    columns: tuple[Query, ...] = (Quantity(Aggregate("count", recorded.firing(), key), "short").column("Instances"),)
    age = Quantity(Aggregate("max", since, ("alertname",)), "s")
    return Row(
        "Who has been told?",
        (
            table(
                "Firing alerts",
                "Each leads to the detail of its row; the runbook is named there. None is the usual.",
                key,
                *columns,
                width=16,
                steady="a state",
            ),
            lines(
                "Active for",
                "How long an alert's condition has held, pending ones too.",
                age.named("{{alertname}}"),
                width=8,
            ),
        ),
    )
