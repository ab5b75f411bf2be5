"""An alert's condition as a small tree. One interpreter prints it as PromQL, another computes it over arrays."""

from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Final, TypeAlias

from slo.number import plain
from slo.sli import Bound, Series, Sli
from slo.window import Window

_DIGITS: Final = Context(prec=17)
"""Enough to tell any two floats apart."""


@dataclass(frozen=True, slots=True)
class Burning:
    """The error ratio of `sli` over `window` exceeds `factor` times its budget, strictly.

    A window without events, or with no data, does not burn. Bad time slices are compared with all that fit into the
    window, measured or not: the first bad slice after an idle night is one of sixty in an hour, not one of one. Over
    the period, which is what the objective speaks of, they are compared with the measured ones.
    """

    sli: Sli
    window: Window
    factor: Decimal

    @property
    def threshold(self) -> Decimal:
        """The error ratio above which it burns: a factor that is no finite decimal does not show in it."""
        return plain(_DIGITS.multiply(self.factor, self.sli.budget))

    @property
    def fewest(self) -> Decimal:
        """How many events, or slices, keep a single bad one from burning: 1 / (f·b)."""
        return 1 / self.threshold


@dataclass(frozen=True, slots=True)
class Level:
    """A typed series breaks a bound."""

    series: Series
    bound: Bound


@dataclass(frozen=True, slots=True)
class Unmeasured:
    """Nothing tells good from bad over `window` for any instance of `sli`: no series where some must be.

    Events that do not happen are measured all the same, and so is a slice whose gate is closed: what must be there
    of slices is every series that they read, whatever the window.
    """

    sli: Sli
    window: Window


@dataclass(frozen=True, slots=True)
class All:
    """Every part holds for the same instance."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Any:
    """At least one part holds for the instance."""

    parts: tuple["Condition", ...]


Condition: TypeAlias = Burning | Level | Unmeasured | All | Any
