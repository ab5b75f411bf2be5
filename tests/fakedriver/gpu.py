"""One GPU of the fake driver, as a test reads and writes it. Layout: state.h."""

import ctypes
from typing import Final

from tests.fakedriver.parts import (
    FUNCTIONS,
    I32,
    METRICS,
    NONE,
    U32,
    U64,
    Field,
    Instance,
    License,
    Metric,
    Process,
    Ring,
    Rule,
    Use,
    slots,
    tell,
)

FIELDS: Final = 48
RINGS: Final = 10
USES: Final = 128
PROCESSES: Final = 32
INSTANCES: Final = 8

GIB: Final = 2**30
UNSIGNED, UNSIGNED_LONG_LONG, DOUBLE = 1, 3, 0  # nvmlValueType_t
TOTAL_POWER, GPU_UTIL, MEM_UTIL, ENCODER, DECODER, PROCESSOR_CLOCK, MEMORY_CLOCK = range(7)  # nvmlSamplingType_t
DEPTHS: Final = (120, 72, 72, 72, 72, 100, 100, 0, 0, 0)  # of the rings; 0: the GPU has no such sensor
COMPUTE, GRAPHICS, MPS = 1, 2, 3

SBE, DBE, PSTATE, XID, CLOCK, MIG_CHANGE = 1, 2, 4, 8, 0x10, 0x100  # event types


class Gpu(ctypes.Structure):
    """One GPU: memory in bytes, power in milliwatts, clocks in MHz, temperature in °C, as the driver holds them."""

    replaced: int  # MIG devices created since the start
    _fields_ = (
        ("uuid", ctypes.c_char * 96),
        ("name", ctypes.c_char * 96),
        ("bus_id", ctypes.c_char * 32),
        ("serial", ctypes.c_char * 32),
        ("vbios", ctypes.c_char * 32),
        ("inforom", ctypes.c_char * 16 * 3),
        ("inforom_image", ctypes.c_char * 16),
        *slots(I32, "condition celsius"),
        *slots(U32, "gpu_percent memory_percent encoder_percent decoder_percent jpg_percent ofa_percent"),
        *slots(U32, "milliwatts limit_milliwatts"),
        *slots(U32, "wanted_milliwatts default_milliwatts least_milliwatts most_milliwatts"),
        *slots(U32, "sm_mhz memory_mhz video_mhz most_sm_mhz most_memory_mhz most_video_mhz"),
        ("thresholds", U32 * 8),
        *slots(U32, "minor brand performance fan_percent persistence compute_mode ecc ecc_pending"),
        *slots(U32, "link_generation link_width most_link_generation most_link_width replays"),
        *slots(U32, "gpm mig mig_pending most_instances at_once"),
        *slots(U64, "total_bytes reserved_bytes free_bytes used_bytes"),
        *slots(U64, "bar1_total_bytes bar1_free_bytes bar1_used_bytes"),
        *slots(U64, "millijoules clock_reasons event_types used replaced"),
        ("license", License),
        ("fields", Field * FIELDS),
        ("rings", Ring * RINGS),
        ("uses", Use * USES),
        ("processes", Process * PROCESSES),
        ("metrics", Metric * METRICS),
        ("instances", Instance * INSTANCES),
        ("rules", Rule * len(FUNCTIONS)),
    )

    def rule(self, function: str) -> Rule:
        """What the function does when it is called about this GPU."""
        rule: Rule = self.rules[FUNCTIONS.index(function)]
        return rule

    def answer(
        self,
        field: int,
        bits: int,
        kind: int = UNSIGNED_LONG_LONG,
        result: int = 0,
        *,
        scope: int = 0,
        latency_us: int = 3,
    ) -> None:
        """Set what nvmlDeviceGetFieldValues says of a field in a scope."""
        entry = next(entry for entry in self.fields if entry.id == 0 or (entry.id, entry.scope) == (field, scope))
        entry.scope, entry.type, entry.result, entry.bits, entry.latency_us = scope, kind, result, bits, latency_us
        entry.id = field

    def sample(self, kind: int, timestamp_us: int, value: int) -> None:
        """Append to the ring of an nvmlSamplingType_t: percent, milliwatts or MHz."""
        self.rings[kind].append(timestamp_us, value)

    def use(self, pid: int, timestamp_us: int, **percent: int) -> None:
        """Append what a process used: `sm`, `memory`, `encoder`, `decoder`, `jpg`, `ofa`."""
        self.uses[self.used % USES] = Use(us=timestamp_us, pid=pid, **percent)
        self.used += 1

    def start(self, pid: int, used_bytes: int, kind: int = COMPUTE, gi: int = NONE, ci: int = NONE) -> None:
        """Let a process hold the GPU, or one of its MIG devices."""
        place = next(place for place in range(PROCESSES) if not self.processes[place].kind)
        self.processes[place] = Process(kind, pid, used_bytes, gi, ci)

    def end(self, pid: int) -> None:
        """Let a process let go."""
        for process in self.processes:
            if process.pid == pid:
                process.kind = 0

    def metric(self, metric: int, value: float, result: int = 0) -> None:
        """Set what the next GPM sample holds of a metric; those never set are not supported."""
        tell(self.metrics, metric, value, result)

    def set_mig(self, *, on: bool, most: int = 7) -> None:
        """Turn MIG on or off; what it was divided into is gone."""
        self.most_instances = most
        for instance in self.instances:
            instance.serial = 0
        self.mig = self.mig_pending = int(on)

    def create(self, gi: int, ci: int = 0, profile: str = "1g.10gb", uuid: str = "") -> Instance:
        """A new MIG device, on the first free index; the profile says how many slices and how much memory."""
        index = next(index for index, old in enumerate(self.instances) if not old.serial)
        slices, gigabytes = (int(number) for number in profile.removesuffix("gb").split("g."))
        serial = 1 + self.replaced
        instance = Instance(gpu_instance=gi, compute_instance=ci)
        instance.uuid = (uuid or f"MIG-{self.uuid.decode()[4:-12]}{serial:06x}{gi:03x}{ci:03x}").encode()
        instance.name = self.name + f" MIG {profile}".encode()
        instance.total_bytes = instance.free_bytes = gigabytes * GIB
        instance.attributes[:] = (14 * slices, slices, 0, 0, 0, 0, slices, slices)
        self.instances[index] = instance
        self.replaced = self.instances[index].serial = serial
        created: Instance = self.instances[index]
        return created

    def destroy(self, gi: int, ci: int = 0) -> None:
        """End a MIG device; handles to it are void."""
        for instance in self.instances:
            if instance.serial and (instance.gpu_instance, instance.compute_instance) == (gi, ci):
                instance.serial = 0
