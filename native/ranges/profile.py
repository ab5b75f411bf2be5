"""What differs between the versions of Prometheus that this package agrees with."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Profile:
    """The arithmetic of one line of Prometheus releases.

    `closed`: a range of length r at t holds the samples of [t - r, t], not those of (t - r, t], and a lookback reaches
    as far (before 3.0). `zero_first`: the way to the extrapolated zero of a counter bounds the extrapolation before the
    comparison with the threshold, not after it (2.42 does; 3.5.3 does not). `compensated`: `sum` and `avg` over series
    carry a compensation term (since 2.54); functions over time always do. `running_mean`: `avg` moves a mean by each
    value (2.42), where later ones divide the sum.
    """

    closed: bool = False
    zero_first: bool = False
    compensated: bool = True
    running_mean: bool = False


PROM_2_42: Final = Profile(closed=True, zero_first=True, compensated=False, running_mean=True)
PROM_3_5: Final = Profile()
PROM_3_14: Final = Profile()
"""As 3.5, unless start timestamps are stored, which a feature flag there must allow."""
PROFILES: Final[Mapping[str, Profile]] = {"2.42": PROM_2_42, "3.5": PROM_3_5, "3.14": PROM_3_14}
"""Profiles by the release that they were held to, float by float."""
