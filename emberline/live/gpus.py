"""The GPUs as their exporters last said, read from the store."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from math import isfinite
from typing import Final, NamedTuple

import numpy as np

from dashboards.gpu import (
    BUSY,
    CLOCK_REASONS,
    MEMORY_FREE,
    MEMORY_RESERVED,
    MEMORY_USED,
    POWER,
    POWER_LIMIT,
    POWER_MAX,
    SM_CLOCK,
    TEMPERATURE,
    THROTTLES,
    UP,
    UTILIZATION,
    UTILIZATION_MAX,
    UTILIZATION_P95,
)
from dashboards.metric import Metric
from emberline.sources.keep import BRIEF
from emberline.sources.store import Store
from exporter.gpu_metrics import XIDS
from slo.samples import Track
from slo.selector import Selector

READ: Final = (
    UTILIZATION,
    UTILIZATION_MAX,
    UTILIZATION_P95,
    BUSY,
    MEMORY_USED,
    MEMORY_FREE,
    MEMORY_RESERVED,
    TEMPERATURE,
    POWER,
    POWER_MAX,
    POWER_LIMIT,
    SM_CLOCK,
    CLOCK_REASONS,
    UP,
)
"""Values that this table shows by name."""
STATE: Final = "emberline_gpu_state"
_SHARES: Final = "emberline_pod_gpu_memory_bytes"
HELD: Final = (*(metric.name for metric in READ), STATE, XIDS.name, _SHARES)
"""What must be held for this table, if only briefly."""


class Owner(NamedTuple):
    """A container that holds a GPU, or a part of one."""

    namespace: str
    pod: str
    container: str


@dataclass(frozen=True, slots=True)
class Gpu:
    """One GPU or MIG device: what its labels say it is, and its newest values in base units by metric name.

    `state` is the exporter's word for how it answers, empty where none is exported. `xids` counts the driver's error
    events by code, without those that never happened. `busy` is the mean utilisation, 0 to 1, of the time that is held,
    an hour at most, from a counter that misses nothing.
    """

    instance: str
    host: str
    index: str
    model: str
    values: dict[str, float] = field(default_factory=dict)
    part: str = ""
    state: str = ""
    xids: dict[str, int] = field(default_factory=dict)
    owners: tuple[Owner, ...] = ()
    busy: float | None = None

    def value(self, metric: Metric) -> float | None:
        """The newest value in the metric's unit, None where it is not exported."""
        return self.values.get(metric.name)

    @property
    def memory_size(self) -> float | None:
        """All framebuffer memory in bytes; what is reserved counts where it is told."""
        used, free = self.value(MEMORY_USED), self.value(MEMORY_FREE)
        return None if used is None or free is None else used + free + (self.value(MEMORY_RESERVED) or 0)

    @property
    def throttles(self) -> tuple[str, ...]:
        """Why the GPU runs slower than it could; empty when it does not."""
        reasons = int(self.value(CLOCK_REASONS) or 0)
        return tuple(name for bit, name in THROTTLES.items() if reasons & bit)


@dataclass(slots=True)
class _Seen:
    """What has been found of a GPU so far."""

    labels: dict[str, str] = field(default_factory=dict)
    values: dict[str, float] = field(default_factory=dict)
    states: set[str] = field(default_factory=set)
    xids: dict[str, int] = field(default_factory=dict)
    owners: set[Owner] = field(default_factory=set)
    busy: float | None = None

    def gpu(self) -> Gpu:
        """The same, for good."""
        label = self.labels.get
        host = label("Hostname") or label("hostname", "")
        part = " ".join(filter(None, (label("GPU_I_PROFILE", ""), label("GPU_I_ID", ""))))
        state = min(self.states, default="")
        where = (label("instance", ""), host, label("gpu", ""), label("modelName", ""))
        return Gpu(*where, self.values, part, state, self.xids, tuple(sorted(self.owners)), self.busy)


def gpus(store: Store, at: int) -> tuple[Gpu, ...]:
    """Every GPU with a present value at `at` (ms), by instance and index; NaN and infinities are no values."""
    found: dict[tuple[str, str, str], _Seen] = {}
    for name, factor, labels, value in _points(store, at):
        seen = found.setdefault(_key(labels), _Seen())
        seen.labels.update(labels)
        seen.owners.update(_owner(labels))
        if not isfinite(value):
            continue
        if name == STATE:
            seen.states.update([labels.get("state", "")] if value else [])
        elif name == XIDS.name:
            seen.xids.update({labels.get("xid", ""): int(value)} if value else {})
        elif name != _SHARES:
            seen.values[name] = value * factor
    for track in store.within(Selector(BUSY.name), at - BRIEF.ms, at):
        if (seen_busy := found.get(_key(dict(track.labels)))) is not None:
            seen_busy.busy = _busy(track)
    return tuple(sorted((seen.gpu() for seen in found.values()), key=_order))


def _points(store: Store, at: int) -> Iterator[tuple[str, float, dict[str, str], float]]:
    factors = {metric.name: float(metric.factor) for metric in READ}
    for name in HELD:
        for point in store.latest(Selector(name), at):
            yield name, factors.get(name, 1.0), dict(point.labels), point.value


def _owner(labels: dict[str, str]) -> Iterator[Owner]:
    """Who holds it, if anyone does: the labels are named in the new way or in the old one."""
    for namespace, pod, container in (Owner._fields, ("pod_namespace", "pod_name", "container_name")):
        if found := labels.get(pod):
            yield Owner(labels.get(namespace, ""), found, labels.get(container, ""))


def _key(labels: dict[str, str]) -> tuple[str, str, str]:
    return labels.get("instance", ""), labels.get("UUID") or labels.get("gpu", ""), labels.get("GPU_I_ID", "")


def _order(gpu: Gpu) -> tuple[str, int, str, str]:
    return gpu.instance, len(gpu.index), gpu.index, gpu.part


def _busy(track: Track) -> float | None:
    """The rise of a counter per second of what is held; after a restart it begins at zero."""
    known = np.isfinite(track.values)
    times, values = track.timestamps[known], track.values[known]
    if len(times) < 2:  # noqa: PLR2004 - a rise takes two
        return None
    steps = np.diff(values)
    return float(np.where(steps < 0, values[1:], steps).sum() * 1000 / (times[-1] - times[0]))
