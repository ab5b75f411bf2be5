"""What scraping a node of simulated GPUs would have brought: the exporter's own page, time after time."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
from numpy.typing import NDArray

from exporter.dcgm.surface import Surface
from exporter.joins import WINDOW, Gpu, Look, Server, joined
from exporter.live import Live
from exporter.metric import gather
from exporter.nvml import simulation
from exporter.nvml.known import Known
from exporter.nvml.page import Place, account, families
from exporter.nvml.verdicts import Child
from exporter.owners import Owners
from native.exposition import Family, Labels
from tests.exporter.pods.kubelet import holding
from tests.exporter.pods.settled import settled

PODS = (
    holding("llama", "nvidia0", "nvidia1"),
    holding("qwen", "nvidia2"),
    holding("training", "nvidia3", "nvidia4"),
    holding("notebook-a", "nvidia5/vgpu0"),
    holding("notebook-b", "nvidia5/vgpu1"),
)
"""The last two share a GPU, and nobody holds the seventh and the eighth."""
_CHILD = Child(up=True, restarts=0, abandoned=0)


def simulated(
    host: str, times: Iterable[int], servers: Iterable[tuple[Server, ...]]
) -> dict[tuple[str, Labels], NDArray[np.float64]]:
    """Values of each series by name and labels; `times` in ms, each one a scrape just after a reading.

    `servers` are the inference servers on the node as they are at each of these times. A series that is not there has
    the value before, or the first one.
    """
    with TemporaryDirectory() as folder:
        owners = Owners(settled(Path(folder), *PODS), 15.0)
    place, known = Place(host, 1.0, Live(Surface()), simulated=True, owners=owners), Known()
    found: dict[tuple[str, Labels], NDArray[np.float64]] = {}
    looks: list[Look] = []
    moments = [time / 1000 for time in times]
    for nth, ((before, at), there) in enumerate(zip(pairwise([moments[0] - 1, *moments]), servers, strict=True)):
        known.take(simulation.read(at, before=before), at)
        account(place, known, at)
        page = families(place, _CHILD, known, at + 0.2 + at * 0.37 % 0.7)
        looks = [*(look for look in looks if at - look.at <= WINDOW), Look(at, tuple(_gpus(page, owners)), there)]
        for family in (*page, *gather([*owners.points(at), *joined(looks)])):
            for sample in family.samples:
                values = found.setdefault((sample.name, sample.labels), np.full(len(moments), sample.value))
                values[nth:] = sample.value
    return found


def _gpus(page: Sequence[Family], owners: Owners) -> Iterator[Gpu]:
    """The GPUs as their series tell of them."""
    told: dict[str, dict[str, float]] = {}
    for family in page:
        for sample in family.samples:
            if uuid := dict(sample.labels).get("UUID"):
                told.setdefault(uuid, {})[sample.name] = sample.value
    pods = {entity.gpu: {owner.pod_name for owner in held} for entity, held in owners.now.by_entity.items()}
    for uuid, values in told.items():
        yield Gpu(
            (uuid,),
            frozenset(pods.get(uuid, ())),
            joules=values["emberline_gpu_energy_joules_total"],
            load=values["emberline_gpu_utilization_ratio"],
            memory=values["emberline_gpu_memory_used_bytes"] / values["emberline_gpu_memory_total_bytes"],
        )
