"""The MIG instances of a GPU, as they are at the moment."""

from collections.abc import Iterator
from typing import Any

import pynvml as nvml

from exporter.nvml.driver.handle import Handle

_ABSENT = (nvml.NVMLError_NotFound, nvml.NVMLError_InvalidArgument)


def handles(gpu: Handle) -> Iterator[tuple[int, Handle]]:
    """Index and handle of each MIG instance; nothing where MIG is off."""
    if not nvml.nvmlDeviceGetMigMode(gpu)[0]:
        return
    for index in range(nvml.nvmlDeviceGetMaxMigDeviceCount(gpu)):
        try:
            yield index, nvml.nvmlDeviceGetMigDeviceHandleByIndex(gpu, index)
        except _ABSENT:
            continue


def describe(handle: Handle) -> dict[str, Any]:
    """UUID, ids of GPU instance and compute instance, and profile such as `1g.10gb`."""
    return {
        "uuid": nvml.nvmlDeviceGetUUID(handle),
        "gpu_instance": nvml.nvmlDeviceGetGpuInstanceId(handle),
        "compute_instance": nvml.nvmlDeviceGetComputeInstanceId(handle),
        "profile": _profile(handle),
    }


def _profile(handle: Handle) -> str:
    """From the name, `NVIDIA H100 80GB HBM3 MIG 1g.10gb`; a name without it leaves the sizes to be read."""
    _, found, profile = nvml.nvmlDeviceGetName(handle).rpartition(" MIG ")
    if found:
        return str(profile)
    sizes = nvml.nvmlDeviceGetAttributes_v2(handle)
    return f"{sizes.gpuInstanceSliceCount}g.{round(sizes.memorySizeMB / 1024)}gb"
