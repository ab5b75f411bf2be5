"""What `up` looks at: the servers that a targets file names, or the demo fleet."""

from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from emberline.demo.component import SIMULATED
from emberline.demo.fleet import Fleet
from emberline.demo.server import serve
from emberline.failure import Failure
from emberline.sources.target import Target
from emberline.sources.targets import load_targets
from slo.duration import Duration
from slo.fault import Invalid
from slo.selector import labels_of

PROBED: Final = ("vllm", "milvus")
"""Kinds of targets on which the exporter gives a verdict of its own."""
_DEMO: Final = (
    'Simulated: the fleet and its last 30 days are invented, and every series says simulated="true". '
    "Name real servers with --targets."
)
_NODE_INTERVAL: Final = Duration.parse("5s")


@dataclass(frozen=True, slots=True)
class Scene:
    """Targets to scrape, probes for the exporter, the simulated fleet if there is one, and what to say of it."""

    targets: tuple[Target, ...]
    probes: tuple[Mapping[str, str], ...]
    fleet: Fleet | None
    notices: tuple[str, ...]

    def with_node(self, url: str) -> tuple[Target, ...]:
        """The targets and the exporter's page."""
        labels = {"job": "emberline-exporter", "instance": urlsplit(url).netloc}
        if self.fleet:
            labels |= dict([SIMULATED])
        return (*self.targets, Target("exporter", url, labels_of(labels), _NODE_INTERVAL, honor_labels=True))


@asynccontextmanager
async def scene(file: Path | None, clock: Callable[[], int], *, simulate: bool) -> AsyncIterator[Scene]:
    """What the targets file names; with `simulate`, or where it names nothing, the demo fleet, served while it lasts.

    Failure with every fault of the file.
    """
    targets = () if file is None else _load(file)
    if targets and not simulate:
        yield Scene(
            targets, tuple(_probe(t.kind, t.url, t.label["instance"]) for t in targets if t.kind in PROBED), None, ()
        )
        return
    reason = () if simulate else ("No targets were named, so the demo fleet was started.",)
    fleet = Fleet.at(clock())
    async with serve(fleet, clock) as served:
        probes = tuple(
            _probe(one.component.name, one.address, one.component.instance)
            for one in served
            if one.component.name in PROBED
        )
        yield Scene((*targets, *(one.target for one in served)), probes, fleet, (*reason, _DEMO))


def _load(file: Path) -> tuple[Target, ...]:
    try:
        return load_targets(file)
    except Invalid as invalid:
        raise Failure(str(invalid)) from invalid


def _probe(kind: str, url: str, name: str) -> dict[str, str]:
    parts = urlsplit(url)
    address = f"{parts.scheme}://{parts.netloc}"
    return {"kind": kind, "url": address, "name": name} | ({"rest_url": address} if kind == "milvus" else {})
