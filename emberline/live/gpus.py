"""The GPUs as their exporters last said, read from the store."""

from dataclasses import dataclass, field
from math import isfinite
from typing import Final

from dashboards.gpu import (
    CLOCK_REASONS,
    MEMORY_FREE,
    MEMORY_RESERVED,
    MEMORY_USED,
    POWER,
    POWER_LIMIT,
    SM_CLOCK,
    TEMPERATURE,
    THROTTLES,
    UP,
    UTILIZATION,
)
from dashboards.metric import Metric
from emberline.sources.store import Store
from slo.selector import Selector

READ: Final = (
    UTILIZATION,
    MEMORY_USED,
    MEMORY_FREE,
    MEMORY_RESERVED,
    TEMPERATURE,
    POWER,
    POWER_LIMIT,
    SM_CLOCK,
    CLOCK_REASONS,
    UP,
)
"""What must be held for this table, if only briefly."""


@dataclass(frozen=True, slots=True)
class Gpu:
    """One GPU: what its labels say it is, and its newest values in base units by metric name."""

    instance: str
    host: str
    index: str
    model: str
    values: dict[str, float] = field(default_factory=dict)

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


def gpus(store: Store, at: int) -> tuple[Gpu, ...]:
    """Every GPU with a present value at `at` (ms), by instance and index; NaN and infinities are no values."""
    found: dict[tuple[str, str], Gpu] = {}
    for metric in READ:
        for point in store.latest(Selector(metric.name), at):
            labels = dict(point.labels)
            key = (labels.get("instance", ""), labels.get("UUID") or labels.get("gpu", ""))
            gpu = found.setdefault(key, _identified(labels))
            value = point.value * float(metric.factor)
            if isfinite(value):
                gpu.values[metric.name] = value
    return tuple(sorted(found.values(), key=lambda gpu: (gpu.instance, len(gpu.index), gpu.index)))


def _identified(labels: dict[str, str]) -> Gpu:
    host = labels.get("Hostname") or labels.get("hostname", "")
    return Gpu(labels.get("instance", ""), host, labels.get("gpu", ""), labels.get("modelName", ""))
