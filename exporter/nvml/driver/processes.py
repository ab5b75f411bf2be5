"""The processes on a GPU: what they hold now, and how busy they were since the last question."""

from typing import Final

import pynvml as nvml

from exporter.nvml.driver.handle import Handle

_RUNNING: Final = (
    nvml.nvmlDeviceGetComputeRunningProcesses_v3,
    nvml.nvmlDeviceGetGraphicsRunningProcesses_v3,
    nvml.nvmlDeviceGetMPSComputeRunningProcesses_v3,
)


def processes(handle: Handle) -> list[list[int | None]]:
    """Process id and bytes held (None where the driver does not say) of each process; a slow question."""
    held: dict[int, int | None] = {}
    for running in _RUNNING:
        try:
            found = running(handle)
        except (nvml.NVMLError_NotSupported, nvml.NVMLError_FunctionNotFound):
            continue
        held |= {process.pid: process.usedGpuMemory for process in found}
    return [[pid, held[pid]] for pid in sorted(held)]


def uses(handle: Handle, since: int) -> list[list[int]]:
    """Time in µs of the driver's clock, process id and percent of each sample newer than `since`; may be none.

    The first question after the start has all that the ring holds.
    """
    try:
        found = nvml.nvmlDeviceGetProcessUtilization(handle, since)
    except nvml.NVMLError_NotFound:
        return []
    return [[sample.timeStamp, sample.pid, sample.smUtil] for sample in found if sample.timeStamp > since]
