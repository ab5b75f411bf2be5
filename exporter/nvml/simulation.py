"""Eight GPUs that do not exist: a pure function of time, GPU index and seed, for `--simulate` and the demo fleet.

The load of a GPU is a sum of sines of a day, four minutes and ninety-seven seconds, between 0.39 and 0.97; that of all
together stays above 0.6, as row A5 wants it. Power is linear in the load, so the energy is its exact integral, and
monotone however often the child restarts.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from math import cos, exp, pi, sin
from typing import Final

from exporter.nvml import metrics as m
from exporter.nvml.metrics import Metric
from exporter.nvml.reading import Gpu, Identity, Reading

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

    def energy(self, at: float) -> float:
        """Joules: the integral of `power(load(t))` from the epoch to `at`."""
        waves = zip(_WAVES, self.phases, strict=True)
        busy = _MEAN * at + sum(a * p / (2 * pi) * (cos(f) - cos(2 * pi * at / p + f)) for (p, a), f in waves)
        return _IDLE_WATTS * at + (self.limit - _IDLE_WATTS) * busy


def _board(index: int, seed: int) -> _Board:
    """Phases spread by the golden ratio, so that no two GPUs rise and fall together."""
    phases = tuple(2 * pi * ((seed * 31 + index * 7 + wave * 3 + 1) * 0.618034 % 1) for wave in range(len(_WAVES)))
    return _Board(index, phases, 310.0 if index == THROTTLED else 700.0, 44.0 if index == HOT else 26.0)


def _values(board: _Board, at: float) -> Iterator[tuple[Metric, float]]:
    load = board.load(at)
    # How far the load is over what the power limit allows at full clock, between 0 and 1, without a step.
    pressed = 1 / (1 + exp((0.72 - load) * 20)) if board.index == THROTTLED else 0.0
    power = board.power(load)
    temperature = board.ambient + 0.065 * power
    used = round((_MEMORY_MIB - _RESERVED_MIB) * (0.35 + 0.5 * load))
    yield m.GPU_UTIL, round(100 * load)
    yield m.MEM_COPY_UTIL, round(62 * load)
    yield m.ENC_UTIL, 0
    yield m.DEC_UTIL, round(9 * load)
    yield m.FB_USED, used
    yield m.FB_FREE, _MEMORY_MIB - _RESERVED_MIB - used
    yield m.FB_RESERVED, _RESERVED_MIB
    yield m.GPU_TEMP, round(temperature)
    yield m.MEMORY_TEMP, round(temperature + 7)
    yield m.POWER_USAGE, round(power, 3)
    yield m.POWER_LIMIT, board.limit
    yield m.ENERGY, round(1000 * board.energy(at))
    yield m.SM_CLOCK, round(1980 - 120 * load - 700 * pressed)
    yield m.MEM_CLOCK, 2619 if load > _BUSY else 1593
    yield m.PCIE_REPLAY, 0
    yield m.REMAPPED_UNCORRECTABLE, 0
    yield m.REMAPPED_CORRECTABLE, 0
    yield m.REMAP_FAILURE, 0
    yield m.CLOCK_REASONS, 4 if pressed > 1 / 2 else int(load <= _BUSY)


def gpu(index: int, at: float, seed: int = 0) -> Gpu:
    """One simulated GPU at a moment (seconds since the epoch)."""
    identity = Identity(
        uuid=f"GPU-00000000-0000-4000-8000-{seed:08x}{index:04x}",
        pci_bus_id=f"00000000:{16 * (index + 1) + 7:02X}:00.0",
        model="NVIDIA H100 80GB HBM3",
    )
    values = {metric.name: float(value) for metric, value in _values(_board(index, seed), at)}
    return Gpu(index, "ok", identity, values)


def read(at: float, seed: int = 0) -> Reading:
    """The simulated node at a moment (seconds since the epoch)."""
    return Reading("simulated", tuple(gpu(index, at, seed) for index in range(GPUS)))
