"""Profiling metrics through GPM, which Hopper and later have: what happened between two samples of ours."""

from collections.abc import Sequence
from threading import Lock
from typing import Final

import pynvml as nvml

from exporter.nvml.ask import TIMEOUT, DriverError
from exporter.nvml.driver.handle import Handle

_PATIENCE: Final = 0.2
Key = tuple[str, int | None]
"""A GPU, and the id of one of its GPU instances."""


class Profiler:
    """Keeps two samples for each GPU or instance and compares them.

    Drivers have crashed when several GPUs were sampled at once, so this happens one at a time.
    """

    def __init__(self) -> None:
        self._samples: dict[Key, list[Handle]] = {}
        self._turn = Lock()

    def keep(self, device: str, instances: set[int]) -> None:
        """Forget the instances of a GPU that are no more: one that comes with the same id is another."""
        for key in list(self._samples):
            if key[0] == device and key[1] is not None and key[1] not in instances:
                self._forget(key)

    def metrics(self, device: str, handle: Handle, instance: int | None, wanted: Sequence[int]) -> list[list[float]]:
        """A return code and a value for each metric id since the call before, nothing at the first call.

        `instance` is the id of a GPU instance on the GPU of that handle.
        """
        key = device, instance
        if not self._turn.acquire(timeout=_PATIENCE):
            raise DriverError(TIMEOUT, "another GPU is being profiled")
        try:
            return self._compare(key, handle, wanted)
        except nvml.NVMLError:
            self._forget(key)
            raise
        finally:
            self._turn.release()

    def _compare(self, key: Key, handle: Handle, wanted: Sequence[int]) -> list[list[float]]:
        kept, instance = self._samples.get(key), key[1]
        if kept is None:
            if not nvml.nvmlGpmQueryDeviceSupport(handle).isSupportedDevice:
                raise nvml.NVMLError(nvml.NVML_ERROR_NOT_SUPPORTED)
            kept = [nvml.nvmlGpmSampleAlloc(), nvml.nvmlGpmSampleAlloc()]
            _take(handle, instance, kept[0])
            self._samples[key] = kept
            return []
        older, newer = kept
        _take(handle, instance, newer)
        self._samples[key] = [newer, older]
        return _difference(older, newer, wanted)

    def _forget(self, key: Key) -> None:
        for sample in self._samples.pop(key, ()):
            nvml.nvmlGpmSampleFree(sample)


def _take(handle: Handle, instance: int | None, sample: Handle) -> None:
    if instance is None:
        nvml.nvmlGpmSampleGet(handle, sample)
    else:
        nvml.nvmlGpmMigSampleGet(handle, instance, sample)


def _difference(older: Handle, newer: Handle, wanted: Sequence[int]) -> list[list[float]]:
    question = nvml.c_nvmlGpmMetricsGet_t()
    question.version = nvml.NVML_GPM_METRICS_GET_VERSION
    question.numMetrics = len(wanted)
    question.sample1, question.sample2 = older, newer
    for index, metric in enumerate(wanted):
        question.metrics[index].metricId = metric
    nvml.nvmlGpmMetricsGet(question)
    return [[answer.nvmlReturn, answer.value] for answer in question.metrics[: len(wanted)]]
