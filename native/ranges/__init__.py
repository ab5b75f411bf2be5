"""Range functions as Prometheus computes them, to the last bit, over many series, times and windows at once.

The functions are those of `twin`, which specifies them; `fused` goes from samples to the transitions of alerts.
"""

from native.ranges.algebra import BUCKET, COUNTED, INTERPOLATED, REMAINDER
from native.ranges.kernel import COMPILED, aggregate, increase, latest, over_time, rate, transitions
from native.ranges.profile import PROFILES, PROM_2_42, PROM_3_5, PROM_3_14, Profile
from native.ranges.program import BOTH, EITHER, Program
from native.ranges.series import Series, is_stale
from native.ranges.twin import sum_over_time

__all__ = [
    "BOTH",
    "BUCKET",
    "COMPILED",
    "COUNTED",
    "EITHER",
    "INTERPOLATED",
    "PROFILES",
    "PROM_2_42",
    "PROM_3_5",
    "PROM_3_14",
    "REMAINDER",
    "Profile",
    "Program",
    "Series",
    "aggregate",
    "increase",
    "is_stale",
    "latest",
    "over_time",
    "rate",
    "sum_over_time",
    "transitions",
]
