"""Eight GPUs that do not exist: a pure function of time, GPU index and seed, for `--simulate` and the demo fleet.

The load of a GPU is a sum of sines of a day, four minutes and ninety-seven seconds, between 0.39 and 0.97; that of all
together stays above 0.6, as row A5 wants it. Power is linear in the load, so the energy is its exact integral, and
monotone however often the child restarts.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import ceil, cos, exp, pi, sin
from typing import Final

from exporter.nvml.reading import Gpu, Identity, Reading, Xid

GPUS: Final = 8
HOT: Final = 3
"""The GPU whose cooling is poor."""
THROTTLED: Final = 5
"""The GPU with a lower power limit: under load it reaches it, and its SM clock drops."""

_MEAN: Final = 0.68
_WAVES: Final = ((86_400.0, 0.06), (240.0, 0.17), (97.0, 0.06))  # period in seconds, amplitude
_IDLE_WATTS: Final = 72.0
_MEMORY_MIB: Final = 81_559
_RESERVED_MIB: Final = 551
_MEBIBYTE: Final = 2**20
_SAMPLES: Final = 90
_SAMPLE_SECONDS: Final = 1 / 6
_SPIKE_EVERY: Final = 11.0
_SPIKE_SECONDS: Final = 1 / 3
_ECC_EVERY: Final = 250.0
_XID_EVERY: Final = 600.0
_XID: Final = 13  # a fault of the application
_SPENT: Final = {"fields": 4e-4, "memory": 1e-4, "utilization": 5e-5, "samples": 3e-4}  # of each second
_CAPPED: Final = 0.4  # share of its busy time in which the throttled GPU is at its limit
_BUSY: Final = 0.5  # load under which the memory clock falls and the clocks are idle


@dataclass(frozen=True, slots=True)
class _Board:
    """What differs between two GPUs of the simulated node."""

    index: int
    phases: tuple[float, ...]
    limit: float
    ambient: float

    def load(self, at: float) -> float:
        return _MEAN + sum(a * sin(2 * pi * at / p + f) for (p, a), f in zip(_WAVES, self.phases, strict=True))

    def power(self, load: float) -> float:
        return _IDLE_WATTS + (self.limit - _IDLE_WATTS) * load

    def busy(self, at: float) -> float:
        """Busy seconds: the integral of `load(t)` from the epoch to `at`."""
        waves = zip(_WAVES, self.phases, strict=True)
        return _MEAN * at + sum(a * p / (2 * pi) * (cos(f) - cos(2 * pi * at / p + f)) for (p, a), f in waves)

    def energy(self, at: float) -> float:
        """Joules: the integral of `power(load(t))` from the epoch to `at`."""
        return _IDLE_WATTS * at + (self.limit - _IDLE_WATTS) * self.busy(at)


def _board(index: int, seed: int) -> _Board:
    """Phases spread by the golden ratio, so that no two GPUs rise and fall together."""
    phases = tuple(2 * pi * ((seed * 31 + index * 7 + wave * 3 + 1) * 0.618034 % 1) for wave in range(len(_WAVES)))
    return _Board(index, phases, 310.0 if index == THROTTLED else 700.0, 44.0 if index == HOT else 26.0)


def _values(board: _Board, at: float) -> Iterator[tuple[str, float]]:
    load = board.load(at)
    # How far the load is over what the power limit allows at full clock, between 0 and 1, without a step.
    pressed = 1 / (1 + exp((0.72 - load) * 20)) if board.index == THROTTLED else 0.0
    power = board.power(load)
    temperature = board.ambient + 0.065 * power
    used = round((_MEMORY_MIB - _RESERVED_MIB) * (0.35 + 0.5 * load))
    yield "gpu_percent", round(100 * load)
    yield "memory_percent", round(62 * load)
    yield "encoder_percent", 0
    yield "decoder_percent", round(9 * load)
    yield "memory_total_bytes", _MEMORY_MIB * _MEBIBYTE
    yield "memory_used_bytes", used * _MEBIBYTE
    yield "memory_free_bytes", (_MEMORY_MIB - _RESERVED_MIB - used) * _MEBIBYTE
    yield "memory_reserved_bytes", _RESERVED_MIB * _MEBIBYTE
    yield "gpu_celsius", round(temperature)
    yield "memory_celsius", round(temperature + 7)
    yield "power_milliwatts", round(1000 * power)
    yield "enforced_limit_milliwatts", 1000 * board.limit
    yield "energy_millijoules", round(1000 * board.energy(at))
    yield "sm_clock_mhz", round(1980 - 120 * load - 700 * pressed)
    yield "memory_clock_mhz", 2619 if load > _BUSY else 1593
    yield "pcie_replays", 0
    yield "remapped_uncorrectable_rows", 0
    yield "remapped_correctable_rows", 0
    yield "remap_failed", 0
    yield "recovery_action", 0
    yield "ecc_sbe_volatile", int(at // _ECC_EVERY) if board.index == HOT else 0
    yield "ecc_dbe_volatile", 0
    yield "ecc_sbe_aggregate", int(at // _ECC_EVERY) if board.index == HOT else 0
    yield "ecc_dbe_aggregate", 0
    yield "pcie_tx_bytes", round(1e6 * board.busy(at))
    yield "pcie_rx_bytes", round(1.5e6 * board.busy(at))
    yield "nvlink_tx_kibibytes", round(1e6 * board.busy(at))
    yield "nvlink_rx_kibibytes", round(1e6 * board.busy(at))
    yield "clocks_event_reasons", 4 if pressed > 1 / 2 else int(load <= _BUSY)
    yield "power_cap_ns", round(1e9 * _CAPPED * board.busy(at)) if board.index == THROTTLED else 0
    yield "graphics_util_percent", round(100 * load, 2)
    yield "tensor_percent", round(55 * load, 2)
    yield "dram_percent", round(48 * load, 2)


def _samples(board: _Board, at: float) -> Iterator[tuple[str, float]]:
    """What the driver's rings would have said of the last seconds, in which short spikes ride on the load."""
    loads = [_spiky(board, at - step * _SAMPLE_SECONDS) for step in range(_SAMPLES)]
    yield "gpu_average_percent", round(100 * sum(loads) / len(loads), 2)
    yield "gpu_max_percent", round(100 * max(loads))
    yield "gpu_p95_percent", round(100 * sorted(loads)[ceil(0.95 * len(loads)) - 1])
    yield "power_max_milliwatts", round(1000 * board.power(max(loads)))


