"""The driver's answers about one GPU, in the units of the metrics: every call into pynvml is in this file.

Each function is called at most once per GPU and reading, and all field ids share one call. A function that this
driver or GPU does not have leaves its metrics out; only a GPU that is gone ends the reading.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final, TypeAlias

import pynvml as nvml

from exporter.nvml import metrics as m
from exporter.nvml.metrics import Metric
from exporter.nvml.reading import Identity, State

Handle: TypeAlias = Any
Pairs: TypeAlias = Iterable[tuple[Metric, float]]

OLDER: Final = (nvml.NVMLError_FunctionNotFound, nvml.NVMLError_ArgumentVersionMismatch)
"""How a driver says that it is older than a function or than the version of its structure."""

GONE: Final[dict[int, State]] = {nvml.NVML_ERROR_GPU_IS_LOST: "lost", nvml.NVML_ERROR_RESET_REQUIRED: "reset_required"}
"""Return codes after which no other call about this GPU can succeed."""

_MEBIBYTE: Final = 2**20

_UNION: Final = ("dVal", "uiVal", "ulVal", "ullVal", "sllVal", "siVal", "usVal")  # by nvmlValueType_t

_FIELDS: Final = (
    # Drivers around R545 give the wrong value type here, so the member is ours to choose.
    (m.MEMORY_TEMP, nvml.NVML_FI_DEV_MEMORY_TEMP, "uiVal"),
    (m.ENERGY, nvml.NVML_FI_DEV_TOTAL_ENERGY_CONSUMPTION, None),
    (m.PCIE_REPLAY, nvml.NVML_FI_DEV_PCIE_REPLAY_COUNTER, None),
    (m.REMAPPED_UNCORRECTABLE, nvml.NVML_FI_DEV_REMAPPED_UNC, None),
    (m.REMAPPED_CORRECTABLE, nvml.NVML_FI_DEV_REMAPPED_COR, None),
    (m.REMAP_FAILURE, nvml.NVML_FI_DEV_REMAPPED_FAILURE, None),
)


def _utilization(handle: Handle) -> Pairs:
    rates = nvml.nvmlDeviceGetUtilizationRates(handle)
    return (m.GPU_UTIL, rates.gpu), (m.MEM_COPY_UTIL, rates.memory)


def _memory(handle: Handle) -> Pairs:
    try:
        memory = nvml.nvmlDeviceGetMemoryInfo(handle, version=nvml.nvmlMemory_v2)
    except OLDER:
        # Before R510 `used` includes what is reserved, and nothing says how much that is.
        memory = nvml.nvmlDeviceGetMemoryInfo(handle)
        return (m.FB_FREE, memory.free // _MEBIBYTE), (m.FB_USED, memory.used // _MEBIBYTE)
    sizes = (m.FB_FREE, memory.free), (m.FB_USED, memory.used), (m.FB_RESERVED, memory.reserved)
    return [(metric, size // _MEBIBYTE) for metric, size in sizes]


def _temperature(handle: Handle) -> Pairs:
    try:
        return [(m.GPU_TEMP, nvml.nvmlDeviceGetTemperatureV(handle, nvml.NVML_TEMPERATURE_GPU))]
    except OLDER:
        return [(m.GPU_TEMP, nvml.nvmlDeviceGetTemperature(handle, nvml.NVML_TEMPERATURE_GPU))]


def _power(handle: Handle) -> Pairs:
    return [(m.POWER_USAGE, nvml.nvmlDeviceGetPowerUsage(handle) / 1000)]


def _power_limit(handle: Handle) -> Pairs:
    return [(m.POWER_LIMIT, nvml.nvmlDeviceGetEnforcedPowerLimit(handle) / 1000)]


def _sm_clock(handle: Handle) -> Pairs:
    return [(m.SM_CLOCK, nvml.nvmlDeviceGetClockInfo(handle, nvml.NVML_CLOCK_SM))]


def _mem_clock(handle: Handle) -> Pairs:
    return [(m.MEM_CLOCK, nvml.nvmlDeviceGetClockInfo(handle, nvml.NVML_CLOCK_MEM))]


def _encoder(handle: Handle) -> Pairs:
    return [(m.ENC_UTIL, nvml.nvmlDeviceGetEncoderUtilization(handle)[0])]


def _decoder(handle: Handle) -> Pairs:
    return [(m.DEC_UTIL, nvml.nvmlDeviceGetDecoderUtilization(handle)[0])]


def _clock_reasons(handle: Handle) -> Pairs:
    try:
        return [(m.CLOCK_REASONS, nvml.nvmlDeviceGetCurrentClocksEventReasons(handle))]
    except OLDER:
        return [(m.CLOCK_REASONS, nvml.nvmlDeviceGetCurrentClocksThrottleReasons(handle))]


def _fields(handle: Handle) -> Iterator[tuple[Metric, float]]:
    answers = nvml.nvmlDeviceGetFieldValues(handle, [field for _, field, _ in _FIELDS])
    for (metric, _, member), answer in zip(_FIELDS, answers, strict=True):
        if answer.nvmlReturn == nvml.NVML_SUCCESS and answer.valueType < len(_UNION):
            yield metric, getattr(answer.value, member or _UNION[answer.valueType])


_CALLS: Final[tuple[Callable[[Handle], Pairs], ...]] = (
    _utilization,
    _memory,
    _temperature,
    _power,
    _power_limit,
    _sm_clock,
    _mem_clock,
    _encoder,
    _decoder,
    _clock_reasons,
    _fields,
)


def values(handle: Handle) -> dict[str, float]:
    """Believable values by metric name; raises NVMLError when the GPU is gone or answers nothing at all."""
    found: dict[str, float] = {}
    refused: Exception | None = None
    for call in _CALLS:
        try:
            found |= {metric.name: value for metric, value in call(handle) if metric.least <= value <= metric.most}
        except nvml.NVMLError as error:
            if error.value in GONE:
                raise
            refused = error
    if refused and not found:
        raise refused
    return found


def identity(handle: Handle) -> Identity:
    """What does not change about the GPU behind a handle."""
    return Identity(
        uuid=nvml.nvmlDeviceGetUUID(handle),
        pci_bus_id=nvml.nvmlDeviceGetPciInfo(handle).busId,
        model=nvml.nvmlDeviceGetName(handle),
    )
