"""The state of the fake driver: a mapped file that the library reads at every call. Layout: state.h."""

import ctypes
import mmap
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.fakedriver.gpu import DEPTHS, GIB, UNSIGNED, UNSIGNED_LONG_LONG, Gpu
from tests.fakedriver.parts import ANSWER, CRASH, FUNCTIONS, HANG, NONE, U32, U64, Call, Event, Rule, slots

__all__ = ["ANSWER", "CRASH", "GIB", "HANG", "NONE", "UNSIGNED", "UNSIGNED_LONG_LONG", "FakeDriver", "Gpu", "Rule"]

GPUS: Final = 16
EVENTS: Final = 256
CALLS: Final = 4096
OPENERS: Final = 64
LAYOUTS: Final = 64


class Layout(ctypes.Structure):
    """Which GPU has which index."""

    _fields_ = (("count", U32), ("order", U32 * GPUS))


class State(ctypes.Structure):
    """The whole file."""

    _fields_ = (
        ("size", U32),
        ("generation", U32),
        ("layout", U32),
        ("openers", U32 * OPENERS),
        ("unused", U32),
        ("layouts", Layout * LAYOUTS),
        ("driver_version", ctypes.c_char * 80),
        ("nvml_version", ctypes.c_char * 80),
        *slots(U64, "happened called"),
        ("events", Event * EVENTS),
        ("calls", Call * CALLS),
        ("rules", Rule * len(FUNCTIONS)),
        ("gpus", Gpu * GPUS),
    )


@dataclass(frozen=True, slots=True)
class Called:
    """One call: of which function, about which GPU (None: about none), when (CLOCK_MONOTONIC), by which thread."""

    function: str
    gpu: int | None
    at_us: int
    thread: int


class FakeDriver:
    """A driver with so many GPUs, all alike but for their identity; what is assigned holds from the next call on."""

    def __init__(self, path: Path, gpus: int = 2) -> None:
        self.path = path
        with path.open("w+b") as file:
            file.truncate(ctypes.sizeof(State))
            self._state = State.from_buffer(mmap.mmap(file.fileno(), 0))
        self._state.driver_version = b"570.86.10"
        self._state.nvml_version = b"12.570.86.10"
        for index in range(GPUS):
            _furnish(self.gpu(index), index)
        self.plug(range(gpus))
        self._state.size = ctypes.sizeof(State)

    def gpu(self, index: int) -> Gpu:
        """One GPU, to be read and written; after `plug` the indices of the driver may be others."""
        gpu: Gpu = self._state.gpus[index]
        return gpu

    def rule(self, function: str) -> Rule:
        """What a function that is about no GPU does."""
        rule: Rule = self._state.rules[FUNCTIONS.index(function)]
        return rule

    def plug(self, gpus: Sequence[int]) -> None:
        """Let the machine have these GPUs, in the order of their indices.

        Who has the driver open keeps the order of before; to them, a GPU that is gone is lost.
        """
        following = (self._state.layout + 1) % LAYOUTS
        self._state.layouts[following] = Layout(len(gpus), tuple(gpus))
        self._state.layout = following

    def upgrade(self, version: str = "580.65.06") -> None:
        """Replace the driver: to processes that loaded the library before, every call fails from now on."""
        self._state.driver_version = version.encode()
        self._state.generation += 1

    def happen(self, gpu: int, kind: int, data: int = 0, gi: int = NONE, ci: int = NONE) -> None:
        """Let an event of an nvmlEventType happen to a GPU (or to a MIG device of it); an Xid is the data."""
        self._state.events[self._state.happened % EVENTS] = Event(kind, data, gpu, gi, ci)
        self._state.happened += 1

    def openers(self) -> list[int]:
        """The processes that have the driver open at the moment, dead ones left out."""
        return sorted({pid for pid in self._state.openers if pid and _alive(pid)})

    def calls(self) -> dict[str, int]:
        """How often each function was called, over all GPUs; those never called are left out."""
        tables = [self._state.rules, *(gpu.rules for gpu in self._state.gpus)]
        totals = {function: sum(rules[i].calls for rules in tables) for i, function in enumerate(FUNCTIONS)}
        return {function: calls for function, calls in totals.items() if calls}

    def log(self) -> list[Called]:
        """The last calls, 4,096 at most, in their order; those written at this moment are left out."""
        return [
            Called(FUNCTIONS[call.function], None if call.gpu < 0 else call.gpu, call.us, call.thread)
            for call in sorted(self._recorded(), key=lambda call: call.number)
        ]

    def most_at_once(self, gpu: int) -> int:
        """The most calls about a GPU that one process had under way at the same time."""
        return int(self.gpu(gpu).at_once)

    def _recorded(self) -> Iterator[Call]:
        for place in self._state.calls:
            before, copy = place.number, Call.from_buffer_copy(place)
            if before and before == place.number == copy.number:
                yield copy


def _alive(pid: int) -> bool:
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    return False


def _furnish(gpu: Gpu, index: int) -> None:
    """An A10, different from the others in what it measures."""
    gpu.uuid = f"GPU-5a5a5a5a-0000-0000-0000-{index:012x}".encode()
    gpu.name = b"NVIDIA A10"
    gpu.bus_id = f"00000000:{0x17 + index:02X}:00.0".encode()
    gpu.serial, gpu.vbios = f"132012100{index:04d}".encode(), b"94.02.75.00.01"
    gpu.inforom_image, gpu.inforom[0].value, gpu.inforom[1].value = b"G133.0200.00.05", b"2.0", b"6.16"
    gpu.gpu_percent, gpu.memory_percent = 40 + index, 20 + index
    gpu.celsius = 50 + index
    gpu.milliwatts, gpu.limit_milliwatts = 123_456 + index, 150_500
    gpu.wanted_milliwatts, gpu.default_milliwatts = 150_500, 150_000
    gpu.least_milliwatts, gpu.most_milliwatts = 100_000, 150_750
    gpu.sm_mhz, gpu.memory_mhz, gpu.video_mhz = 1_410 + index, 6_251, 1_275 + index
    gpu.most_sm_mhz, gpu.most_memory_mhz, gpu.most_video_mhz = 1_695, 6_251, 1_500
    gpu.thresholds[:] = (98, 95, NONE, 88, NONE, NONE, NONE, NONE)
    gpu.minor, gpu.brand, gpu.fan_percent, gpu.persistence, gpu.ecc, gpu.ecc_pending = index, 14, NONE, 1, 1, 1
    gpu.link_generation, gpu.link_width, gpu.most_link_generation, gpu.most_link_width = 1, 16, 4, 16
    gpu.total_bytes, gpu.reserved_bytes = 24 * GIB, GIB // 2
    gpu.used_bytes = (6 + index) * GIB
    gpu.free_bytes = gpu.total_bytes - gpu.reserved_bytes - gpu.used_bytes
    gpu.bar1_total_bytes, gpu.bar1_used_bytes, gpu.bar1_free_bytes = 32 * GIB, GIB, 31 * GIB
    gpu.millijoules = 1_000_000_000 + index
    gpu.event_types = 1 | 2 | 4 | 8 | 0x10
    for ring, depth in zip(gpu.rings, DEPTHS, strict=True):
        ring.depth = depth
