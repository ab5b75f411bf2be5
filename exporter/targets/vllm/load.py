"""vLLM's metrics page (V3): queue, cache, tokens and times, of the V0 and the V1 engine, in base units.

Three kinds of pages: with `vllm:` series; without any, from a server started with --disable-log-stats; and of several
API servers behind one port (--api-server-count), which has `vllm:` series and none about its processes.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Final

from exporter.metric import Point
from exporter.targets import catalog
from exporter.targets.answer import Failed, Request, Script, Unknown, expect
from exporter.targets.document import PAGE_BYTES, read_page, samples, total, values
from exporter.targets.vllm.histogram import Histogram, histogram
from native.exposition import Exposition, Labels, Sample

ENGINES: Final = 64
"""Engines beyond these have no part in the verdict."""

_RUNNING: Final = "vllm:num_requests_running"
_WAITING: Final = ("vllm:num_requests_waiting", "vllm:num_requests_swapped")
"""Requests that V0 has swapped out wait for a place as queued ones do."""
_GENERATED: Final = "vllm:generation_tokens_total"
_STEPS: Final = (
    _GENERATED,
    "vllm:prompt_tokens_total",
    "vllm:iteration_tokens_total_count",
    "vllm:request_success_total",
)
"""Whatever an engine does raises one of these; a long prefill raises the count of iterations alone."""
_CACHE: Final = ("vllm:kv_cache_usage_perc", "vllm:gpu_cache_usage_perc")
"""The name since 2025, and the one of V0 and the first V1."""
_SLEEP: Final = "vllm:engine_sleep_state"
_FIRST_TOKEN: Final = "vllm:time_to_first_token_seconds"  # noqa: S105 - a token of text
_WORK: Final = ("/v1/completions", "/v1/chat/completions", "/v1/responses", "/v1/embeddings", "/v1/messages")


@dataclass(frozen=True, slots=True)
class Engine:
    """One engine of a server: its queue (None where the page has none) and the sum of what rises as it works."""

    name: str
    running: float | None = None
    waiting: float | None = None
    generated: float = 0.0
    steps: float = 0.0
    asleep: bool = False

    @property
    def busy(self) -> bool:
        """Whether the page says that it has something to do."""
        return (self.running or 0) + (self.waiting or 0) > 0


@dataclass(frozen=True, slots=True)
class Load:
    """What a page says of a server's work; None is a series that it does not have."""

    logged: bool
    several: bool = False
    running: float | None = None
    waiting: float | None = None
    kv_cache: float | None = None
    prompt: float | None = None
    generated: float | None = None
    finished: tuple[tuple[str, float], ...] = ()
    first_token: Histogram | None = None
    answered: float | None = None
    engines: tuple[Engine, ...] = ()
    page: Exposition | None = field(default=None, compare=False)
    """What it was read from."""
    failure: None = None

    def points(self, target: Labels) -> Iterator[Point]:
        """The values that are there."""
        yield catalog.VLLM_STATS_LOGGED.at(target, self.logged)
        yield catalog.VLLM_SEVERAL_SERVERS.at(target, self.several)
        known = (
            (catalog.VLLM_RUNNING, self.running),
            (catalog.VLLM_WAITING, self.waiting),
            (catalog.VLLM_KV_CACHE, self.kv_cache),
            (catalog.VLLM_PROMPT_TOKENS, self.prompt),
            (catalog.VLLM_GENERATION_TOKENS, self.generated),
        )
        for metric, value in known:
            if value is not None:
                yield metric.at(target, value)
        for reason, count in self.finished:
            yield catalog.VLLM_FINISHED.at((*target, ("finished_reason", reason)), count)
        if self.first_token is not None:
            yield from self.first_token.points(catalog.VLLM_FIRST_TOKEN, target)


def metrics(url: str, known: Exposition | None = None) -> Script:
    """Ask /metrics for queue lengths, cache use, tokens and the time to the first of them; `known` is the last page."""
    body = expect((yield Request(f"{url}/metrics", limit=PAGE_BYTES)))
    page = body if isinstance(body, Failed) else read_page(body, known)
    return Unknown(page) if isinstance(page, Failed) else load(page)


def load(page: Exposition) -> Load:
    """The load that a page shows, summed over engines and models; of the KV caches the fullest."""
    logged = b"\nvllm:" in b"\n" + page.body
    return Load(
        logged=logged,
        several=logged and b"process_start_time_seconds" not in page.body,
        running=total(page, _RUNNING),
        waiting=_sum(total(page, name) for name in _WAITING),
        kv_cache=max((value for name in _CACHE for value in values(page, name)), default=None),
        prompt=total(page, "vllm:prompt_tokens_total"),
        generated=total(page, _GENERATED),
        finished=_finished(page),
        first_token=histogram(page, _FIRST_TOKEN),
        answered=_sum(sample.value for sample in samples(page, "http_requests_total") if _is_work(sample)),
        engines=_engines(page),
        page=page,
    )


def _sum(numbers: Iterable[float | None]) -> float | None:
    known = [number for number in numbers if number is not None]
    return sum(known) if known else None


def _finished(page: Exposition) -> tuple[tuple[str, float], ...]:
    counts: dict[str, float] = {}
    for sample in samples(page, "vllm:request_success_total"):
        reason = dict(sample.labels).get("finished_reason", "")
        if reason in counts or len(counts) < ENGINES:
            counts[reason] = counts.get(reason, 0.0) + sample.value
    return tuple(counts.items())


def _is_work(sample: Sample) -> bool:
    labels = dict(sample.labels)
    return labels.get("handler") in _WORK and labels.get("status") == "2xx"


def _engines(page: Exposition) -> tuple[Engine, ...]:
    running, waiting = _by_engine(page, (_RUNNING,)), _by_engine(page, _WAITING)
    generated, steps = _by_engine(page, (_GENERATED,)), _by_engine(page, _STEPS)
    awake = _by_engine(page, (_SLEEP,), lambda sample: ("sleep_state", "awake") in sample.labels)
    names = sorted(running.keys() | waiting.keys() | steps.keys())[:ENGINES]
    return tuple(
        Engine(
            name,
            running.get(name),
            waiting.get(name),
            generated.get(name, 0.0),
            steps.get(name, 0.0),
            asleep=awake.get(name, 1.0) == 0,
        )
        for name in names
    )


def _by_engine(
    page: Exposition, names: Iterable[str], wanted: Callable[[Sample], bool] = lambda _: True
) -> dict[str, float]:
    sums: dict[str, float] = {}
    for sample in (sample for name in names for sample in samples(page, name) if wanted(sample)):
        engine = dict(sample.labels).get("engine", "")
        sums[engine] = sums.get(engine, 0.0) + sample.value
    return sums
