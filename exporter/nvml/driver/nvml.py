"""NVML behind the one question: handles and structures stay in here, plain data comes out."""

from typing import Any

import pynvml as nvml

from exporter.nvml.ask import NODE, UNKNOWN, Answer, Argument, Device, DriverError
from exporter.nvml.driver import instances
from exporter.nvml.driver.events import Events
from exporter.nvml.driver.fields import fields
from exporter.nvml.driver.gpu import FUNCTIONS, OLDER
from exporter.nvml.driver.handle import Handle
from exporter.nvml.driver.processes import processes, uses
from exporter.nvml.driver.profiling import Profiler
from exporter.nvml.driver.samples import samples


class Nvml:
    """The driver of this machine."""

    def __init__(self) -> None:
        self._handles: dict[Device, Handle] = {}
        self._profiler = Profiler()
        self._events: Events | None = None

    def __call__(self, function: str, device: Device = NODE, *arguments: Argument) -> Answer:
        """The answer in plain data; DriverError with NVML's code where it has none."""
        try:
            own = getattr(self, f"_{function}", None)
            if own is not None:
                return own(device, *arguments) if device else own(*arguments)
            return FUNCTIONS[function](self._handles[device], *arguments)
        except nvml.NVMLError as error:
            raise DriverError(error.value, str(error)) from error
        except UnicodeDecodeError as error:
            raise DriverError(UNKNOWN, f"the driver's text is not UTF-8: {error}") from error

    def _open(self) -> dict[str, Any]:
        """Versions of driver and NVML, and how many GPUs there are."""
        nvml.nvmlInit()
        return {
            "driver": nvml.nvmlSystemGetDriverVersion(),
            "nvml": _version(),
            "count": nvml.nvmlDeviceGetCount(),
        }

    def _attach(self, device: Device) -> Answer:
        """The identity of the GPU at this index, of which everything else is asked by the same device."""
        handle = nvml.nvmlDeviceGetHandleByIndex(int(device))
        found = FUNCTIONS["identity"](handle)
        self._handles[device] = handle
        return found

    def _instances(self, device: Device) -> list[dict[str, Any]]:
        """The MIG instances of a GPU, of which everything else is asked by the device that each names."""
        found = []
        for index, handle in instances.handles(self._handles[device]):
            name = f"{device}/{index}"
            self._handles[name] = handle
            found.append({"device": name} | instances.describe(handle))
        self._profiler.keep(device, {entry["gpu_instance"] for entry in found})
        return found

    def _fields(self, device: Device, wanted: list[list[int]]) -> Answer:
        return fields(self._handles[device], wanted)

    def _samples(self, device: Device, kind: str, since: int) -> Answer:
        return samples(self._handles[device], kind, since)

    def _processes(self, device: Device) -> Answer:
        return processes(self._handles[device])

    def _uses(self, device: Device, since: int) -> Answer:
        return uses(self._handles[device], since)

    def _profile(self, device: Device, wanted: list[int], instance: int | None = None) -> Answer:
        return self._profiler.metrics(device, self._handles[device], instance, wanted)

    def _register(self, device: Device) -> None:
        if self._events is None:
            self._events = Events()
        self._events.register(device, self._handles[device])

    def _abandon_events(self) -> None:
        """A call that never returns may still use the set: it is left to it."""
        self._events = None

    def _forget_events(self) -> None:
        events, self._events = self._events, None
        if events is not None:
            events.close()

    def _event(self, milliseconds: int) -> Answer:
        return None if self._events is None else self._events.wait(milliseconds)


def _version() -> str:
    try:
        return str(nvml.nvmlSystemGetNVMLVersion())
    except OLDER:
        return ""