def _spiky(board: _Board, at: float) -> float:
    """The load with a spike of a third of a second every eleven seconds, which an instant reading mostly misses."""
    load = board.load(at)
    return load + (0.6 * (1 - load) if at % _SPIKE_EVERY < _SPIKE_SECONDS else 0.0)


def gpu(index: int, at: float, seed: int = 0, before: float | None = None) -> Gpu:
    """One simulated GPU at a moment, with what was counted since `before` (both seconds since the epoch)."""
    board = _board(index, seed)
    identity = Identity(
        uuid=f"GPU-00000000-0000-4000-8000-{seed:08x}{index:04x}",
        pci_bus_id=f"00000000:{16 * (index + 1) + 7:02X}:00.0",
        model="NVIDIA H100 80GB HBM3",
        minor=index,
    )
    groups = {
        "fields": {name: float(value) for name, value in _values(board, at)},
        "samples": {name: float(value) for name, value in _samples(board, at)},
    }
    counts = {} if before is None else {"busy_seconds": board.busy(at) - board.busy(before), "samples_lost": 0.0}
    asked = 0.0 if before is None else (at - before) * (1 + 0.3 * sin(at / 60))
    spent = {family: seconds * asked for family, seconds in _SPENT.items() if asked}
    return Gpu(index, "ok", identity, groups, counts, spent)


def read(at: float, seed: int = 0, before: float | None = None) -> Reading:
    """The simulated node at a moment, with what was counted since `before` (both seconds since the epoch)."""
    gpus = tuple(gpu(index, at, seed, before) for index in range(GPUS))
    hot = gpus[HOT].identity
    happened = before is not None and at // _XID_EVERY > before // _XID_EVERY
    xids = (Xid(hot.pci_bus_id, _XID),) if hot and happened else ()
    return Reading("simulated", gpus, nvml="simulated", xids=xids)
