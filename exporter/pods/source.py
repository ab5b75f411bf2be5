"""What is known of this node's pods, kept up to date: the kubelet's map, labels and UIDs, claims, and job files."""

import asyncio
import logging
from collections.abc import Callable, Container, Coroutine, Hashable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Final

from exporter.apart import apart
from exporter.kubernetes import followed
from exporter.kubernetes.api import ApiServer, Document
from exporter.kubernetes.watch import Feed, Watch
from exporter.metric import Point
from exporter.pods import catalog
from exporter.pods.cgroup import pods_of, sees_host
from exporter.pods.devices import Device, Entity, Inventory
from exporter.pods.hpc import JobFiles
from exporter.pods.labels import PodDetails
from exporter.pods.listing import Listing
from exporter.pods.objects import Asking, KnownPod, Slice, published, read_pod, read_slice
from exporter.pods.options import PodOptions
from exporter.pods.owners import DRIVER, Ownership, PodName, ownership
from exporter.pods.sharing import OUTSIDE
from native.exposition import Labels

_LOG: Final = logging.getLogger(__name__)
_SLICES: Final = tuple(f"/apis/resource.k8s.io/{version}/resourceslices" for version in ("v1", "v1beta2", "v1beta1"))
_ENDED: Final = "status.phase!=Succeeded,status.phase!=Failed"


class PodSource:
    """Asks the kubelet every `interval` seconds, which is how old its map may be; on errors the last good one stays.

    `server` is the Kubernetes API, without which there are neither pod labels, UIDs nor claims. `chance` gives numbers
    from 0 to 1 that spread the requests of many nodes.
    """

    def __init__(
        self,
        options: PodOptions,
        server: ApiServer | None,
        chance: Callable[[], float],
        *,
        interval: float = 10.0,
        deadline: float = 10.0,
        proc: Path = Path("/proc"),
    ) -> None:
        self._options = options
        self._interval = interval
        self._proc = proc
        self._listing = Listing(options.socket, interval, deadline) if options.kubernetes else None
        self._jobs = JobFiles(options.job_folder) if options.job_folder else None
        self._pods = Watch(server, _pods(options), chance) if server and options.details else None
        self._slices = Watch(server, _slices(options), chance) if server and options.details and options.dra else None
        self._owners: tuple[tuple[object, ...], Ownership] = ((), Ownership())
        self._pods_at: tuple[int | None, dict[PodName, KnownPod], dict[PodName, PodDetails]] = (None, {}, {})

    async def run(self) -> None:
        """Keep everything up to date until cancelled."""
        parts = (self._listing, self._pods, self._slices)
        async with asyncio.TaskGroup() as group:
            for part in parts:
                if part is not None:
                    group.create_task(self._keep(part.run))
            if self._jobs is not None:
                group.create_task(self._keep(partial(self._keep_jobs, self._jobs)))

    def pending(self) -> tuple[str, ...]:
        """Who has neither answered nor failed yet."""
        kubelet = () if self._listing is None or self._listing.settled else ("kubelet",)
        return (*kubelet, *(name for watch in self._watches() for name in followed.pending(watch)))

    @property
    def version(self) -> Hashable:
        """Differs from what it was once anything that is told here may be new."""
        heard = tuple(watch.version for watch in self._watches())
        return heard, self._listing and self._listing.version, self._jobs and self._jobs.version

    def asking(self) -> tuple[Asking, ...]:
        """The pods that ask to be probed."""
        return tuple(pod.asking for pod in self._known().values() if pod.asking is not None)

    def owners(self, devices: tuple[Device, ...]) -> Ownership:
        """Who holds these devices, by the newest answer of the kubelet."""
        pods = self._listing.pods if self._listing else ()
        key = (pods, devices, *(watch.version for watch in self._watches()))
        if self._owners[0] != key:
            slices = tuple(self._slices.objects.values()) if self._slices and self._slices.objects else ()
            running = frozenset(self._known()) if self._pods and self._pods.objects is not None else None
            found = ownership(
                pods,
                Inventory.of(devices),
                resources=self._options.resources,
                published=published(slices),
                running=running,
            )
            self._owners = key, found
        return self._owners[1]

    def details(self) -> Mapping[PodName, PodDetails]:
        """Labels and UID of this node's pods."""
        self._known()
        return self._pods_at[2]

    def copies(
        self, devices: tuple[Device, ...], entity: Entity, gpu: int, gi: int | None = None
    ) -> tuple[Labels, ...]:
        """What each copy of a device's series carries besides the device's own labels; mostly there is one copy.

        `gpu` and `gi` are the index and the GPU instance by which job files name the device.
        """
        jobs = self._jobs.of(gpu, gi) if self._jobs else ()
        return self._options.shown.copies(self.owners(devices).of(entity), self.details(), jobs)

    def resolve(self, pids: Iterable[int]) -> Mapping[int, PodName | None]:
        """The pod of each process id, `OUTSIDE` for one in no pod; None where it is not known."""
        names = {pod.cgroup_uid: pod.name for pod in self._known().values()}
        found = pods_of(pids, self._proc).items()
        return {pid: OUTSIDE if uid == "" else names.get(uid or "") for pid, uid in found}

    @property
    def resolves(self) -> bool:
        """Whether processes can be told apart by pod: with the host's process ids, and the UIDs of its pods."""
        return sees_host(self._proc) and self._pods is not None and self._pods.objects is not None

    def points(self, at: float) -> Iterator[Point]:
        """Our own metrics at `at` (monotonic seconds)."""
        if self._listing is not None:
            age = self._listing.age(at)
            if age is not None:
                yield catalog.MAP_AGE.at((), age)
                yield catalog.UNKNOWN.at((), len(self._owners[1].unknown))
            for outcome, count in self._listing.requests.items():
                yield catalog.KUBELET.at((("outcome", outcome),), count)
        for watch in self._watches():
            yield from followed.points(watch, at)

    def _watches(self) -> Iterator[Watch[KnownPod] | Watch[Slice]]:
        yield from (watch for watch in (self._pods, self._slices) if watch is not None)

    def _known(self) -> dict[PodName, KnownPod]:
        """Pods by name, made anew when the watch has heard something: every device of every page asks for them."""
        if self._pods is not None and self._pods.version != self._pods_at[0]:
            known = {pod.name: pod for pod in (self._pods.objects or {}).values()}
            self._pods_at = self._pods.version, known, {name: pod.details for name, pod in known.items()}
        return self._pods_at[1]

    async def _keep(self, run: Callable[[], Coroutine[None, None, None]]) -> None:
        """Run a part again after a fault of its own: it must not take the GPUs' page with it."""
        while True:
            try:
                await run()
            except Exception:  # noqa: BLE001 - named above
                _LOG.exception("a part of the pods' source failed by a fault of its own")
                await asyncio.sleep(self._interval)

    async def _keep_jobs(self, jobs: JobFiles) -> None:
        while True:
            await apart(jobs.refresh)
            await asyncio.sleep(self._interval)


def _pods(options: PodOptions) -> Feed[KnownPod]:
    allowed: Container[str] = options.shown.allowed if options.shown.pod_labels else ()
    selector = f"spec.nodeName={options.node},{_ENDED}"

    def read(item: Document) -> KnownPod | None:
        return read_pod(item, allowed, targets=options.targets)

    return Feed("pods", ("/api/v1/pods",), selector, read, metadata=not options.targets)


def _slices(options: PodOptions) -> Feed[Slice]:
    selector = f"spec.nodeName={options.node},spec.driver={DRIVER}"
    return Feed("resourceslices", _SLICES, selector, read_slice)
