"""What differs between the versions of Prometheus that this package agrees with."""

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Profile:
    """The arithmetic of one line of Prometheus releases.

    `closed`: a range of length r at t holds the samples of [t - r, t], not those of (t - r, t] (before 3.0).
    `zero_first`: the way to the extrapolated zero of a counter bounds the extrapolation before the comparison
    with the threshold, not after it (2.42 does; 3.5.3 does not). `compensated`: `sum` over series carries a
    compensation term (since 2.54); `sum_over_time` always does.
    """

    closed: bool = False
    zero_first: bool = False
    compensated: bool = True


PROM_2_42: Final = Profile(closed=True, zero_first=True, compensated=False)
PROM_3_5: Final = Profile()
"""Later releases up to 3.14 compute alike unless start timestamps are stored, a feature flag there."""
