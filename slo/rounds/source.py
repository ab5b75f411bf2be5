"""What live evaluation reads: a store whose windows move along with time."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from native.ranges import Profile
from slo.samples import Samples
from slo.selector import Labels, Selector


class Moving(Protocol):
    """Windows over series that go on from one evaluation to the next."""

    def increase(self, at: int) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
        """`increase` over every window at `at`, (window, series) with presence; `at` never goes back."""
        ...


class History(Samples, Protocol):
    """Samples that are held, and that more samples join."""

    @property
    def version(self) -> int:
        """Another number once a series has come or gone."""
        ...

    @property
    def shortened_to(self) -> int | None:
        """Since when samples are held, had older ones to go before their time; None if none had."""
        ...

    def arrivals(self) -> int | None:
        """The oldest time of the samples that have come since this was last asked; None where none have."""
        ...

    def numbers(self, selector: Selector) -> Sequence[tuple[int, Labels]]:
        """The series that a selector picks, by number, in the order of a Prometheus."""
        ...

    def moving(
        self, series: NDArray[np.int64], offsets: NDArray[np.int64], lengths: NDArray[np.int64], profile: Profile
    ) -> Moving:
        """Window j of every series, at `at`: the one of lengths[j] ms that ends offsets[j] ms before."""
        ...
