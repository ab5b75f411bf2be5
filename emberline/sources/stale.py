"""The stale marker: the NaN by which Prometheus says that a series has ended."""

from math import isnan
from struct import pack, unpack
from typing import Final

STALE: Final[float] = unpack("<d", pack("<Q", 0x7FF0000000000002))[0]
"""A value that is no number and no measurement: `model/value` of Prometheus calls it StaleNaN."""


def same_bits(one: float, other: float) -> bool:
    """Whether two values are the same 64 bits, so that a NaN equals itself and 0 differs from -0."""
    return one == other != 0 or pack("<d", one) == pack("<d", other)


def is_stale(value: float) -> bool:
    """Whether a value is the stale marker; other NaNs are values."""
    return isnan(value) and same_bits(value, STALE)
