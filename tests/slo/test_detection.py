"""When alerts notice an incident on flat traffic, and when they let go of it: the tables of the SRE Workbook.

A pair over a long window L and a short one S, of factor f, with a budget b and a share e of bad events:

    noticed after f * b * L / e, if e > f * b at all
    let go  S * (1 - f * b / e) after an end that comes when S has seen nothing else

An alert is noticed with its first pair and let go with its last one. Scrapes are a second apart, and evaluations, too:
no more may lie between what is computed here by hand and what the engine finds, and from the beginning of the incident
until seven hours after its end nothing else may happen.
"""

from dataclasses import dataclass
from decimal import Decimal

import pytest

from slo.condition import Any
from slo.duration import Duration
from slo.policy import WORKBOOK, Pair
from tests.slo.flat import Incident

PERIOD = Duration.parse("30d")
QUICK, SLOW, DAY, DAYS = WORKBOOK.pairs
LONGEST = WORKBOOK.lengths[-1]
NEVER = None
"""The pair does not fire."""


@dataclass(frozen=True, slots=True)
class Row:
    """An incident, and for each pair when it is noticed after the beginning, and let go after the end."""

    objective: str
    errors: str
    quick: tuple[str, str] | None
    slow: tuple[str, str] | None
    day: tuple[str, str] | None
    days: tuple[str, str] | None

    @property
    def pairs(self) -> list[tuple[Pair, tuple[int, int] | None]]:
        found = zip(WORKBOOK.pairs, (self.quick, self.slow, self.day, self.days), strict=True)
        return [(pair, told and (Duration.parse(told[0]).ms, Duration.parse(told[1]).ms)) for pair, told in found]

    @property
    def incident(self) -> Incident:
        """It lasts half as long again as the slowest pair needs to see enough of it."""
        noticed = [told[0] for _, told in self.pairs if told]
        length = max(*noticed, DAYS.short.ms) * 3 // 2
        return Incident(Decimal(self.objective), Decimal(self.errors), length // 10_000 * 10_000)


# fmt: off
ROWS = [
    #   objective, bad,    1h and 5m,          6h and 30m,           1d and 2h,              3d and 6h
    Row("0.999", "1",     ("52s", "4m56s"),    ("2m10s", "29m49s"),  ("4m19s", "1h59m38s"),  ("4m19s", "5h59m38s")),
    Row("0.999", "0.5",   ("1m44s", "4m51s"),  ("4m19s", "29m38s"),  ("8m38s", "1h59m17s"),  ("8m38s", "5h59m17s")),
    Row("0.999", "0.15",  ("5m46s", "4m31s"),  ("14m24s", "28m48s"), ("28m48s", "1h57m36s"), ("28m48s", "5h57m36s")),
    Row("0.999", "0.05",  ("17m17s", "3m34s"), ("43m12s", "26m24s"), ("86m24s", "1h52m48s"), ("86m24s", "5h52m48s")),
    Row("0.999", "0.02",  ("43m12s", "1m24s"), ("1h48m", "21m"),     ("3h36m", "1h42m"),     ("3h36m", "5h42m")),
    Row("0.999", "0.01",  NEVER,               ("3h36m", "12m"),     ("7h12m", "1h24m"),     ("7h12m", "5h24m")),
    Row("0.999", "0.005", NEVER,               NEVER,                ("14h24m", "48m"),      ("14h24m", "4h48m")),
    Row("0.999", "0.002", NEVER,               NEVER,                NEVER,                  ("36h", "3h")),
    Row("0.95",  "1",     ("43m12s", "1m24s"), ("1h48m", "21m"),     ("3h36m", "1h42m"),     ("3h36m", "5h42m")),
    Row("0.90",  "1",     NEVER,               ("3h36m", "12m"),     ("7h12m", "1h24m"),     ("7h12m", "5h24m")),
]
# fmt: on


def named(row: Row) -> str:
    return f"{row.errors} of {row.objective}"


def assert_changes(found: list[tuple[int, str]], told: tuple[int, int] | None, length: int, step: int = 1_000) -> None:
    """The alert fires once, `told[0]` after the beginning, and resolves `told[1]` after the end; or nothing happens."""
    assert [status for _, status in found] == (["firing", "inactive"] if told else [])
    if told:
        (fired, _), (resolved, _) = found
        assert told[0] - 1_000 <= fired <= told[0] + 2 * step
        assert abs(resolved - length - told[1]) <= 2 * step


@pytest.mark.parametrize("row", ROWS, ids=named)
def test_each_pair_notices_and_lets_go(row: Row) -> None:
    incident = row.incident
    for pair, told in row.pairs:
        condition = incident.burning(pair.factor(PERIOD), pair.short, pair.long)
        assert_changes(incident.changes(condition, pair.long, Duration.parse("7h")), told, incident.length)


@pytest.mark.parametrize("row", ROWS, ids=named)
@pytest.mark.parametrize("urgency", ["page", "ticket"])
def test_an_alert_comes_with_its_first_pair_and_goes_with_its_last(row: Row, urgency: str) -> None:
    incident = row.incident
    pairs = [(pair, told) for pair, told in row.pairs if pair.urgency == urgency]
    alert = Any(tuple(incident.burning(pair.factor(PERIOD), pair.short, pair.long) for pair, _ in pairs))
    noticed = [told for _, told in pairs if told]
    told = (min(first for first, _ in noticed), max(last for _, last in noticed)) if noticed else None
    assert_changes(incident.changes(alert, LONGEST, Duration.parse("7h")), told, incident.length)


@pytest.mark.parametrize("row", [row for row in ROWS if row.quick], ids=named)
def test_a_factor_ten_percent_off_is_seen(row: Row) -> None:
    (pair, told), *_ = row.pairs
    incident = row.incident
    condition = incident.burning(pair.factor(PERIOD) * Decimal("1.1"), pair.short, pair.long)
    with pytest.raises(AssertionError):
        assert_changes(incident.changes(condition, pair.long, Duration.parse("7h")), told, incident.length)
