"""The model servers as the exporter judges them, read from the store."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from math import isfinite
from typing import Final

from emberline.sources.store import Store
from exporter.targets.catalog import (
    ENDPOINT_UP,
    UP,
    VLLM_KV_CACHE,
    VLLM_MODEL_INFO,
    VLLM_RUNNING,
    VLLM_STATS_LOGGED,
    VLLM_WAITING,
)
from slo.selector import Selector

_NUMBERS: Final = (VLLM_STATS_LOGGED.name, VLLM_RUNNING.name, VLLM_WAITING.name, VLLM_KV_CACHE.name)
HELD: Final = (UP.name, ENDPOINT_UP.name, VLLM_MODEL_INFO.name, *_NUMBERS)
"""What must be held for this table, if only briefly."""


@dataclass(frozen=True, slots=True)
class ModelServer:
    """One vLLM server: whether it answers, which endpoints fail, the models it lists, and what it does now.

    `kv_cache` is a share, 0 to 1, of the fullest engine. Numbers are None where they are not exported: all three are
    while `logs_statistics` is False.
    """

    target: str
    up: bool
    failing: tuple[str, ...]
    models: tuple[str, ...]
    logs_statistics: bool
    running: float | None
    waiting: float | None
    kv_cache: float | None


def model_servers(store: Store, at: int) -> tuple[ModelServer, ...]:
    """Every vLLM server that an exporter has probed by `at` (ms), by name."""
    failing = _grouped(store, ENDPOINT_UP.name, "endpoint", at, lambda value: value != 1)
    models = _grouped(store, VLLM_MODEL_INFO.name, "model_name", at, lambda value: value == 1)
    numbers = [_numbers(store, name, at) for name in _NUMBERS]
    verdicts = {
        label.get("target", ""): point.value == 1
        for point in store.latest(Selector(UP.name), at)
        if (label := dict(point.labels)).get("kind") == "vllm"
    }
    servers = []
    for target, up in sorted(verdicts.items()):
        logged, *rest = (known.get(target) for known in numbers)
        servers.append(ModelServer(target, up, failing.get(target, ()), models.get(target, ()), logged != 0, *rest))
    return tuple(servers)


def _grouped(
    store: Store, metric: str, label: str, at: int, chosen: Callable[[float], bool]
) -> Mapping[str, tuple[str, ...]]:
    """The values of a label by target, of the series with a chosen value."""
    found: dict[str, set[str]] = {}
    for point in store.latest(Selector(metric), at):
        labels = dict(point.labels)
        if chosen(point.value):
            found.setdefault(labels.get("target", ""), set()).add(labels.get(label, ""))
    return {target: tuple(sorted(values)) for target, values in found.items()}


def _numbers(store: Store, metric: str, at: int) -> Mapping[str, float]:
    points = store.latest(Selector(metric), at)
    return {dict(point.labels).get("target", ""): point.value for point in points if isfinite(point.value)}
