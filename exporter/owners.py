"""The GPUs that were read and the pods that hold them: labels of owners, and what each of them used."""

from collections.abc import Hashable, Iterator, Sequence
from itertools import chain

from exporter import gpu_metrics
from exporter.dcgm.device import Device
from exporter.metric import Point
from exporter.nvml.latest import Seen
from exporter.nvml.schedule import KEEP_TURNS, keeps
from exporter.pods import devices as held
from exporter.pods.owners import Ownership, PodName
from exporter.pods.shares import DeviceSample, PidUse, Shares
from exporter.pods.source import PodSource
from native.exposition import Labels

Shown = Sequence[tuple[Device, Labels]]
"""A GPU and its MIG instances, each with the labels of its series."""


class Owners:
    """What `source` knows of pods, applied to the GPUs of each reading; they are read every `interval` seconds."""

    def __init__(self, source: PodSource, interval: float) -> None:
        self._source = source
        self._interval = interval
        self._shares = Shares()
        self._devices: tuple[held.Device, ...] = ()
        self._at = float("-inf")

    def copies(self, device: Device) -> tuple[Labels, ...]:
        """What each copy of a device's compatible series carries."""
        gi = None if device.instance is None else device.instance[1]
        return self._source.copies(self._devices, _entity(device), device.index, gi)

    def take(self, gpus: Sequence[tuple[Seen, Shown]], at: float) -> None:
        """Take in a reading of the moment `at` (monotonic seconds)."""
        self._devices = tuple(chain.from_iterable(_inventory(gpu) for gpu, _ in gpus))
        samples = [
            self._sample(gpu, device, labels, at) for gpu, shown in gpus for device, labels in shown if device.uuid
        ]
        resolve = self._source.resolve if self._source.resolves else None
        self._shares.take(samples, self.now, resolve, at)
        self._at = at

    def holders(self, device: Device) -> frozenset[PodName]:
        """The pods that hold a device."""
        return frozenset(owner.pod_name for owner in self.now.of(_entity(device)))

    @property
    def now(self) -> Ownership:
        """Who holds what."""
        return self._source.owners(self._devices)

    def points(self, at: float) -> Iterator[Point]:
        """What each owner used, as long as the readings are fresh, and what there is to say of the source."""
        if at - self._at <= KEEP_TURNS * self._interval:
            yield from self._shares.points()
        yield from self._source.points(at)

    def pending(self) -> tuple[str, ...]:
        """Who was asked about the pods and has neither answered nor failed."""
        return self._source.pending()

    def _sample(self, gpu: Seen, device: Device, labels: Labels, at: float) -> DeviceSample:
        told = gpu.groups.get("processes")
        fresh = told is not None and at - told.at <= keeps("processes", self._interval)
        return DeviceSample(
            _entity(device),
            labels,
            utilization=gpu_metrics.value("emberline_gpu_utilization_ratio", device.values),
            memory=gpu_metrics.value("emberline_gpu_memory_used_bytes", device.values),
            joules=gpu_metrics.value("emberline_gpu_energy_joules_total", device.values),
            processes=_uses(gpu) if fresh and device.instance is None else None,
        )

    @property
    def version(self) -> Hashable:
        """Differs from what it was once a page would differ."""
        return self._at, self._source.version


def _entity(device: Device) -> held.Entity:
    return held.Entity(device.uuid, device.mig_uuid)


def _inventory(gpu: Seen) -> Iterator[held.Device]:
    if gpu.identity is not None:
        instances = (held.Instance(it.uuid, it.gpu_instance, it.compute_instance) for it in gpu.instances.listed)
        yield held.Device(gpu.identity.uuid, gpu.index, gpu.identity.minor, tuple(instances))


def _uses(gpu: Seen) -> tuple[PidUse, ...] | None:
    if gpu.processes is None:
        return None
    uses = ((it.pid, it.percent, it.memory_bytes) for it in gpu.processes)
    return tuple(PidUse(pid, None if percent is None else percent / 100, memory) for pid, percent, memory in uses)
