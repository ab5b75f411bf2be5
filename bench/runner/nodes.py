"""A day of the demo fleet on many nodes, in a Prometheus: each node with eight GPUs, an agent and a Hubble."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import httpx
import numpy as np
from numpy.typing import NDArray

from emberline.demo.component import Component
from emberline.demo.estate import network
from emberline.demo.fleet import Fleet, target
from emberline.sources.identity import identity
from slo.samples import Track
from slo.selector import Labels, labels_of
from tests.dashboards.fleet import NOW, proven, read_by_somebody
from tests.dashboards.gpus import simulated
from tests.dashboards.served import servers
from tests.remote_write import snappy, write_request
from tests.servers import PrometheusServer

MINUTE: Final = 60_000
_SLICE: Final = 30
"""Minutes that are written at a time: a Prometheus takes nothing that is an hour older than its newest sample."""
_BATCH: Final = 2_000
_PATIENCE: Final = 300
_HEADERS: Final = {
    "Content-Encoding": "snappy",
    "Content-Type": "application/x-protobuf",
    "X-Prometheus-Remote-Write-Version": "0.1.0",
}


@dataclass(frozen=True, slots=True, eq=False)
class Past:
    """Series with a value at every minute; `values` is (series, time)."""

    names: tuple[tuple[str, Labels], ...]
    times: NDArray[np.int64]
    values: NDArray[np.float64]

    def write(self, server: PrometheusServer) -> None:
        """Into a server that listens for samples, the oldest first."""
        with httpx.Client(timeout=_PATIENCE) as client:
            for begin in range(0, self.times.size, _SLICE):
                for first in range(0, len(self.names), _BATCH):
                    self._post(client, server.url, begin, first)

    def _post(self, client: httpx.Client, url: str, begin: int, first: int) -> None:
        times, rows = self.times[begin : begin + _SLICE], self.values[first : first + _BATCH, begin : begin + _SLICE]
        named = zip(self.names[first : first + _BATCH], rows, strict=True)
        tracks = (Track(name, labels, times, row) for (name, labels), row in named)
        body = snappy(write_request(tracks))
        client.post(f"{url}/api/v1/write", content=body, headers=_HEADERS).raise_for_status()


def past(folder: Path, nodes: int, hours: int) -> Past:
    """The fleet as it is, what its rules record, and so many nodes."""
    times = np.arange(NOW - hours * 60 * MINUTE, NOW + 1, MINUTE, dtype=np.int64)
    found = [*_fleet(nodes, times), *_gpus(nodes, times), *_recorded(folder, times)]
    names, values = zip(*found, strict=True)
    return Past(tuple(names), times, np.array(values))


Row = tuple[tuple[str, Labels], NDArray[np.float64]]


def _fleet(nodes: int, times: NDArray[np.int64]) -> Iterator[Row]:
    fleet = Fleet.at(NOW)
    names = [f"node-{number}" for number in range(1, nodes + 1)]
    own = [component for component in fleet.components if component.name not in ("hubble", "cilium-agent")]
    for component in (*own, *network.components(fleet.script, names)):
        yield from _page(component, times)


def _page(component: Component, times: NDArray[np.int64]) -> Iterator[Row]:
    kinds = [family.type for family in component.families for _ in family.samples]
    rows = [row for row, sample in enumerate(component.samples) if read_by_somebody(sample.name)]
    scrape = target(component, "http://127.0.0.1:1")
    for row, values in zip(rows, component.values(times, rows), strict=True):
        sample = component.samples[row]
        yield (sample.name, identity(scrape, sample.labels, kinds[row])), values
    yield ("up", scrape.labels), np.ones(times.size)


def _gpus(nodes: int, times: NDArray[np.int64]) -> Iterator[Row]:
    """One node's GPUs, on each: what a question costs does not depend on the values."""
    for (name, labels), row in simulated("node-1", times.tolist(), servers(times)).items():
        if read_by_somebody(name):
            for node in range(1, nodes + 1):
                own = {"job": "gpu", "instance": f"node-{node}:9400", "Hostname": f"node-{node}"}
                known = dict(labels)
                known["UUID"] = f"{node}-{known.get('UUID', '')}"
                yield (name, labels_of({**known, **own})), row


def _recorded(folder: Path, times: NDArray[np.int64]) -> Iterator[Row]:
    """What the rules make of the fleet's last minutes, all day long: as many series, as many samples."""
    with proven(folder) as server:
        for series in server.query('{__name__=~"slo:.*|ALERTS.*"}', at=NOW / 1000):
            labels: dict[str, Any] = series["metric"]
            yield (labels["__name__"], labels_of(labels)), np.full(times.size, float(series["value"][1]))
