"""What differs between the versions of Prometheus that this package agrees with."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Profile:
    """The arithmetic of one line of Prometheus releases.

    `closed`: a range of length r at t holds the samples of [t - r, t], not those of (t - r, t] (before 3.0).
    `zero_last`: the way to the extrapolated zero of a counter bounds the extrapolation after the comparison
    with the threshold, not before it (since 3.6). `compensated`: `sum` over series carries a compensation
    term (since 2.54); `sum_over_time` always does.
    """

    closed: bool = False
    zero_last: bool = False
    compensated: bool = True


PROM_2_42: Final = Profile(closed=True, compensated=False)
PROM_3_5: Final = Profile()
PROM_3_14: Final = Profile(zero_last=True)
"""Without stored start timestamps, which are a feature flag there."""
