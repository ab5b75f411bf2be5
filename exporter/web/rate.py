"""A token bucket as golang.org/x/time/rate has it."""

from exporter.web.config import Rate


class Bucket:
    """Full at first; time in seconds is an argument and never runs backwards."""

    def __init__(self, rate: Rate, now: float) -> None:
        self.rate = rate
        self._tokens = float(rate.burst)
        self._at = now

    def take(self, now: float) -> bool:
        """Whether one more request is within the limit; if so it is counted."""
        if self.rate.interval <= 0:
            return True
        self._tokens = min(float(self.rate.burst), self._tokens + (now - self._at) / self.rate.interval)
        self._at = now
        if self._tokens < 1:
            return False
        self._tokens -= 1
        return True
