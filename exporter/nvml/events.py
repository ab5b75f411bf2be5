"""The thread that waits for Xids: they are told once, as they happen, to whoever has registered before."""

from queue import Empty, SimpleQueue
from threading import Thread
from typing import Final

from exporter.nvml.ask import Ask, Device, DriverError
from exporter.nvml.reading import Xid

_MILLISECONDS: Final = 500


class Events:
    """Registers GPUs and collects their Xids; everything about events is asked by this one thread.

    A GPU whose events cannot be had, or a driver that refuses them altogether, is left out in silence here: `doctor`
    asks by itself.
    """

    def __init__(self, ask: Ask) -> None:
        self._ask = ask
        self._arrivals: SimpleQueue[tuple[Device, str]] = SimpleQueue()
        self._seen: SimpleQueue[Xid] = SimpleQueue()
        self._addresses: dict[Device, str] = {}
        self._thread: Thread | None = None

    def register(self, device: Device, pci_bus_id: str) -> None:
        """Be told of this GPU's Xids soon."""
        self._arrivals.put((device, pci_bus_id))
        if self._thread is None:
            self._thread = Thread(target=self._serve, daemon=True)
            self._thread.start()

    def collect(self) -> tuple[Xid, ...]:
        """What came since the last time."""
        found = []
        try:
            while True:
                found.append(self._seen.get_nowait())
        except Empty:
            return tuple(found)

    def _serve(self) -> None:
        while True:
            try:
                self._register_arrivals(wait=not self._addresses)
                event = self._ask("event", "", _MILLISECONDS)
            except DriverError:
                self._addresses.clear()
                continue
            if event is not None:
                self._seen.put(Xid(self._addresses[event["device"]], event["xid"], event["gpu_instance"]))

    def _register_arrivals(self, *, wait: bool) -> None:
        try:
            while True:
                device, address = self._arrivals.get(block=wait)
                self._ask("register", device)
                self._addresses[device], wait = address, False
        except Empty:
            return
