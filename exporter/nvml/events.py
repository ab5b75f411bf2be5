"""The thread that waits for Xids: they are told once, as they happen, to whoever has registered before."""

import sys
import time
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, Final

from exporter.nvml.ask import NODE, Answer, Argument, Ask, Device, DriverError
from exporter.nvml.reading import Xid

_MILLISECONDS: Final = 500
_AGAIN_SECONDS: Final = 30.0
_PATIENCE: Final = 5.0
"""Seconds after which a call has hung: registering takes milliseconds, waiting for an event half a second."""
_HUNG: Final = 4
"""Threads that may be left to calls that never come back."""
_UNKNOWN: Final = 999


class _ReplacedError(Exception):
    """The thread's call came back when another had taken its place."""


class Events:
    """Registers GPUs and collects their Xids; everything about events is asked by one thread.

    A GPU whose events cannot be had, or a driver that refuses them altogether, is left out in silence here: `doctor`
    asks by itself. A call that does not come back costs the events of the GPU it was about, which is said, and another
    thread goes on with the others; a few times at most.
    """

    def __init__(self, ask: Ask, patience: float = _PATIENCE) -> None:
        self._ask = ask
        self._patience = patience
        self._arrivals: SimpleQueue[tuple[Device, str]] = SimpleQueue()
        self._seen: SimpleQueue[Xid] = SimpleQueue()
        self._addresses: dict[Device, str] = {}
        self._refused: dict[Device, str] = {}
        self._again = float("inf")
        self._threads = 0
        self._asked: tuple[float, Device] | None = None

    def register(self, device: Device, pci_bus_id: str) -> None:
        """Be told of this GPU's Xids soon."""
        self._arrivals.put((device, pci_bus_id))
        if self._threads == 0:
            self._threads = 1
            self._begin()

    def collect(self) -> tuple[Xid, ...]:
        """What came since the last time; the moment at which a call that does not come back is given up."""
        asked = self._asked
        if asked is not None and time.monotonic() - asked[0] > self._patience and self._threads <= _HUNG:
            self._give_up(asked[1])
        found = []
        try:
            while True:
                found.append(self._seen.get_nowait())
        except Empty:
            return tuple(found)

    def _begin(self) -> None:
        Thread(target=self._serve, args=(self._threads,), daemon=True).start()

    def _give_up(self, device: Device) -> None:
        """Leave the call to its thread; the other GPUs register anew with another."""
        self._threads += 1  # from here on the other one is not ours any more
        which = f"of GPU {device}: its Xids are not told any more" if device else "of any GPU: they are asked for anew"
        sys.stderr.write(f"the driver does not answer about the events {which}\n")
        known = {**self._addresses, **self._refused}
        self._addresses, self._refused, self._asked, self._again = {}, {}, None, float("inf")
        with suppress(DriverError):
            self._ask("abandon_events")
        self._begin()
        for other, address in known.items():
            if other != device:
                self._arrivals.put((other, address))

    def _serve(self, number: int) -> None:
        with suppress(_ReplacedError):
            while True:
                self._try_again(number, time.monotonic())
                self._register_arrivals(number, wait=not self._addresses and not self._refused)
                try:
                    event = self._put(number, "event", "", _MILLISECONDS)
                except DriverError:
                    self._start_over(number)
                    continue
                if event is not None:
                    self._note(event)

    def _put(self, number: int, function: str, device: Device = NODE, *arguments: Argument) -> Answer:
        """The driver's answer; an error that nobody foresaw is a refusal too, and must not end the thread."""
        self._asked = time.monotonic(), device
        try:
            return self._ask(function, device, *arguments)
        except DriverError:
            raise
        except Exception as error:
            raise DriverError(_UNKNOWN, f"{type(error).__name__}: {error}") from error
        finally:
            if number != self._threads:
                raise _ReplacedError
            self._asked = None

    def _note(self, event: dict[str, Any]) -> None:
        address = self._addresses.get(event["device"])
        if address is not None:
            self._seen.put(Xid(address, event["xid"], event["gpu_instance"], time.monotonic()))

    def _register_arrivals(self, number: int, *, wait: bool) -> None:
        try:
            while True:
                device, address = self._arrivals.get(block=wait)
                wait = not self._register(number, device, address) and not self._addresses
        except Empty:
            return

    def _try_again(self, number: int, at: float) -> None:
        """Those that were refused are registered later: a refusal may pass."""
        if self._refused and at >= self._again:
            for device, address in list(self._refused.items()):
                self._register(number, device, address)
        if not self._refused:
            self._again = float("inf")
        elif at >= self._again or self._again == float("inf"):
            self._again = at + _AGAIN_SECONDS

    def _start_over(self, number: int) -> None:
        """A lost GPU spoils the whole set: those that still can be registered get a new one."""
        time.sleep(_MILLISECONDS / 1000)
        known, self._addresses = self._addresses, {}
        with suppress(DriverError):
            self._put(number, "forget_events")
        for device, address in known.items():
            self._register(number, device, address)

    def _register(self, number: int, device: Device, address: str) -> bool:
        try:
            self._put(number, "register", device)
        except DriverError:
            self._refused[device] = address
            return False
        self._refused.pop(device, None)
        self._addresses[device] = address
        return True
