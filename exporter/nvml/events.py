"""The thread that waits for Xids: they are told once, as they happen, to whoever has registered before."""

import time
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, Final

from exporter.nvml.ask import Ask, Device, DriverError
from exporter.nvml.reading import Xid

_MILLISECONDS: Final = 500
_AGAIN_SECONDS: Final = 30.0


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
        self._refused: dict[Device, str] = {}
        self._again = float("inf")
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
            self._try_again(time.monotonic())
            self._register_arrivals(wait=not self._addresses and not self._refused)
            try:
                event = self._ask("event", "", _MILLISECONDS)
            except DriverError:
                self._start_over()
                continue
            if event is not None:
                self._note(event)

    def _note(self, event: dict[str, Any]) -> None:
        address = self._addresses.get(event["device"])
        if address is not None:
            self._seen.put(Xid(address, event["xid"], event["gpu_instance"], time.monotonic()))

    def _register_arrivals(self, *, wait: bool) -> None:
        try:
            while True:
                device, address = self._arrivals.get(block=wait)
                wait = not self._register(device, address) and not self._addresses
        except Empty:
            return

    def _try_again(self, at: float) -> None:
        """Those that were refused are registered later: a refusal may pass."""
        if self._refused and at >= self._again:
            for device, address in list(self._refused.items()):
                self._register(device, address)
        if not self._refused:
            self._again = float("inf")
        elif at >= self._again or self._again == float("inf"):
            self._again = at + _AGAIN_SECONDS

    def _start_over(self) -> None:
        """A lost GPU spoils the whole set: those that still can be registered get a new one."""
        time.sleep(_MILLISECONDS / 1000)
        known, self._addresses = self._addresses, {}
        with suppress(DriverError):
            self._ask("forget_events")
        for device, address in known.items():
            self._register(device, address)

    def _register(self, device: Device, address: str) -> bool:
        try:
            self._ask("register", device)
        except DriverError:
            self._refused[device] = address
            return False
        self._refused.pop(device, None)
        self._addresses[device] = address
        return True
