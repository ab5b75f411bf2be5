"""What runs beside GPUs and configured targets: GPUs' owners, targets of pods, joins, KServe, Milvus' upkeep.

Each part is imported when it is wanted: a node without Kubernetes pays for none of them.
"""

import asyncio
import random
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from exporter.dcgm.device import Device
from exporter.fleet import Fleet
from exporter.nvml.known import Known
from exporter.page import Part
from exporter.settings import Settings
from exporter.targets_pods import Wishes

if TYPE_CHECKING:
    from exporter.owners import Owners
    from exporter.pods.source import PodSource

_LOOK: Final = 1.0
"""Seconds between two looks at what pods ask for."""

Work = Callable[[], Coroutine[Any, Any, None]]
"""Begins what runs until it is cancelled."""


@dataclass(slots=True)
class Beside:
    """Parts of the page, the work that keeps them up to date, and who accounts for the use of GPUs."""

    parts: list[Part] = field(default_factory=list)
    works: list[Work] = field(default_factory=list)
    owners: "Owners | None" = None


def beside(settings: Settings, fleet: Fleet, known: Known) -> Beside:
    """Everything that the settings want."""
    made = Beside()
    if settings.pods.asked:
        _add_pods(made, settings, fleet)
    if settings.pods.kubernetes or any(target.gpus for target in settings.targets):
        from exporter.joining import Joining  # noqa: PLC0415 - as all parts

        holders = _nobody if made.owners is None else made.owners.holders
        joining = Joining(known, fleet.watches, holders, settings.interval)
        made.parts.append(joining)
        made.works.append(joining.run)
    if settings.api is not None and settings.kserve:
        from exporter.kserve.source import KServe  # noqa: PLC0415

        kserve = KServe(settings.api, random.random, settings.namespace)
        made.parts.append(kserve)
        made.works.append(kserve.run)
    if settings.api is not None and settings.milvus_upkeep:
        from exporter.upkeep.source import Upkeep  # noqa: PLC0415

        upkeep = Upkeep(settings.api, random.random, settings.namespace)
        made.parts.append(upkeep)
        made.works.append(upkeep.run)
    return made


def _nobody(_: Device) -> frozenset[tuple[str, str]]:
    return frozenset()


def _add_pods(made: Beside, settings: Settings, fleet: Fleet) -> None:
    from exporter.owners import Owners  # noqa: PLC0415
    from exporter.pods.source import PodSource  # noqa: PLC0415

    source = PodSource(settings.pods, settings.api, random.random)
    made.owners = Owners(source, settings.interval)
    made.parts.append(made.owners)
    made.works.append(source.run)
    if settings.targets_from_pods:
        made.works.append(partial(_follow, source, fleet))


async def _follow(source: "PodSource", fleet: Fleet) -> None:
    """Probe the pods that ask for it, and log whose wish is none, until cancelled."""
    wishes, seen = Wishes(), None
    while True:
        if source.version != seen:
            seen = source.version
            fleet.want(wishes.of([asking.document for asking in source.asking()]))
        await asyncio.sleep(_LOOK)
