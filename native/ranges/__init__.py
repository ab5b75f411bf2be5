"""Range functions as Prometheus computes them, to the last bit, over many series and times at once.

The functions are those of `twin`, which specifies them.
"""

from native.ranges.profile import PROM_2_42, PROM_3_5, Profile
from native.ranges.twin import increase, is_stale, rate, sum_over_time, sum_series

__all__ = [
    "PROM_2_42",
    "PROM_3_5",
    "Profile",
    "increase",
    "is_stale",
    "rate",
    "sum_over_time",
    "sum_series",
]
