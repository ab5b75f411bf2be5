"""The thread that waits for Xids: they are told once, as they happen, to whoever has registered before."""

import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, Final, TypeVar

from exporter.nvml.ask import NODE, Answer, Argument, Ask, Device, DriverError, unforeseen
from exporter.nvml.reading import Xid

T = TypeVar("T")
_MILLISECONDS: Final = 500
_AGAIN_SECONDS: Final = 30.0
_PATIENCE: Final = 5.0
"""Seconds after which a call has hung: registering takes milliseconds, waiting for an event half a second."""
_HUNG: Final = 4
"""Threads that may be left to calls that never come back."""


class Events:
    """Registers GPUs and collects their Xids; everything about events is asked by one thread.

    A GPU whose events cannot be had, or a driver that refuses them altogether, is left out in silence here: `doctor`
    asks by itself. A call that does not come back costs the events of the GPU it was about, which is said, and another
    thread goes on with the others; a few times at most.
    """

    def __init__(self, ask: Ask, patience: float = _PATIENCE) -> None:
        self._ask = ask
        self._patience = patience
        self._seen: SimpleQueue[Xid] = SimpleQueue()
        self._listeners: list[_Listener] = []

    def register(self, device: Device, pci_bus_id: str) -> None:
        """Be told of this GPU's Xids soon."""
        if not self._listeners:
            self._listen()
        self._listeners[-1].arrivals.put((device, pci_bus_id))

    def collect(self) -> tuple[Xid, ...]:
        """What came since the last time; the moment at which a call that does not come back is given up."""
        if self._listeners and len(self._listeners) <= _HUNG:
            asked = self._listeners[-1].asked
            if asked is not None and time.monotonic() - asked[0] > self._patience:
                self._give_up(self._listeners[-1], asked[1])
        return tuple(_taken(self._seen))

    def _listen(self) -> None:
        self._listeners.append(_Listener(self._ask, self._seen))
        Thread(target=self._listeners[-1].serve, daemon=True).start()

    def _give_up(self, listener: "_Listener", device: Device) -> None:
        """Leave the call to its thread; the other GPUs register anew with another."""
        listener.given_up = True
        which = f"of GPU {device}: its Xids are not told any more" if device else "of any GPU: they are asked for anew"
        sys.stderr.write(f"the driver does not answer about the events {which}\n")
        with suppress(DriverError):
            self._ask("abandon_events")
        self._listen()
        for other, address in listener.known():
            if other != device:
                self.register(other, address)


class _GivenUpError(Exception):
    """The listener's call came back when another had taken its place."""


class _Listener:
    """A thread that registers GPUs and waits for their events; `asked` is when and about which its call went out."""

    def __init__(self, ask: Ask, seen: "SimpleQueue[Xid]") -> None:
        self.arrivals: SimpleQueue[tuple[Device, str]] = SimpleQueue()
        self.asked: tuple[float, Device] | None = None
        self.given_up = False
        self._ask = ask
        self._seen = seen
        self._addresses: dict[Device, str] = {}
        self._refused: dict[Device, str] = {}
        self._again = float("inf")

    def known(self) -> Iterator[tuple[Device, str]]:
        """The GPUs that it has been told of, by device and PCI bus id."""
        yield from ({**self._addresses, **self._refused}).items()
        yield from _taken(self.arrivals)

    def serve(self) -> None:
        """Register and wait until it is given up."""
        with suppress(_GivenUpError):
            while True:
                self._try_again(time.monotonic())
                self._register_arrivals(wait=not self._addresses and not self._refused)
                try:
                    event = self._put("event", NODE, _MILLISECONDS)
                except DriverError:
                    self._start_over()
                    continue
                if event is not None:
                    self._note(event)

    def _put(self, function: str, device: Device = NODE, *arguments: Argument) -> Answer:
        """The driver's answer, or DriverError."""
        self.asked = time.monotonic(), device
        try:
            return self._ask(function, device, *arguments)
        except DriverError:
            raise
        except Exception as error:
            raise unforeseen(error) from error
        finally:
            self.asked = None
            if self.given_up:
                raise _GivenUpError

    def _note(self, event: dict[str, Any]) -> None:
        address = self._addresses.get(event["device"])
        if address is not None:
            self._seen.put(Xid(address, event["xid"], event["gpu_instance"], time.monotonic()))

    def _register_arrivals(self, *, wait: bool) -> None:
        try:
            while True:
                device, address = self.arrivals.get(block=wait)
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
            self._put("forget_events")
        for each in known.items():
            self.arrivals.put(each)

    def _register(self, device: Device, address: str) -> bool:
        try:
            self._put("register", device)
        except DriverError:
            self._refused[device] = address
            return False
        self._refused.pop(device, None)
        self._addresses[device] = address
        return True


def _taken(queue: "SimpleQueue[T]") -> Iterator[T]:
    """What a queue holds, taken out of it."""
    try:
        while True:
            yield queue.get_nowait()
    except Empty:
        return
