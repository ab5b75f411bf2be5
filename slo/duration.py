"""Lengths of time as Prometheus writes them."""

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, Self

_UNITS: Final = {
    "y": 365 * 86_400_000,
    "w": 7 * 86_400_000,
    "d": 86_400_000,
    "h": 3_600_000,
    "m": 60_000,
    "s": 1_000,
    "ms": 1,
}
_LONGEST_MS: Final = (2**63 - 1) // 1_000_000
"""Prometheus counts nanoseconds in 64 bits: 292 years."""
_SHAPE: Final = re.compile("".join(f"(?:([0-9]{{1,19}}){unit})?" for unit in _UNITS))


@dataclass(frozen=True, slots=True, order=True)
class Duration:
    """A length of time in whole milliseconds; `str` is its shortest Prometheus spelling."""

    ms: int

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read `1h30m`, largest unit first and each unit once; ValueError for anything else."""
        shape = _SHAPE.fullmatch(text)
        if not text or shape is None:
            msg = f"{text!r} is not a duration such as 30s, 5m, 6h, 1d or 1h30m"
            raise ValueError(msg)
        parts = zip(shape.groups(), _UNITS.values(), strict=True)
        ms = sum(int(count) * unit for count, unit in parts if count)
        if ms > _LONGEST_MS:
            raise ValueError(f"{text} is longer than Prometheus can count")
        return cls(ms)

    @property
    def seconds(self) -> float:
        """The same length in seconds."""
        return self.ms / 1000

    def __str__(self) -> str:
        """Spell it with the largest unit that divides it, so that `3d` stays `3d` and 90 minutes are `90m`."""
        return _spelled(self.ms)


@lru_cache(maxsize=4096)  # the same few windows, in every rule
def _spelled(ms: int) -> str:
    if ms == 0:
        return "0s"
    unit = next(unit for unit in ("d", "h", "m", "s", "ms") if ms % _UNITS[unit] == 0)
    return f"{ms // _UNITS[unit]}{unit}"
