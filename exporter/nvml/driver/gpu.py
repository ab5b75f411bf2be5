"""One GPU's answers in NVML's own units, each a list in the order of the question's quantities."""

from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

import pynvml as nvml

from exporter.nvml.driver.handle import Handle

Numbers: TypeAlias = list[float | None]

OLDER: Final = (nvml.NVMLError_FunctionNotFound, nvml.NVMLError_ArgumentVersionMismatch)
"""How a driver says that it is older than a function or than the version of its structure."""

GONE: Final = (nvml.NVMLError_GpuIsLost, nvml.NVMLError_ResetRequired, nvml.NVMLError_Uninitialized)
"""What ends an identity: the GPU or the driver is gone."""

_CLOCKS: Final = {"sm": nvml.NVML_CLOCK_SM, "memory": nvml.NVML_CLOCK_MEM, "video": nvml.NVML_CLOCK_VIDEO}
_THRESHOLDS: Final = {
    "shutdown": nvml.NVML_TEMPERATURE_THRESHOLD_SHUTDOWN,
    "slowdown": nvml.NVML_TEMPERATURE_THRESHOLD_SLOWDOWN,
    "gpu_max": nvml.NVML_TEMPERATURE_THRESHOLD_GPU_MAX,
    "memory_max": nvml.NVML_TEMPERATURE_THRESHOLD_MEM_MAX,
}


def _utilization(handle: Handle) -> Numbers:
    rates = nvml.nvmlDeviceGetUtilizationRates(handle)
    return [rates.gpu, rates.memory]


def memory(handle: Handle) -> Numbers:
    """Total, reserved, free and used bytes; before R510 `used` includes what is reserved, and nobody says how much."""
    try:
        sizes = nvml.nvmlDeviceGetMemoryInfo(handle, version=nvml.nvmlMemory_v2)
    except OLDER:
        sizes = nvml.nvmlDeviceGetMemoryInfo(handle)
        return [sizes.total, None, sizes.free, sizes.used]
    return [sizes.total, sizes.reserved, sizes.free, sizes.used]


def _temperature(handle: Handle) -> Numbers:
    try:
        return [nvml.nvmlDeviceGetTemperatureV(handle, nvml.NVML_TEMPERATURE_GPU)]
    except OLDER:
        return [nvml.nvmlDeviceGetTemperature(handle, nvml.NVML_TEMPERATURE_GPU)]


def _clocks_event_reasons(handle: Handle) -> Numbers:
    try:
        return [nvml.nvmlDeviceGetCurrentClocksEventReasons(handle)]
    except OLDER:
        return [nvml.nvmlDeviceGetCurrentClocksThrottleReasons(handle)]


def _bar1(handle: Handle) -> Numbers:
    sizes = nvml.nvmlDeviceGetBAR1MemoryInfo(handle)
    return [sizes.bar1Total, sizes.bar1Free, sizes.bar1Used]


def _vgpu_license(handle: Handle) -> Numbers:
    """0 where no licensed feature is enabled; the state as NVML spells it where one is."""
    found = nvml.nvmlDeviceGetGridLicensableFeatures(handle)
    features = found.gridLicensableFeatures[: found.licensableFeaturesCount]
    return [max((feature.featureState for feature in features if feature.featureEnabled), default=0)]


def _texts(handle: Handle) -> dict[str, str]:
    """What the driver says of a GPU in words; what it does not know is left out."""
    found = {}
    for name, ask in _TEXTS.items():
        try:
            found[name] = ask(handle)
        except GONE:
            raise
        except (nvml.NVMLError, UnicodeDecodeError):  # a damaged inforom is no reason to know nothing of the GPU
            continue
    return found


def _brand(handle: Handle) -> str:
    code = nvml.nvmlDeviceGetBrand(handle)
    return next((name for name, value in _BRANDS.items() if value == code), str(code))


def _optional(ask: Callable[[Handle], float], handle: Handle) -> float | None:
    try:
        return ask(handle)
    except GONE:
        raise
    except nvml.NVMLError:
        return None


def identity(handle: Handle) -> dict[str, Any]:
    """What does not change about the GPU: uuid, pci_bus_id, model, minor (None where not told) and its texts."""
    return {
        "uuid": nvml.nvmlDeviceGetUUID(handle),
        "pci_bus_id": nvml.nvmlDeviceGetPciInfo(handle).busId,
        "model": nvml.nvmlDeviceGetName(handle),
        "minor": _optional(nvml.nvmlDeviceGetMinorNumber, handle),
        "texts": _texts(handle),
    }


