"""A call about events that never comes back costs the Xids of one GPU, and an error that nobody foresaw none."""

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest

from exporter.nvml.ask import Answer, Argument, DriverError
from exporter.nvml.events import Events
from exporter.nvml.reading import Xid
from tests.servers import until


class Driver:
    """Answers as a driver does that has one Xid for each registered GPU whenever it is asked for events."""

    def __init__(self) -> None:
        self.hangs: set[tuple[str, str]] = set()
        self.fails: dict[str, Exception] = {}
        self.over = threading.Event()
        self.registered: list[str] = []
        self.events = 0

    def __call__(self, function: str, device: str = "", *_: Argument) -> Answer:
        if (function, device) in self.hangs:
            self.over.wait(60)
        if error := self.fails.pop(function, None):
            raise error
        if function == "register":
            self.registered.append(device)
        if function in ("abandon_events", "forget_events"):
            self.registered = []
        time.sleep(0.001)
        if function != "event":
            return None
        self.events += 1
        return {"device": self.registered[self.events % len(self.registered)], "xid": 79, "gpu_instance": None}


@pytest.fixture
def driver() -> Iterator[Driver]:
    made = Driver()
    yield made
    made.over.set()


def test_a_gpu_that_cannot_be_registered_costs_its_own_events(
    driver: Driver, capfd: pytest.CaptureFixture[str]
) -> None:
    driver.hangs.add(("register", "0"))
    events = Events(driver, patience=0.2)
    for device in ("1", "0", "2"):
        events.register(device, f"bus-{device}")
    found: list[Xid] = []

    def both() -> bool:
        found.extend(events.collect())
        return {xid.pci_bus_id for xid in found} >= {"bus-1", "bus-2"} and set(driver.registered) == {"1", "2"}

    until(both, what="the others")
    assert "bus-0" not in {xid.pci_bus_id for xid in found}
    assert "events of GPU 0" in capfd.readouterr().err


def test_a_wait_that_never_ends_is_taken_up_by_another_thread_and_only_so_often(driver: Driver) -> None:
    driver.hangs.add(("event", ""))
    events = Events(driver, patience=0.05)
    events.register("0", "bus-0")
    before = threading.active_count()
    for _ in range(60):
        assert events.collect() == ()
        time.sleep(0.01)  # it hangs, over and over
    assert threading.active_count() - before <= 4
    driver.hangs.clear()
    driver.over.set()
    until(events.collect, what="an event once the driver answers again")


@pytest.mark.parametrize("error", [RuntimeError("new"), OSError("full"), DriverError(15, "lost")])
def test_an_error_that_nobody_foresaw_does_not_end_the_thread(driver: Driver, error: Any) -> None:  # noqa: ANN401
    driver.fails["event"] = error
    events = Events(driver)
    events.register("0", "bus-0")
    until(events.collect, what="an event after the error")
