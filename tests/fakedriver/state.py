"""The state of the fake driver: a mapped file that the library reads at every call. Layout: state.h."""

import ctypes
import mmap
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, Protocol

FUNCTIONS: Final = re.findall(r"X\((\w+)\)", (Path(__file__).parent / "functions.def").read_text())
GPUS: Final = 16
FIELDS: Final = 16

ANSWER, HANG, CRASH = 0, 1, 2

GIB: Final = 2**30
UNSIGNED, UNSIGNED_LONG_LONG, DOUBLE = 1, 3, 0  # nvmlValueType_t


class Rule(ctypes.Structure):
    """What one function does: wait, then act, then return `result` unless it is zero. `calls` counts."""

    _fields_ = (
        ("result", ctypes.c_int32),
        ("action", ctypes.c_uint32),
        ("latency_us", ctypes.c_uint32),
        ("calls", ctypes.c_uint32),
    )


class Field(ctypes.Structure):
    """One answer of nvmlDeviceGetFieldValues."""

    _fields_ = (
        ("id", ctypes.c_uint32),
        ("type", ctypes.c_uint32),
        ("result", ctypes.c_int32),
        ("unused", ctypes.c_uint32),
        ("bits", ctypes.c_uint64),
    )


class Gpu(ctypes.Structure):
    """One GPU: memory in bytes, power in milliwatts, clocks in MHz, temperature in °C, as the driver holds them."""

    _fields_ = (
        ("uuid", ctypes.c_char * 96),
        ("name", ctypes.c_char * 96),
        ("bus_id", ctypes.c_char * 32),
        ("condition", ctypes.c_int32),
        ("celsius", ctypes.c_int32),
        ("gpu_percent", ctypes.c_uint32),
        ("memory_percent", ctypes.c_uint32),
        ("encoder_percent", ctypes.c_uint32),
        ("decoder_percent", ctypes.c_uint32),
        ("milliwatts", ctypes.c_uint32),
        ("limit_milliwatts", ctypes.c_uint32),
        ("sm_mhz", ctypes.c_uint32),
        ("memory_mhz", ctypes.c_uint32),
        ("total_bytes", ctypes.c_uint64),
        ("reserved_bytes", ctypes.c_uint64),
        ("free_bytes", ctypes.c_uint64),
        ("used_bytes", ctypes.c_uint64),
        ("clock_reasons", ctypes.c_uint64),
        ("fields", Field * FIELDS),
        ("rules", Rule * len(FUNCTIONS)),
    )

    def rule(self, function: str) -> Rule:
        """What the function does when it is called about this GPU."""
        return _rule(self, function)

    def answer(self, field: int, bits: int, kind: int = UNSIGNED_LONG_LONG, result: int = 0) -> None:
        """Set what nvmlDeviceGetFieldValues says of a field."""
        entry = next(entry for entry in self.fields if entry.id in (field, 0))
        entry.type, entry.result, entry.bits, entry.id = kind, result, bits, field


class State(ctypes.Structure):
    """The whole file."""

    _fields_ = (
        ("size", ctypes.c_uint32),
        ("count", ctypes.c_uint32),
        ("driver_version", ctypes.c_char * 80),
        ("rules", Rule * len(FUNCTIONS)),
        ("gpus", Gpu * GPUS),
    )


class _Ruled(Protocol):
    rules: "ctypes.Array[Rule]"


def _rule(of: _Ruled, function: str) -> Rule:
    return of.rules[FUNCTIONS.index(function)]


class FakeDriver:
    """A driver with so many GPUs, all alike but for their identity; what is assigned holds from the next call on."""

    def __init__(self, path: Path, gpus: int = 2) -> None:
        self.path = path
        path.write_bytes(bytes(ctypes.sizeof(State)))
        with path.open("r+b") as file:
            self._state = State.from_buffer(mmap.mmap(file.fileno(), 0))
        self._state.driver_version = b"570.86.10"
        self._state.count = gpus
        for index in range(gpus):
            self._furnish(index)
        self._state.size = ctypes.sizeof(State)

    def gpu(self, index: int) -> Gpu:
        """One GPU, to be read and written."""
        gpu: Gpu = self._state.gpus[index]
        return gpu

    def rule(self, function: str) -> Rule:
        """What a function that is about no GPU does."""
        return _rule(self._state, function)

    def calls(self) -> dict[str, int]:
        """How often each function was called, over all GPUs; those never called are left out."""
        totals = {function: sum(of.rules[i].calls for of in self._all()) for i, function in enumerate(FUNCTIONS)}
        return {function: calls for function, calls in totals.items() if calls}

    def _all(self) -> Iterator[_Ruled]:
        yield self._state
        yield from self._state.gpus

    def _furnish(self, index: int) -> None:
        gpu = self.gpu(index)
        gpu.uuid = f"GPU-5a5a5a5a-0000-0000-0000-{index:012x}".encode()
        gpu.name = b"NVIDIA A10"
        gpu.bus_id = f"00000000:{0x17 + index:02X}:00.0".encode()
        gpu.gpu_percent, gpu.memory_percent = 40 + index, 20 + index
        gpu.celsius = 50 + index
        gpu.milliwatts, gpu.limit_milliwatts = 123_456 + index, 150_500
        gpu.sm_mhz, gpu.memory_mhz = 1_410 + index, 6_251
        gpu.total_bytes, gpu.reserved_bytes = 24 * GIB, GIB // 2
        gpu.used_bytes = (6 + index) * GIB
        gpu.free_bytes = gpu.total_bytes - gpu.reserved_bytes - gpu.used_bytes