def _one(ask: Callable[[Handle], float]) -> Callable[[Handle], Numbers]:
    return lambda handle: [ask(handle)]


def _first(ask: Callable[[Handle], list[float]]) -> Callable[[Handle], Numbers]:
    return lambda handle: [ask(handle)[0]]


_BRANDS: Final = {
    name.removeprefix("NVML_BRAND_").replace("_", " ").title(): value
    for name, value in vars(nvml).items()
    if name.startswith("NVML_BRAND_") and name != "NVML_BRAND_COUNT"
}

_TEXTS: Final[Mapping[str, Callable[[Handle], str]]] = {
    "brand": _brand,
    "serial": nvml.nvmlDeviceGetSerial,
    "vbios_version": nvml.nvmlDeviceGetVbiosVersion,
    "inforom_image_version": nvml.nvmlDeviceGetInforomImageVersion,
    "inforom_oem_version": lambda handle: nvml.nvmlDeviceGetInforomVersion(handle, nvml.NVML_INFOROM_OEM),
    "inforom_ecc_version": lambda handle: nvml.nvmlDeviceGetInforomVersion(handle, nvml.NVML_INFOROM_ECC),
    "inforom_power_version": lambda handle: nvml.nvmlDeviceGetInforomVersion(handle, nvml.NVML_INFOROM_POWER),
}

FUNCTIONS: Final[Mapping[str, Callable[..., Any]]] = {
    "identity": identity,
    "utilization": _utilization,
    "memory": memory,
    "temperature": _temperature,
    "power": _one(nvml.nvmlDeviceGetPowerUsage),
    "clock": lambda handle, kind: [nvml.nvmlDeviceGetClockInfo(handle, _CLOCKS[kind])],
    "clocks_event_reasons": _clocks_event_reasons,
    "encoder": _first(nvml.nvmlDeviceGetEncoderUtilization),
    "decoder": _first(nvml.nvmlDeviceGetDecoderUtilization),
    "jpeg": _first(nvml.nvmlDeviceGetJpgUtilization),
    "optical_flow": _first(nvml.nvmlDeviceGetOfaUtilization),
    "performance_state": _one(nvml.nvmlDeviceGetPerformanceState),
    "fan": _one(nvml.nvmlDeviceGetFanSpeed),
    "persistence_mode": _one(nvml.nvmlDeviceGetPersistenceMode),
    "compute_mode": _one(nvml.nvmlDeviceGetComputeMode),
    "ecc_mode": lambda handle: list(nvml.nvmlDeviceGetEccMode(handle)),
    "mig_mode": _first(nvml.nvmlDeviceGetMigMode),
    "margin": _one(nvml.nvmlDeviceGetMarginTemperature),
    "bar1": _bar1,
    "pcie_generation": _one(nvml.nvmlDeviceGetCurrPcieLinkGeneration),
    "pcie_width": _one(nvml.nvmlDeviceGetCurrPcieLinkWidth),
    "vgpu_license": _vgpu_license,
    "enforced_limit": _one(nvml.nvmlDeviceGetEnforcedPowerLimit),
    "power_limit": _one(nvml.nvmlDeviceGetPowerManagementLimit),
    "default_limit": _one(nvml.nvmlDeviceGetPowerManagementDefaultLimit),
    "limit_range": lambda handle: list(nvml.nvmlDeviceGetPowerManagementLimitConstraints(handle)),
    "threshold": lambda handle, kind: [nvml.nvmlDeviceGetTemperatureThreshold(handle, _THRESHOLDS[kind])],
    "app_clock": lambda handle, kind: [nvml.nvmlDeviceGetApplicationsClock(handle, _CLOCKS[kind])],
    "max_clock": lambda handle, kind: [nvml.nvmlDeviceGetMaxClockInfo(handle, _CLOCKS[kind])],
    "max_pcie_generation": _one(nvml.nvmlDeviceGetMaxPcieLinkGeneration),
    "max_pcie_width": _one(nvml.nvmlDeviceGetMaxPcieLinkWidth),
}
"""What can be asked about the handle of a GPU."""
