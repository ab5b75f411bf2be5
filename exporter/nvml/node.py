"""All GPUs of this node as the driver sees them, one reading after another."""

import time

import pynvml as nvml

from exporter.nvml.owner import Owner
from exporter.nvml.reading import Reading


class Node:
    """NVML, opened as soon as there is a driver, and one owner per GPU. `deadline`: seconds per GPU and reading."""

    def __init__(self, deadline: float) -> None:
        self._deadline = deadline
        self._driver: str | None = None
        self._owners: list[Owner] = []

    def read(self) -> Reading:
        """The reading of this moment, once NVML is open no later than the deadline.

        After an upgrade of the driver under the loaded library only a new process can load the new one, so that
        reading is the `last`.
        """
        if self._driver is None:
            try:
                self._driver = self._open()
            except nvml.NVMLError as error:
                return Reading("", (), str(error), last=error.value == nvml.NVML_ERROR_LIB_RM_VERSION_MISMATCH)
        until = time.monotonic() + self._deadline
        for owner in self._owners:
            owner.ask()
        return Reading(self._driver, tuple(owner.answer(until) for owner in self._owners))

    def _open(self) -> str:
        nvml.nvmlInit()
        driver: str = nvml.nvmlSystemGetDriverVersion()
        self._owners = [Owner(index) for index in range(nvml.nvmlDeviceGetCount())]
        for owner in self._owners:
            owner.start()
        return driver
