"""Xids and clock events of one GPU, counted in sliding windows and since the start. Time is an argument."""

from collections import Counter, deque
from collections.abc import Hashable, Iterable, Iterator
from typing import Final, Generic, TypeVar

from exporter.dcgm.device import Events

CLOCK_EVENTS: Final = (
    "gpu_idle",
    "clocks_setting",
    "power_cap",
    "hw_slowdown",
    "sync_boost",
    "sw_thermal",
    "hw_thermal",
    "hw_power_brake",
    "display_clocks",
)
"""Names of the bits of the clocks' event reasons from the lowest, as dcgm-exporter's label `clock_event` has them."""

OBSERVATIONS: Final = 8192
"""How many observations a window holds at most; the oldest go first."""

_Kind = TypeVar("_Kind", bound=Hashable)


def reasons(mask: float) -> Iterator[str]:
    """The names of the bits that are set; bits without a name are left out."""
    return (name for bit, name in enumerate(CLOCK_EVENTS) if int(mask) >> bit & 1)


class Window(Generic[_Kind]):
    """How often each kind was observed in the last `seconds`."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._seen: deque[tuple[float, _Kind]] = deque()
        self._counts: Counter[_Kind] = Counter()

    def add(self, at: float, kinds: Iterable[_Kind]) -> None:
        """Take in what was observed at `at` (monotonic seconds, never earlier than before)."""
        for kind in kinds:
            if len(self._seen) == OBSERVATIONS:
                self._drop()
            self._seen.append((at, kind))
            self._counts[kind] += 1

    def counts(self, at: float) -> dict[_Kind, int]:
        """The counts of the window that ends at `at`."""
        while self._seen and self._seen[0][0] <= at - self._seconds:
            self._drop()
        return dict(self._counts)

    def _drop(self) -> None:
        _, kind = self._seen.popleft()
        self._counts[kind] -= 1
        if not self._counts[kind]:
            del self._counts[kind]


class EventLog:
    """The events of one GPU or MIG instance. Windows in milliseconds, as dcgm-exporter's options have them.

    Xids are counted as they come. Clock events in the window are readings in which the reason held, as upstream counts
    them, so they grow with the rate of reading; their totals count how often a reason began.
    """

    def __init__(self, xid_window_ms: int, clock_event_window_ms: int) -> None:
        self._windows = xid_window_ms, clock_event_window_ms
        self._xids: Window[int] = Window(xid_window_ms / 1000)
        self._clocks: Window[str] = Window(clock_event_window_ms / 1000)
        self._xid_totals: Counter[int] = Counter()
        self._clock_totals: Counter[str] = Counter()
        self._holding: frozenset[str] = frozenset()
        self.last_xid = 0

    def xid(self, at: float, code: int) -> None:
        """An Xid came."""
        self.last_xid = code
        self._xids.add(at, (code,))
        self._xid_totals[code] += 1

    def clocks(self, at: float, mask: float) -> None:
        """The clocks' event reasons were read."""
        held = frozenset(reasons(mask))
        self._clocks.add(at, held)
        self._clock_totals.update(held - self._holding)
        self._holding = held

    def events(self, at: float) -> Events:
        """All counts at `at`."""
        totals = dict(self._xid_totals), dict(self._clock_totals)
        return Events(self._xids.counts(at), self._clocks.counts(at), *totals, *self._windows)
