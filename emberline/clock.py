"""The clock of the control plane: the one place that reads it for evaluations and scrapes."""

from time import time_ns


def wall_clock() -> int:
    """Milliseconds since the epoch."""
    return time_ns() // 1_000_000
