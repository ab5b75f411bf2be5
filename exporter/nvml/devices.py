"""GPUs and MIG instances as the page's makers want them: what is fresh of each, at one moment."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import partial

from exporter.dcgm.device import Device, Earlier, Events
from exporter.nvml.known import Known
from exporter.nvml.latest import COUNTERS, Seen
from exporter.nvml.reading import Instance
from exporter.nvml.schedule import keeps


def devices(gpu: Seen, known: Known, at: float, interval: float) -> Iterator[Device]:
    """The GPU, then its MIG instances, at `at` (monotonic seconds) when GPUs are read every `interval` seconds.

    What was counted of a GPU and its error events stay when it gives no values any more.
    """
    keep = partial(keeps, interval=interval)
    whole = _whole(gpu, known, gpu.values(at, keep), at)
    yield whole
    if at - gpu.instances.at <= keep("instances"):
        for instance in gpu.instances.listed:
            yield _part(whole, instance)


def _whole(gpu: Seen, known: Known, values: Mapping[str, float], at: float) -> Device:
    who = gpu.identity
    return Device(
        index=gpu.index,
        minor=who.minor if who else None,
        uuid=who.uuid if who else "",
        pci_bus_id=who.pci_bus_id if who else "",
        model=who.model if who else "",
        texts=who.texts if who else {},
        values=values,
        last_xid=known.xids.last_of(who.pci_bus_id) if who else None,
        earlier=_earlier(gpu, values),
        events=_events(gpu, known, at),
        totals=gpu.counts,
    )


def _events(gpu: Seen, known: Known, at: float) -> Events | None:
    log = known.logs.get(gpu.key)
    if log is None or gpu.identity is None:
        return None
    return replace(log.events(at), xid_totals=dict(known.xids.of(gpu.identity.pci_bus_id)))


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
        mig_uuid=instance.uuid,
    )
