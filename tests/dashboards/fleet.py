"""An hour of the demo fleet in a real Prometheus: what its pages say, and what the generated rules make of it."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any, Final

import numpy as np

from dashboards.catalog import METRICS
from emberline.demo.component import Component
from emberline.demo.fleet import Fleet, target
from emberline.sources.identity import identity
from rules.grouping import groups
from rules.promql import text
from rules.rule import Alerting, Recording
from slo.plan import selectors
from slo.samples import Track
from slo.selector import Labels, labels_of
from tests.dashboards.gpus import simulated
from tests.dashboards.served import servers
from tests.remote_write import RECEIVER, remote_write
from tests.rules.plans import shipped_plans
from tests.servers import PrometheusServer

NOW: Final = 1_795_400_000_000
STEP: Final = 15_000
TIMES: Final = np.arange(NOW - 59 * 60_000, NOW + 1, STEP, dtype=np.int64)
"""Less than an hour: an empty Prometheus takes samples that are half a block older than the newest."""
RULED: Final = (NOW / 1000 - 360, NOW / 1000, 30.0)
"""First and last evaluation of the rules, and the time between two, in seconds."""
_BATCH: Final = 400
_SUFFIXES: Final = ("_bucket", "_sum", "_count")


@contextmanager
def proven(folder: Path) -> Iterator[PrometheusServer]:
    """A server that holds the fleet's last hour, and six minutes of recordings and alerts."""
    with PrometheusServer.running(folder, arguments=(RECEIVER,)) as server:
        written(server, scraped())
        for batch in rounds():
            written(server, [track for rule in batch for track in evaluated(server, rule)])
        yield server


def written(server: PrometheusServer, tracks: Sequence[Track]) -> None:
    """Samples in requests of a size that the server takes."""
    for start in range(0, len(tracks), _BATCH):
        remote_write(server.url, tracks[start : start + _BATCH])


@cache
def scraped() -> tuple[Track, ...]:
    """What scraping the fleet, and a node with simulated GPUs, would have brought."""
    components = Fleet.at(NOW).components
    fleet = (track for component in components for track in _of(component))
    targets = (target(component, "http://127.0.0.1:1").labels for component in components)
    return (*fleet, *_gpus(), *(Track("up", labels, TIMES, np.ones(len(TIMES))) for labels in targets))


def read_by_somebody(name: str) -> bool:
    """Whether a panel or a row reads a series of this name."""
    bases = {name, *(name.removesuffix(suffix) for suffix in _SUFFIXES)}
    return bool(bases & set(METRICS)) or name in {selector.metric for selector in selectors(shipped_plans())}


def _of(component: Component) -> Iterator[Track]:
    kinds = [family.type for family in component.families for _ in family.samples]
    rows = [row for row, sample in enumerate(component.samples) if read_by_somebody(sample.name)]
    scrape = target(component, "http://127.0.0.1:1")
    for row, values in zip(rows, component.values(TIMES, rows), strict=True):
        sample = component.samples[row]
        yield Track(sample.name, identity(scrape, sample.labels, kinds[row]), TIMES, values)


def _gpus() -> Iterator[Track]:
    for (name, labels), values in simulated("node-1", TIMES.tolist(), servers(TIMES)).items():
        if read_by_somebody(name):
            yield Track(name, labels_of([*labels, ("job", "gpu"), ("instance", "node-1:9400")]), TIMES, values)


def rounds() -> Iterator[list[Recording | Alerting]]:
    """The first rule of every row's group, then the second, then those of their budgets: each after what it reads."""
    for part in zip(*map(groups, shipped_plans()), strict=True):
        for nth in range(max(len(group.rules) for group in part)):
            yield [group.rules[nth] for group in part if nth < len(group.rules)]


def evaluated(server: PrometheusServer, rule: Recording | Alerting) -> Iterator[Track]:
    """What a rule records over the last minutes; of an alert, that it fires, as if it waited for nothing."""
    for series in server.query_range(text(rule.expr), *RULED):
        found = {key: value for key, value in series["metric"].items() if key != "__name__"}
        times, values = _points(series)
        if isinstance(rule, Recording):
            yield Track(rule.record, labels_of({**found, **dict(rule.labels)}), times, values)
            continue
        labels = {**found, **dict(rule.labels), "alertname": rule.alert}
        firing: Labels = labels_of({**labels, "alertstate": "firing"})
        yield Track("ALERTS", firing, times, np.ones(len(times)))
        yield Track("ALERTS_FOR_STATE", labels_of(labels), times, np.full(len(times), times[0] / 1000))


def _points(
    series: dict[str, Any],
) -> tuple[np.ndarray[Any, np.dtype[np.int64]], np.ndarray[Any, np.dtype[np.float64]]]:
    at, values = zip(*series["values"], strict=True)
    return np.array([round(1000 * each) for each in at], np.int64), np.array(list(map(float, values)))
