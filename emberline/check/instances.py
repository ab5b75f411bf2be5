"""Which instances of a row a remark is about, and how their events are counted in it."""

from collections.abc import Mapping
from decimal import Decimal

from emberline.words import pairs
from slo.number import plain
from slo.selector import Labels


def highest(values: Mapping[Labels, float]) -> Labels:
    """The instance with the highest value; of several, the first by its labels."""
    return min(values, key=lambda labels: (-values[labels], labels))


def named(worst: Labels, count: int) -> str:
    """` for model=a and 2 more`: the worst of `count` instances; empty where a row has but one."""
    if not worst:
        return ""
    return f" for {pairs(worst)}" + (f" and {count - 1} more" if count > 1 else "")


def events(count: float) -> str:
    """A number of events, a tenth at the finest: increases are extrapolated and seldom whole."""
    return f"{plain(Decimal(f'{count:.1f}'))}"


def ratio(share: float) -> str:
    """A share with four digits, without exponent: shares of events can be very small."""
    return f"{plain(Decimal(f'{share:.4g}'))}"
