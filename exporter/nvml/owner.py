"""One thread per GPU, so that a call that never returns costs the readings of one GPU only."""

import time
from threading import Event, Thread

import pynvml as nvml

from exporter.nvml import driver
from exporter.nvml.reading import Gpu, Identity


class Owner:
    """The only thread that asks the driver about the GPU of this index.

    A question that has no answer in time leaves the GPU "hung", and no other is asked until that one returns.
    """

    def __init__(self, index: int) -> None:
        self._index = index
        self._handle: driver.Handle = None
        self._identity: Identity | None = None
        self._gpu: Gpu | None = None
        self._asked = Event()
        self._idle = Event()
        self._idle.set()
        self._in_time = False

    def start(self) -> None:
        """Start the thread; it ends with the process."""
        Thread(target=self._serve, name=f"gpu {self._index}", daemon=True).start()

    def ask(self) -> None:
        """Ask for a reading, unless the last question still waits for its answer."""
        self._in_time = self._idle.is_set()
        if self._in_time:
            self._idle.clear()
            self._asked.set()

    def answer(self, until: float) -> Gpu:
        """The reading asked for last, or "hung" if it has not come by `until` (monotonic seconds)."""
        if self._in_time and self._idle.wait(max(0.0, until - time.monotonic())) and self._gpu:
            return self._gpu
        return Gpu(self._index, "hung", self._identity, detail="a driver call did not return in time")

    def _serve(self) -> None:
        while self._asked.wait():
            self._asked.clear()
            self._gpu = self._read()
            self._idle.set()

    def _read(self) -> Gpu:
        try:
            if self._handle is None:
                handle = nvml.nvmlDeviceGetHandleByIndex(self._index)
                self._identity = driver.identity(handle)
                self._handle = handle
            return Gpu(self._index, "ok", self._identity, driver.values(self._handle))
        except nvml.NVMLError as error:
            self._handle = None
            return Gpu(self._index, driver.GONE.get(error.value, "failed"), self._identity, detail=str(error))
        except UnicodeDecodeError as error:
            return Gpu(self._index, "failed", None, detail=f"the driver's text is not UTF-8: {error}")
