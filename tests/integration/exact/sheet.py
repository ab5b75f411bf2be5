"""Random samples of many series at once, of counters and of gauges: (series, slot) values and which of them exist."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
Noise = np.random.Generator

SLOTS: Final = 32
STALE: Final = np.array([0x7FF0000000000002], np.uint64).view(np.float64)[0]


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """The samples of series, one row each; `owners` are their cases."""

    owners: NDArray[np.int64]
    values: Floats
    exist: Flags


def counters(noise: Noise, owners: NDArray[np.int64], *, finite: bool = False) -> Sheet:
    """Counters of whole, fractional and huge numbers, and idle ones; some are reset, come late, or are not numbers."""
    shape = (len(owners), SLOTS)
    style = noise.integers(0, 4, (len(owners), 1))
    rises = np.select(
        [style == 0, style == 1, style == 2],
        [noise.integers(0, 30, shape), noise.gamma(0.5, 3.0, shape), noise.integers(0, 1 << 40, shape)],
        0.0,
    )
    firsts = np.select(
        [style == 0, style == 1, style == 2],
        [
            noise.choice([0, 3, 1000], style.shape),
            noise.gamma(0.5, 100.0, style.shape),
            noise.integers(1 << 53, 1 << 56, style.shape),
        ],
        0.0,
    )
    late = np.where(_some(noise, owners, 0.3), noise.integers(1, 20, style.shape), 0)
    firsts = np.where(late > 0, np.where(style == 2, firsts, firsts % 4), firsts)
    born = np.arange(SLOTS) >= late
    values = _counted(firsts, np.where(born, rises, 0.0), _sprinkled(noise, owners, 0.35, 0.1))
    values = np.where((values == 0) & _sprinkled(noise, owners, 0.5, 0.3), -0.0, values)
    return Sheet(owners, values if finite else _odd(noise, owners, values), born)


def gauges(noise: Noise, owners: NDArray[np.int64]) -> Sheet:
    """Gauges of small numbers, of few and of very different ones, and of such that overflow when summed."""
    shape = (len(owners), SLOTS)
    style = noise.choice([0, 0, 1, 1, 2, 2, 3], (len(owners), 1))
    values = np.select(
        [style == 0, style == 1, style == 2],
        [
            noise.normal(0.5, 1.0, shape),
            noise.integers(-2, 4, shape),
            noise.normal(0.0, 1.0, shape) * 10.0 ** noise.integers(-9, 18, shape),
        ],
        noise.choice([-1.0, 1.0, 1.0], style.shape) * noise.uniform(0.2, 1.79, shape) * 1e308,
    )
    values = np.where((values == 0) & _sprinkled(noise, owners, 0.7, 0.5), -0.0, values)
    born = np.arange(SLOTS) >= np.where(_some(noise, owners, 0.2), noise.integers(1, 20, style.shape), 0)
    return Sheet(owners, _odd(noise, owners, values), born)


def shares(noise: Noise, whole: Sheet, most: float) -> Sheet:
    """Counters beside others, of a share of what those count: the buckets of a histogram beside its count."""
    share = most * noise.beta(4.0, 1.0, (len(whole.owners), 1))
    stale = np.isnan(whole.values)
    with np.errstate(invalid="ignore"):
        return Sheet(whole.owners, np.where(stale, whole.values, np.floor(whole.values * share)), whole.exist)


def _counted(firsts: Floats, rises: Floats, resets: Flags) -> Floats:
    risen = np.cumsum(rises, axis=1)
    before = np.maximum.accumulate(np.where(resets, risen - rises, 0.0), axis=1)
    return np.where(np.logical_or.accumulate(resets, axis=1), risen - before, firsts + risen)


def _odd(noise: Noise, owners: NDArray[np.int64], values: Floats) -> Floats:
    """The values with stale markers, other NaN and infinities among them."""
    for odd, share in ((np.inf, 0.04), (-np.inf, 0.02), (np.nan, 0.05), (STALE, 0.12)):
        values = np.where(_sprinkled(noise, owners, share, 0.1), odd, values)
    return values


def _sprinkled(noise: Noise, owners: NDArray[np.int64], share: float, density: float) -> Flags:
    """Places in a share of the series."""
    return _some(noise, owners, share) & (noise.random((len(owners), SLOTS)) < density)


def _some(noise: Noise, owners: NDArray[np.int64], share: float) -> Flags:
    chosen: Flags = noise.random((len(owners), 1)) < share
    return chosen
