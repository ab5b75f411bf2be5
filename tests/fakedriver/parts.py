"""The smaller structures of the fake driver's state, each as it lies in the mapped file. Layout: state.h."""

import ctypes
import re
from pathlib import Path
from typing import Final

FUNCTIONS: Final = re.findall(r"X\((\w+)\)", (Path(__file__).parent / "functions.def").read_text())

ANSWER, HANG, CRASH = 0, 1, 2
ANY_ERROR: Final = -1
NONE: Final = 2**32 - 1

I32, U32, I64, U64 = ctypes.c_int32, ctypes.c_uint32, ctypes.c_int64, ctypes.c_uint64

METRICS: Final = 64
RING: Final = 128


def slots(kind: "type[ctypes._SimpleCData[int]]", names: str) -> "list[tuple[str, type[ctypes._SimpleCData[int]]]]":
    """Fields of one type, for `_fields_`."""
    return [(name, kind) for name in names.split()]


class Rule(ctypes.Structure):
    """What one function does: wait, then act, then return `result` unless it is zero. `calls` counts."""

    result: int
    action: int
    latency_us: int
    calls: int
    _fields_ = (("result", I32), *slots(U32, "action latency_us calls after times per_mille unused"))

    def script(self, result: int = 0, action: int = ANSWER, *, after: int = 0, times: int = 0, odds: float = 1) -> None:
        """Let the next `after` calls pass, then touch `times` of them (0: all), of which the share `odds` fails.

        The result `ANY_ERROR` is another error each time, the same ones in every run.
        """
        self.after, self.times, self.per_mille = self.calls + after, times, round(odds * 1000)
        self.result, self.action = result, action


class Field(ctypes.Structure):
    """One answer of nvmlDeviceGetFieldValues."""

    _fields_ = (*slots(U32, "id scope type"), ("result", I32), ("bits", U64), ("latency_us", I64))


class Sample(ctypes.Structure):
    """One entry of a ring."""

    _fields_ = (("us", U64), ("value", U64))


class Ring(ctypes.Structure):
    """The newest samples of one type."""

    _fields_ = (("depth", U32), ("unused", U32), ("written", U64), ("samples", Sample * RING))

    def append(self, timestamp_us: int, value: int) -> None:
        """Add a sample; the oldest one makes room."""
        entry = self.samples[self.written % self.depth]
        entry.us, entry.value = timestamp_us, value
        self.written += 1


class Use(ctypes.Structure):
    """What one process used of the GPU, in percent."""

    _fields_ = (("us", U64), *slots(U32, "pid sm memory encoder decoder jpg ofa unused"))


class Process(ctypes.Structure):
    """A process that holds the GPU."""

    _fields_ = (*slots(U32, "kind pid"), ("bytes", U64), *slots(U32, "gpu_instance compute_instance"))


class Metric(ctypes.Structure):
    """One GPM metric."""

    _fields_ = (("id", U32), ("result", I32), ("value", ctypes.c_double))


def tell(metrics: "ctypes.Array[Metric]", metric: int, value: float, result: int) -> None:
    """Set what the next GPM sample holds of a metric."""
    entry = next(entry for entry in metrics if entry.id in {metric, 0})
    entry.result, entry.value, entry.id = result, value, metric


class Instance(ctypes.Structure):
    """A MIG device: memory in bytes; `attributes` in the order of nvmlDeviceAttributes_t."""

    uuid: bytes
    name: bytes
    serial: int
    gpu_instance: int
    compute_instance: int
    total_bytes: int
    reserved_bytes: int
    free_bytes: int
    used_bytes: int
    _fields_ = (
        ("uuid", ctypes.c_char * 96),
        ("name", ctypes.c_char * 96),
        ("serial", U64),
        *slots(U32, "gpu_instance compute_instance"),
        ("attributes", U32 * 8),
        *slots(U64, "total_bytes reserved_bytes free_bytes used_bytes"),
        ("metrics", Metric * METRICS),
    )

    def metric(self, metric: int, value: float, result: int = 0) -> None:
        """Set what the next GPM sample of the GPU instance holds of a metric."""
        tell(self.metrics, metric, value, result)


class License(ctypes.Structure):
    """What is licensed, up to three features."""

    _fields_ = (
        ("supported", I32),
        ("count", U32),
        ("code", U32 * 3),
        ("state", U32 * 3),
        ("enabled", U32 * 3),
        ("unused", U32),
    )


class Event(ctypes.Structure):
    """Something that happened to a GPU."""

    _fields_ = (*slots(U64, "type data"), *slots(U32, "gpu gpu_instance compute_instance unused"))


class Call(ctypes.Structure):
    """One call."""

    _fields_ = (*slots(U64, "number us"), ("thread", U32), ("function", ctypes.c_uint16), ("gpu", ctypes.c_int16))
