"""The curve of a burn-down as paths and words, drawn by the server: no script has a part in it."""

from datetime import UTC, datetime
from typing import Final

import numpy as np

from emberline import words
from emberline.live.burndown import BurnDown
from emberline.live.view import ChartView

_SIZE: Final = 100.0
_DAY_MS: Final = 86_400_000


def chart(curve: BurnDown) -> ChartView:
    """The curve in a box of 100 by 100: time from left to right, the share left upwards, nothing left at `zero`.

    The box holds all of the budget and no less than none of it; of what is overspent as much as there is.
    """
    bottom = min(0.0, float(curve.left.min()))
    across = (curve.times - curve.times[0]) / max(1, int(curve.times[-1] - curve.times[0])) * _SIZE
    down = (1 - curve.left) / (1 - bottom) * _SIZE
    zero = _SIZE / (1 - bottom)
    line = "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in zip(across, down, strict=True))
    return ChartView(
        line=line,
        area=f"{line} L{_SIZE:.0f} {zero:.1f} L0 {zero:.1f} Z",
        zero=f"{zero:.1f}",
        top="100 %",
        bottom=words.percent(bottom, 0),
        first=_day(int(curve.times[0])),
        last=_day(int(curve.times[-1])),
        days=_days(curve),
    )


def _days(curve: BurnDown) -> tuple[tuple[str, str], ...]:
    """The last point of each whole day before the end, and the end itself, newest first."""
    ages = (curve.times[-1] - curve.times) // _DAY_MS
    places = np.flatnonzero(np.diff(ages, append=-1))[::-1]
    return tuple((_day(int(curve.times[place])), words.percent(float(curve.left[place]))) for place in places)


def _day(at: int) -> str:
    return f"{datetime.fromtimestamp(at / 1000, UTC):%d %b %H:%M} UTC"
