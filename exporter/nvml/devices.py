"""GPUs and MIG instances as the page's makers want them: what is fresh of each, at one moment."""

from collections.abc import Iterator, Mapping

from exporter.dcgm.device import Device, Earlier
from exporter.dcgm.events import EventLog
from exporter.nvml.latest import COUNTERS, Seen
from exporter.nvml.reading import Instance
from exporter.nvml.schedule import lasts
from exporter.nvml.xids import Xids

KEEP_TURNS = 3
"""Values older than so many turns of their family vanish from the page."""


def devices(gpu: Seen, xids: Xids, log: EventLog | None, at: float, interval: float) -> Iterator[Device]:
    """The GPU and its MIG instances at `at` (monotonic seconds) when GPUs are read every `interval` seconds."""

    def keep(family: str) -> float:
        return KEEP_TURNS * lasts(family, interval)

    whole = _whole(gpu, xids, log, gpu.values(at, keep), at)
    yield whole
    if at - gpu.instances.at <= keep("instances"):
        for instance in gpu.instances.listed:
            yield _part(whole, instance)


def _whole(gpu: Seen, xids: Xids, log: EventLog | None, values: Mapping[str, float], at: float) -> Device:
    known = gpu.identity
    return Device(
        index=gpu.index,
        minor=known.minor if known else None,
        uuid=known.uuid if known else "",
        pci_bus_id=known.pci_bus_id if known else "",
        model=known.model if known else "",
        texts=known.texts if known else {},
        values=values,
        last_xid=xids.last_of(known.pci_bus_id) if known and values else None,
        earlier=_earlier(gpu, values),
        events=log.events(at) if log is not None and values else None,
        totals=gpu.counts,
    )


def _earlier(gpu: Seen, values: Mapping[str, float]) -> Earlier | None:
    before, now = gpu.earlier, gpu.groups.get(COUNTERS)
    if before is None or now is None or not values:
        return None
    return Earlier(before.values, now.at - before.at)


def _part(whole: Device, instance: Instance) -> Device:
    """An instance has the identity of its GPU, and the profile and id that tell it apart."""
    return Device(
        index=whole.index,
        minor=whole.minor,
        uuid=whole.uuid,
        pci_bus_id=whole.pci_bus_id,
        model=whole.model,
        texts=whole.texts,
        values=instance.values,
        instance=(instance.profile, instance.gpu_instance),
    )
