"""The three incidents that the demo tells, from the moment it starts."""

from dataclasses import dataclass
from typing import Final

from emberline.demo.flow import DAY_MS, Span, Traffic

_MINUTE: Final = 60_000
_HOUR: Final = 60 * _MINUTE
_BUSY_HOUR_MS: Final = 13 * _HOUR
HISTORY_MS: Final = 31 * DAY_MS
"""How long the simulated processes have been running when the demo starts."""


@dataclass(frozen=True, slots=True)
class Script:
    """A seed, and the moment the demo starts; everything that happens follows from the two."""

    seed: int
    now_ms: int

    @property
    def origin_ms(self) -> int:
        """When every simulated process was started, its counters at zero."""
        return self.now_ms - HISTORY_MS

    def gateway_errors(self, share: float) -> Span:
        """40 minutes at the busiest hour, five to six days ago: they cost the platform most of a month's budget."""
        start = (self.now_ms - 5 * DAY_MS) // DAY_MS * DAY_MS + _BUSY_HOUR_MS
        start -= DAY_MS if start > self.now_ms - 5 * DAY_MS else 0
        return Span(start, start + 40 * _MINUTE, share)

    @property
    def slow_model(self) -> Span:
        """A model that has been slow for 30 hours: too little for a page, enough for a ticket that still burns."""
        return Span(self.now_ms - 30 * _HOUR, self.now_ms + 48 * _HOUR, 0.18)

    @property
    def failing_payments(self) -> Span:
        """Payments that fail right now, since 35 minutes: the alert that fires when the demo starts; over in 40."""
        return Span(self.now_ms - 35 * _MINUTE, self.now_ms + 40 * _MINUTE, 0.06)

    def traffic(self, name: str, rate: float, usual: float, spans: tuple[Span, ...] = ()) -> Traffic:
        """A flow of events, `rate` a second, of which `usual` are bad, and more during the spans."""
        return Traffic.drawn(name, self.seed, self.origin_ms, rate, usual, spans)
