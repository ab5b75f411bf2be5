"""How the sums over a window are computed: it is part of the Plan, and both interpreters obey it."""

from dataclasses import dataclass
from typing import TypeAlias

from slo.duration import Duration


@dataclass(frozen=True, slots=True)
class Direct:
    """`increase` over raw samples of the whole window: exact to the bit."""

    length: Duration


@dataclass(frozen=True, slots=True)
class Composed:
    """`sum_over_time` of the increases recorded over `of` at every evaluation in the window.

    Far cheaper for the server over long windows; an event counts once per evaluation that sees it, in bad
    and total alike.
    """

    length: Duration
    of: Duration


Window: TypeAlias = Direct | Composed
