"""The demo fleet's vLLM servers as the node's exporter would know them: in pods that hold its GPUs."""

from collections.abc import Iterator
from typing import Final

import numpy as np
from numpy.typing import NDArray

from emberline.demo.component import Component
from emberline.demo.fleet import Fleet
from exporter.joins import Server

PODS: Final = ("llama", "qwen")
_COUNTED: Final = (
    "vllm:prompt_tokens_total",
    "vllm:generation_tokens_total",
    "vllm:request_success_total",
    "vllm:num_requests_running",
    "vllm:num_requests_waiting",
    "vllm:kv_cache_usage_perc",
)
"""In the order of a Server's fields."""


def servers(times: NDArray[np.int64]) -> Iterator[tuple[Server, ...]]:
    """What each of them counted at these moments (ms)."""
    components = [each for each in Fleet.at(int(times[-1])).components if each.name == "vllm"]
    told = dict(zip(PODS, (_told(each, times).T.tolist() for each in components), strict=True))
    for nth in range(times.size):
        yield tuple(Server(f"team/{pod}", ("team", pod), (), *counts[nth]) for pod, counts in told.items())


def _told(component: Component, times: NDArray[np.int64]) -> NDArray[np.float64]:
    """(metric, time) in the order of `_COUNTED`."""
    rows = [row for row, sample in enumerate(component.samples) if sample.name in _COUNTED]
    sums = np.zeros((len(_COUNTED), times.size))
    for row, values in zip(rows, component.values(times, rows), strict=True):
        sums[_COUNTED.index(component.samples[row].name)] += values
    return sums
