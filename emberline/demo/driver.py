"""What moves the numbers of a page: each driver is a function of time alone."""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from emberline.demo.flow import Flow, Span, Traffic


class Driver(Protocol):
    """A quantity over time; equal drivers are computed once a page."""

    def at(self, times: NDArray[np.int64]) -> NDArray[np.float64]:
        """(time,) float64 at these moments (ms)."""
        ...


@dataclass(frozen=True, slots=True)
class One:
    """1 at all times: what multiplies it is a constant."""

    def at(self, times: NDArray[np.int64]) -> NDArray[np.float64]:
        """(time,) ones."""
        return np.ones(times.shape)


@dataclass(frozen=True, slots=True)
class All:
    """Every event of a flow, counted."""

    flow: Flow

    def at(self, times: NDArray[np.int64]) -> NDArray[np.float64]:
        """(time,) whole events since the origin."""
        return np.floor(self.flow.events(times))


@dataclass(frozen=True, slots=True)
class Good:
    """The good events of a traffic, counted."""

    traffic: Traffic

    def at(self, times: NDArray[np.int64]) -> NDArray[np.float64]:
        """(time,) whole good events since the origin."""
        return np.floor(self.traffic.good(times))


@dataclass(frozen=True, slots=True)
class Bad:
    """The bad events of a traffic, counted."""

    traffic: Traffic

    def at(self, times: NDArray[np.int64]) -> NDArray[np.float64]:
        """(time,) whole bad events since the origin."""
        return np.floor(self.traffic.bad(times))


@dataclass(frozen=True, slots=True)
class Rate:
    """How fast a flow runs; with a mean of 1 it is a level that sways around 1."""

    flow: Flow

    def at(self, times: NDArray[np.int64]) -> NDArray[np.float64]:
        """(time,) events a second."""
        return self.flow.rate_at(times)


@dataclass(frozen=True, slots=True)
class During:
    """The share of a span while it lasts, 0 otherwise."""

    span: Span

    def at(self, times: NDArray[np.int64]) -> NDArray[np.float64]:
        """(time,) the share or 0."""
        inside = (times >= self.span.start_ms) & (times < self.span.end_ms)
        return np.where(inside, self.span.share, 0.0)
