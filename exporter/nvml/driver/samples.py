"""The driver's rings of samples, drained by one call each."""

import ctypes
from typing import Final

import pynvml as nvml

from exporter.nvml.driver.handle import Handle

_KINDS: Final = {
    "power": nvml.NVML_TOTAL_POWER_SAMPLES,
    "gpu": nvml.NVML_GPU_UTILIZATION_SAMPLES,
    "memory": nvml.NVML_MEMORY_UTILIZATION_SAMPLES,
}

_ROOM: Final = 512
"""Entries of the buffer: rings hold 72 to 120. pynvml asks for the size first, and fails when one is added between."""

_MEMBERS: Final = ("dVal", "uiVal", "ulVal", "ullVal", "sllVal", "siVal", "usVal")  # by nvmlValueType_t


def samples(handle: Handle, kind: str, since: int) -> list[list[float]]:
    """Time in µs of the driver's clock and value of each sample newer than `since`, which is 0 for all; may be none."""
    kept = (nvml.c_nvmlSample_t * _ROOM)()
    count, kind_of_value = ctypes.c_uint(_ROOM), ctypes.c_uint()
    code = _function()(
        handle,
        ctypes.c_uint(_KINDS[kind]),
        ctypes.c_ulonglong(since),
        ctypes.byref(kind_of_value),
        ctypes.byref(count),
        kept,
    )
    if code == nvml.NVML_ERROR_NOT_FOUND:  # an idle GPU takes no samples
        return []
    if code != nvml.NVML_SUCCESS:
        raise nvml.NVMLError(code)
    if kind_of_value.value >= len(_MEMBERS):
        raise nvml.NVMLError(nvml.NVML_ERROR_ARGUMENT_VERSION_MISMATCH)
    member = _MEMBERS[kind_of_value.value]
    return [[entry.timeStamp, getattr(entry.sampleValue, member)] for entry in kept[: min(count.value, _ROOM)]]


def _function() -> Handle:
    """The symbol of the library that pynvml has loaded; an old driver has none."""
    try:
        return ctypes.CDLL("libnvidia-ml.so.1").nvmlDeviceGetSamples
    except AttributeError:
        raise nvml.NVMLError(nvml.NVML_ERROR_FUNCTION_NOT_FOUND) from None
