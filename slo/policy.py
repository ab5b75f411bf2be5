"""When a burning budget pages and when it files a ticket: window pairs and budget shares; factors are derived.

The pairs and shares are those of the SRE Workbook, chapter 5, for a period of 30 days.
"""

from dataclasses import dataclass
from decimal import Decimal
from math import ceil
from typing import Final, Literal

from slo.duration import Duration
from slo.number import leading, plain

Urgency = Literal["page", "ticket"]

_PATIENCE: Final = Duration.parse("2m")
"""What a restart of whatever is scraped may take."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Alert when `share` of the budget is gone within `long`, as long as `short` still burns."""

    urgency: Urgency
    long: Duration
    short: Duration
    share: Decimal

    def factor(self, period: Duration) -> Decimal:
        """The burn rate that spends `share` of the budget of `period` within `long`: share * period / long."""
        return plain(self.share * period.ms / self.long.ms)


@dataclass(frozen=True, slots=True)
class Policy:
    """The pairs that watch a budget, and how often rules are evaluated."""

    pairs: tuple[Pair, ...]
    interval: Duration

    def of(self, urgency: Urgency) -> tuple[Pair, ...]:
        """The pairs of one urgency, fastest first."""
        return tuple(pair for pair in self.pairs if pair.urgency == urgency)

    def unmeasured(self, objective: Decimal, period: Duration) -> Duration:
        """How long data may be missing: until a total failure would have paged, and two minutes more.

        Pyrra's rule, in whole evaluations: the stricter the objective, the sooner the page would be missed.
        """
        page = self.of("page")[0]
        blind = page.factor(period) * (1 - objective) * page.long.ms + _PATIENCE.ms
        return Duration(ceil(blind / self.interval.ms) * self.interval.ms)

    @property
    def lengths(self) -> tuple[Duration, ...]:
        """Every window that a pair reads, ascending."""
        return tuple(sorted({length for pair in self.pairs for length in (pair.long, pair.short)}))

    def require_room(self, period: Duration) -> None:
        """ValueError where the period is not longer than every window that alerts look back over."""
        if period <= self.lengths[-1]:
            raise ValueError(f"{period} is too short: alerts look back {self.lengths[-1]}")

    def require_reachable(self, objective: Decimal, period: Duration) -> None:
        """ValueError where a pair could never fire: a total failure burns at 1 / (1 - objective), and no faster."""
        budget = 1 - objective
        for pair in self.pairs:
            factor = pair.factor(period)
            if factor * budget >= 1:
                formula = f"f·b = {leading(factor)} · {plain(budget)} = {leading(factor * budget)} >= 1"
                raise ValueError(f"the {pair.urgency} over {pair.long} and {pair.short} could never fire: {formula}")


def _pair(urgency: Urgency, long: str, short: str, share: str) -> Pair:
    return Pair(urgency, Duration.parse(long), Duration.parse(short), Decimal(share))


WORKBOOK: Final = Policy(
    pairs=(
        _pair("page", "1h", "5m", "0.02"),
        _pair("page", "6h", "30m", "0.05"),
        _pair("ticket", "1d", "2h", "0.10"),
        _pair("ticket", "3d", "6h", "0.10"),
    ),
    interval=Duration.parse("1m"),
)
