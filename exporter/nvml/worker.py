"""The thread that talks to the driver about one GPU, family by family, until it is given up."""

import time
from collections.abc import Callable, Iterable
from queue import SimpleQueue
from threading import Event, Thread

from exporter.nvml.ask import DriverError, unforeseen
from exporter.nvml.families import Families, Found
from exporter.nvml.line import HungUpError, Line
from exporter.nvml.reading import Identity

Report = Callable[[str, Found | None], None]
"""Told of each family as soon as its answers are complete; of the identity, which is no family, with None."""


class Worker:
    """One thread on one line; `error` is why the last turn ended early."""

    def __init__(self, line: Line, families: Families, identity: Identity | None, report: Report) -> None:
        self.line = line
        self.identity = identity
        self.error: DriverError | None = None
        self._families = families
        self._report = report
        self._turns: SimpleQueue[tuple[str, ...]] = SimpleQueue()
        self._idle = Event()
        self._idle.set()
        self._thread = Thread(target=self._serve, daemon=True)
        self._thread.start()

    @property
    def alive(self) -> bool:
        """Whether the thread still runs, be it in a call that never returns."""
        return self._thread.is_alive()

    @property
    def idle(self) -> bool:
        """Whether the last turn is over."""
        return self._idle.is_set()

    def turn(self, families: Iterable[str]) -> None:
        """Begin a turn; the one before must be over."""
        self._idle.clear()
        self._turns.put(tuple(families))

    def wait(self, seconds: float) -> bool:
        """Whether the turn is over within so many seconds."""
        return self._idle.wait(max(0.0, seconds))

    def _serve(self) -> None:
        try:
            while True:
                self._take_turn(self._turns.get())
                self._idle.set()
        except HungUpError:
            return

    def _take_turn(self, families: tuple[str, ...]) -> None:
        self.error = None
        try:
            if self.identity is None:
                self.line.family = "identity"
                self.identity = Identity(**self.line("attach"))
                self._report("identity", None)
            for family in families:
                self.line.family = family
                self._report(family, self._families.read(family, self.line, time.monotonic()))
        except DriverError as error:
            self.error, self.identity = error, None
        except HungUpError:
            raise
        except Exception as error:  # noqa: BLE001 - an answer that nobody foresaw must not end the thread
            self.error, self.identity = unforeseen(error), None
