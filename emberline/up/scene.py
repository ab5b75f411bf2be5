"""What `up` looks at: the servers that a targets file names, or the demo fleet."""

from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
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
from slo.selector import labels_of
from slo.table.fault import Invalid

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
        yield Scene(targets, tuple(map(_probe, _probed(targets))), None, ())
        return
    reason = () if simulate else ("No targets were named, so the demo fleet was started.",)
    fleet = Fleet.at(clock())
    async with serve(fleet, clock) as served:
        simulated = tuple(one.target for one in served)
        probes = map(_simulated, _probed(simulated))
        yield Scene((*targets, *simulated), tuple(probes), fleet, (*reason, _DEMO))


def _load(file: Path) -> tuple[Target, ...]:
    try:
        return load_targets(file)
    except Invalid as invalid:
        raise Failure(str(invalid)) from invalid


def _probed(targets: Iterable[Target]) -> Iterator[Target]:
    return (target for target in targets if target.kind in PROBED)


def _probe(target: Target) -> dict[str, str]:
    """An entry of the exporter's targets file: the server whose page is scraped, under the name of its instance."""
    credentials = {"credentials_file": str(target.credentials.resolve())} if target.credentials else {}
    return {"kind": target.kind, "url": _server(target), "name": target.label["instance"], **credentials}


def _simulated(target: Target) -> dict[str, str]:
    """The demo's Milvus answers REST on the port of its page."""
    return _probe(target) | ({"rest_url": _server(target)} if target.kind == "milvus" else {})


def _server(target: Target) -> str:
    parts = urlsplit(target.url)
    return f"{parts.scheme}://{parts.netloc}"
