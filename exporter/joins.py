"""What GPUs and the inference servers on them tell only together: energy per token, idle with a queue, busy for nobody.

Pure: from looks at both, some seconds apart, to points. A server and a GPU belong together when the pod that serves
holds the GPU, or when somebody wrote down which GPUs are the server's. Whatever would be a guess is absent: where the
GPUs of a server are not known or changed, where a counter began anew or is not there, before the looks reach back far
enough, and energy of MIG instances, which have no counter of their own.

Where a GPU has several owners or servers, its energy and its load are those of all of them: such a figure is marked
`shared="true"` and says at most what one server had.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import fsum
from typing import Final

from exporter.metric import Metric, Point
from native.exposition import Labels

WINDOW: Final = 60.0
"""Seconds over which tokens, requests and joules are compared."""
SHORTEST: Final = 20.0
"""Seconds that the looks must span: a GPU's load is itself an average of fifteen."""
BUSY: Final = 0.1
"""A GPU in whose time kernels ran for less counts as idle."""

TOKENS: Final = Metric(
    "emberline_tokens_per_joule",
    "gauge",
    "Tokens that a server worked on in the last minute over the energy of its GPUs, by type.",
)
ENERGY: Final = Metric(
    "emberline_energy_joules_per_request",
    "gauge",
    "Energy of a server's GPUs in the last minute over its requests that ended; absent while none did.",
)
BUSY_FOR_NOBODY: Final = Metric(
    "emberline_gpu_busy_without_requests",
    "gauge",
    "1 if kernels run on a server's GPUs although it has had no request in the last minute, else 0.",
)
IDLE_WITH_QUEUE: Final = Metric(
    "emberline_gpu_idle_with_queue",
    "gauge",
    "1 if requests wait at a server, and did all of the last minute, while its GPUs idle, else 0.",
)
MEMORY: Final = Metric(
    "emberline_kv_cache_memory_ratio",
    "gauge",
    "KV cache of a server in use over memory of its GPUs in use, both as shares: near 0, memory is held for nothing.",
)

PodName = tuple[str, str]
"""Namespace and name."""


@dataclass(frozen=True, slots=True)
class Gpu:
    """A GPU or MIG instance at one moment: its UUIDs, joules since any fixed moment, load and memory as parts of one.

    `owners` are the pods that hold it. None is not known.
    """

    uuids: tuple[str, ...]
    owners: frozenset[PodName] = frozenset()
    joules: float | None = None
    load: float | None = None
    memory: float | None = None


@dataclass(frozen=True, slots=True)
class Server:
    """A server at one moment; `gpus` are UUIDs that are known to be its own, without them its pod tells.

    Counters of tokens and of ended requests, requests in execution and in the queue, the part of the KV cache in use.
    """

    target: str
    pod: PodName | None = None
    gpus: tuple[str, ...] = ()
    prompt: float | None = None
    generation: float | None = None
    finished: float | None = None
    running: float | None = None
    waiting: float | None = None
    cache: float | None = None

    def uses(self, gpu: Gpu) -> bool:
        """Whether the GPU is this server's."""
        return bool(set(self.gpus) & set(gpu.uuids)) if self.gpus else self.pod in gpu.owners


@dataclass(frozen=True, slots=True)
class Look:
    """All GPUs and servers of the node at the moment `at` (seconds of any steady clock)."""

    at: float
    gpus: tuple[Gpu, ...]
    servers: tuple[Server, ...]


@dataclass(frozen=True, slots=True)
class _Seen:
    """A server and its GPUs at one look."""

    server: Server
    gpus: tuple[Gpu, ...]


def joined(looks: Sequence[Look]) -> Iterator[Point]:
    """What the newest look shows, in the light of those in the `WINDOW` before it; looks come in the order of time."""
    if not looks:
        return
    newest = looks[-1]
    within = [look for look in looks if newest.at - look.at <= WINDOW]
    users = Counter(gpu.uuids for gpu in newest.gpus for server in newest.servers if server.uses(gpu))
    for server in newest.servers:
        gpus = _of(server, newest)
        if gpus:
            shared = any(len(gpu.owners) > 1 or users[gpu.uuids] > 1 for gpu in gpus)
            labels = (("target", server.target), *((("shared", "true"),) if shared else ()))
            yield from _points(labels, _history(server, within, newest.at))


def _of(server: Server, look: Look) -> tuple[Gpu, ...]:
    return tuple(gpu for gpu in look.gpus if server.uses(gpu))


def _history(server: Server, looks: Sequence[Look], now: float) -> tuple[list[_Seen], float]:
    """What was seen of a server as long as it was on the same GPUs, and for how many seconds."""
    seen: list[_Seen] = []
    since = now
    for look in reversed(looks):
        then = next((it for it in look.servers if it.target == server.target), None)
        gpus = () if then is None else _of(then, look)
        if then is None or (seen and [gpu.uuids for gpu in gpus] != [gpu.uuids for gpu in seen[-1].gpus]):
            break
        seen.append(_Seen(then, gpus))
        since = look.at
    return seen[::-1], now - since


def _points(labels: Labels, history: tuple[list[_Seen], float]) -> Iterator[Point]:
    seen, seconds = history
    newest = seen[-1]
    memory = _mean([gpu.memory for gpu in newest.gpus])
    if newest.server.cache is not None and memory:
        yield MEMORY.at(labels, newest.server.cache / memory)
    if seconds < SHORTEST:
        return
    joules = _joules(seen)
    if joules:
        for kind, counts in _tokens(seen):
            tokens = increase(counts)
            if tokens is not None:
                yield TOKENS.at((*labels, ("type", kind)), tokens / joules)
        requests = increase([it.server.finished for it in seen])
        if requests:
            yield ENERGY.at(labels, joules / requests)
    yield from _loads(labels, seen)


def _loads(labels: Labels, seen: Sequence[_Seen]) -> Iterator[Point]:
    loads = [gpu.load for gpu in seen[-1].gpus]
    queues = [(it.server.running, it.server.waiting) for it in seen]
    known = [load for load in loads if load is not None]
    if len(known) < len(loads) or any(running is None or waiting is None for running, waiting in queues):
        return
    moved = [increase(counts) for _, counts in _tokens(seen)]
    if any(tokens is None for tokens in moved):
        return
    quiet = not any(running or waiting for running, waiting in queues) and not any(moved)
    yield BUSY_FOR_NOBODY.at(labels, quiet and max(known) >= BUSY)
    yield IDLE_WITH_QUEUE.at(labels, all(waiting for _, waiting in queues) and max(known) < BUSY)


def _tokens(seen: Sequence[_Seen]) -> tuple[tuple[str, list[float | None]], ...]:
    return (
        ("prompt", [it.server.prompt for it in seen]),
        ("generation", [it.server.generation for it in seen]),
    )


def _joules(seen: Sequence[_Seen]) -> float | None:
    """The energy of all GPUs together; None if that of one is not known."""
    each = [increase([gpu.joules for gpu in turns]) for turns in zip(*(it.gpus for it in seen), strict=True)]
    known = [joules for joules in each if joules is not None]
    return fsum(known) if len(known) == len(each) else None


def increase(counts: Sequence[float | None]) -> float | None:
    """How much a counter rose from the first value to the last; None where one is missing or it began anew."""
    known = [count for count in counts if count is not None]
    if len(known) < len(counts) or any(after < before for before, after in pairwise(known)):
        return None
    return known[-1] - known[0] if known else None


def _mean(parts: Sequence[float | None]) -> float | None:
    known = [part for part in parts if part is not None]
    return fsum(known) / len(known) if known and len(known) == len(parts) else None
