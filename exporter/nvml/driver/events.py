"""Events of the driver: Xids above all, which are told once and to nobody who has not registered."""

import ctypes
from typing import Any, Final

import pynvml as nvml

from exporter.nvml.driver.handle import Handle

_WANTED: Final = nvml.nvmlEventTypeXidCriticalError

_WHOLE: Final = 0xFFFFFFFF


class Events:
    """One event set for all GPUs; only one thread may use it."""

    def __init__(self) -> None:
        self._set = nvml.nvmlEventSetCreate()
        self._devices: dict[int | None, str] = {}

    def register(self, device: str, handle: Handle) -> None:
        """Be told of this GPU's Xids from now on."""
        nvml.nvmlDeviceRegisterEvents(handle, nvml.nvmlDeviceGetSupportedEventTypes(handle) & _WANTED, self._set)
        self._devices[_address(handle)] = device

    def close(self) -> None:
        """Free the set."""
        nvml.nvmlEventSetFree(self._set)

    def wait(self, milliseconds: int) -> dict[str, Any] | None:
        """The next Xid as device, xid and gpu_instance (None for the whole GPU), or None when none came in time."""
        try:
            data = nvml.nvmlEventSetWait_v2(self._set, milliseconds)
        except nvml.NVMLError_Timeout:
            return None
        device = self._devices.get(_address(data.device))
        if data.eventType != _WANTED or device is None:
            return None
        instance = None if data.gpuInstanceId == _WHOLE else data.gpuInstanceId
        return {"device": device, "xid": data.eventData, "gpu_instance": instance}


def _address(handle: Handle) -> int | None:
    return ctypes.cast(handle, ctypes.c_void_p).value
