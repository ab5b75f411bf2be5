"""What `up` looks at: the servers that a targets file names, or the demo fleet."""

from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Final, TypeAlias
from urllib.parse import urlsplit

from emberline.demo.component import SIMULATED
from emberline.demo.fleet import Fleet
from emberline.demo.server import serve
from emberline.failure import Failure
from emberline.sources.target import Target
from exporter.targets_file import TARGETS
from slo.duration import Duration
from slo.selector import labels_of

Probe: TypeAlias = dict[str, str]

PROBED: Final = ("vllm", "milvus")
"""Kinds of targets on which the exporter gives a verdict of its own."""
_DEMO: Final = (
    'Simulated: the fleet and its last 30 days are invented, and every series says simulated="true". '
    "Name real servers with --targets."
)
_NOTHING: Final = "No targets were named, so there is nothing to look at but this machine."
_NODE_INTERVAL: Final = Duration.parse("5s")


@dataclass(frozen=True, slots=True)
class Scene:
    """Targets to scrape, probes for the exporter, the simulated fleet if there is one, and what to say of it."""

    targets: tuple[Target, ...]
    probes: tuple[Probe, ...]
    fleet: Fleet | None
    notices: tuple[str, ...]

    def with_node(self, url: str) -> tuple[Target, ...]:
        """The targets and the exporter's page."""
        labels = {"job": "emberline-exporter", "instance": urlsplit(url).netloc}
        if self.fleet:
            labels |= dict([SIMULATED])
        return (*self.targets, Target("exporter", url, labels_of(labels), _NODE_INTERVAL, honor_labels=True))


@asynccontextmanager
async def scene(
    targets: tuple[Target, ...], clock: Callable[[], int], *, simulate: bool | None
) -> AsyncIterator[Scene]:
    """The targets, and the demo fleet beside them, served while it lasts; None: where there are no targets."""
    if not (simulate if simulate is not None else not targets):
        yield Scene(targets, probes(targets), None, () if targets else (_NOTHING,))
        return
    reason = () if simulate else ("No targets were named, so the demo fleet was started.",)
    fleet = Fleet.at(clock())
    async with serve(fleet, clock) as served:
        simulated = tuple(one.target for one in served)
        yield Scene((*targets, *simulated), tuple(map(_simulated, probes(simulated))), fleet, (*reason, _DEMO))


def probes(targets: Iterable[Target]) -> tuple[Probe, ...]:
    """Entries of the exporter's targets file: each server whose page is scraped once, and under a name of its own.

    The name is that of its instance; where the file gave two servers the same, the later one has its address. Links to
    credentials stay links: whoever renews a mounted Secret moves one. Failure when they are more than an exporter can
    probe.
    """
    servers = {(target.kind, _server(target)): target for target in reversed(tuple(targets)) if probed(target)}
    named: dict[str, Probe] = {}
    for (kind, url), target in reversed(servers.items()):
        instance = target.label["instance"]
        name = f"{kind} {url}" if instance in named else instance
        credentials = {"credentials_file": str(token.absolute())} if (token := target.access.token) else {}
        named[name] = {"kind": kind, "url": url, "name": name, **credentials}
    if len(named) > TARGETS:
        raise Failure(f"{len(named)} vLLM and Milvus servers are more than the {TARGETS} that one exporter probes")
    return tuple(named.values())


def probed(target: Target) -> bool:
    """Whether the exporter has a verdict of its own on it, which it reaches without passwords and authorities."""
    asks = target.access.user or target.access.tls
    return target.kind in PROBED and not target.each_address and not asks


def _simulated(probe: Probe) -> Probe:
    """The demo's Milvus answers REST on the port of its page."""
    return probe | ({"rest_url": probe["url"]} if probe["kind"] == "milvus" else {})


def _server(target: Target) -> str:
    parts = urlsplit(target.url)
    return f"{parts.scheme}://{parts.netloc}"
