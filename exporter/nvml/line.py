"""The line over which one thread talks to the driver about one GPU: what is out, what it costs, what is futile."""

import time
from collections.abc import Callable
from threading import Lock
from typing import Final

from exporter.nvml.ask import NEVER, Answer, Argument, Ask, Device, DriverError

FUTILE_SECONDS: Final = 60.0
"""How long a question that was refused for good is not put again: MIG, drivers and permissions do change."""


class HungUpError(Exception):
    """The line was given up while a call was out: whatever it brought is nobody's business any more."""


Mark = Callable[[str], None]
"""Told of the family of a call before it begins, and of "" when it is over."""


class Line:
    """Puts questions about one GPU to the driver; one call may take `deadline` seconds before it counts as overrun."""

    def __init__(self, ask: Ask, gpu: Device, deadline: float, mark: Mark) -> None:
        self._ask = ask
        self._gpu = gpu
        self._deadline = deadline
        self._mark = mark
        self._futile: dict[object, tuple[float, int, str]] = {}
        self._spent: dict[str, float] = {}
        self._lock = Lock()
        self._since: float | None = None
        self._hung_up = False
        self.family = ""
        """The family whose turn it is."""
        self.late: set[str] = set()
        """Families of which a call took longer than the deadline."""

    def __call__(self, function: str, *arguments: Argument, device: Device | None = None) -> Answer:
        """The driver's answer about this GPU, or about one of its instances; DriverError where there is none."""
        key = (function, device, str(arguments))
        until, code, text = self._futile.get(key, (0.0, 0, ""))
        if time.monotonic() < until:
            raise DriverError(code, text)  # a new one: each raise of the old one would add to its traceback
        if self._hung_up:
            raise HungUpError
        self._mark(self.family)
        self._since = time.monotonic()
        try:
            return self._ask(function, device or self._gpu, *arguments)
        except DriverError as error:
            if error.code in NEVER:
                self._futile[key] = (time.monotonic() + FUTILE_SECONDS, error.code, str(error))
            raise
        finally:
            self._account(time.monotonic() - self._since)

    def waits(self, at: float) -> float:
        """For how many seconds a call has been out at `at` (monotonic seconds), 0 when there is none."""
        since = self._since
        return 0.0 if since is None else at - since

    def hang_up(self) -> None:
        """Give the line up: the call that is out ends in `HungUpError` if it ever returns."""
        self._hung_up = True

    def spent(self) -> dict[str, float]:
        """The driver's seconds by family since the last time this was asked, ended calls only."""
        with self._lock:
            spent, self._spent = self._spent, {}
        return spent

    def _account(self, seconds: float) -> None:
        self._since = None
        if self._hung_up:
            raise HungUpError
        self._mark("")
        with self._lock:
            self._spent[self.family] = self._spent.get(self.family, 0.0) + seconds
        if seconds > self._deadline:
            self.late.add(self.family)
