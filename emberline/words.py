"""How numbers are said on the page."""

from decimal import Decimal
from typing import Final

from slo.number import plain
from slo.selector import Labels

_LONGEST: Final = 120
_HOUR: Final = 3600
_DAY: Final = 86_400
_MINUTE: Final = 60
_PRECISE_BELOW: Final = 10
_NEARLY_WHOLE: Final = 0.9995


def percent(ratio: float, digits: int = 1) -> str:
    """A ratio as `73.4 %`; what is nearly but not wholly 100 % never rounds up to it."""
    if _NEARLY_WHOLE < ratio < 1:
        return f"> {99.9:.{digits}f} %"
    return f"{ratio * 100:.{digits}f} %"


def objective(share: Decimal) -> str:
    """An objective with exactly the digits it was written with: `99.95 %`."""
    return f"{plain(share * 100)} %"


def pairs(labels: Labels) -> str:
    """The labels of an instance: `model_name=llama, namespace=ai-hub`."""
    return ", ".join(f"{name}={value}" for name, value in labels)


def on_a_line(told: str) -> str:
    """What others wrote, such as the value of a label, as part of one line of a terminal, and not too long for it."""
    seen = "".join(each if each.isprintable() else "\N{REPLACEMENT CHARACTER}" for each in told[: _LONGEST + 1])
    return seen if len(told) <= _LONGEST else f"{seen[:_LONGEST]}…"


def age(seconds: float) -> str:
    """A length of time in its largest fitting unit: `42 s`, `7 min`, `3 h`, `2 d`."""
    if seconds < _MINUTE:
        return f"{max(seconds, 0):.0f} s"
    if seconds < _HOUR:
        return f"{seconds / _MINUTE:.0f} min"
    if seconds < _DAY:
        return f"{seconds / _HOUR:.1f} h"
    return f"{seconds / _DAY:.1f} d"


def rate(burn: float) -> str:
    """A burn rate with two digits below ten: `0.42`, `14.4`."""
    return f"{burn:.2f}" if burn < _PRECISE_BELOW else f"{burn:.1f}"
