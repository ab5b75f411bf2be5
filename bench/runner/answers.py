"""What a Prometheus 3.5 answers to `query_range` over the counters of a fleet, and the processor time of that."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Self

import httpx
import numpy as np
from numpy.typing import NDArray

from bench.runner.fleet import Fleet
from bench.runner.rows import counted_by
from bench.runner.ruler import fill
from native.exposition import parse
from rules.promql import Aggregate, Call, text, vector
from slo.duration import Duration
from slo.selector import Selector
from tests.servers import PrometheusServer

_POINTS: Final = 11_000
"""What a Prometheus gives at most of a series in one answer."""
_CPU: Final = "process_cpu_seconds_total"
_PATIENCE: Final = 300

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Answering:
    """A server that holds the counters of a fleet's first services."""

    server: PrometheusServer
    fleet: Fleet
    services: int

    @classmethod
    @contextmanager
    def running(cls, folder: Path, fleet: Fleet, services: int) -> Iterator[Self]:
        """A server with the counters in its blocks, and nothing else to do."""
        fill(folder, _lines(fleet, services))
        with PrometheusServer.running(folder) as server:
            yield cls(server, fleet, services)

    def cpu(self) -> float:
        """Seconds of processor time that the server has taken so far."""
        page = parse(httpx.get(f"{self.server.url}/metrics", timeout=_PATIENCE).content)
        return next(sample.value for sample in page.samples() if sample.name == _CPU)

    def increases(self, windows: Sequence[Duration]) -> Floats:
        """Requests and failures over each window at every evaluation, (window, side, service, time); NaN: absent."""
        return np.stack([np.stack([self._over(sided, window) for sided in _metrics()]) for window in windows])

    def _over(self, metric: Selector, window: Duration) -> Floats:
        """All services in one question, which is cheaper than a question for each."""
        asked = text(Aggregate("sum", Call("increase", (vector(metric, window),)), ("service",)))
        at = self.fleet.evaluations
        found = np.full((self.services, len(at)), np.nan)
        for first in range(0, len(at), _POINTS):
            part = at[first : first + _POINTS] / 1000
            for series in self._matrix(asked, part):
                times, values = np.array(series["values"], np.float64).T
                found[int(series["metric"]["service"]), first + np.searchsorted(part, times)] = values
        return found

    def _matrix(self, asked: str, at: Floats) -> list[dict[str, Any]]:
        parameters = {"query": asked, "start": f"{at[0]:.3f}", "end": f"{at[-1]:.3f}", "step": f"{at[1] - at[0]:g}"}
        answer = httpx.get(f"{self.server.url}/api/v1/query_range", params=parameters, timeout=_PATIENCE)
        answer.raise_for_status()
        found: list[dict[str, Any]] = answer.json()["data"]["result"]
        return found


def _metrics() -> Iterator[Selector]:
    """The counters of all services, without the label that tells them apart."""
    return (Selector(selector.metric) for selector in counted_by(0))


def _lines(fleet: Fleet, services: int) -> Iterator[str]:
    for service in range(services):
        kept = fleet.scraped(service)
        clock = (fleet.clock[kept] // 1000).tolist()
        for selector, row in zip(counted_by(service), fleet.counters(service), strict=True):
            series = text(vector(selector))
            yield from (f"{series} {value!r} {at}\n" for at, value in zip(clock, row[kept].tolist(), strict=True))
