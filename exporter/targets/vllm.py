"""vLLM: /health (V1), /v1/models (V2) and /metrics (V3), as verdicts.

`/health` does not notice a frozen engine, and the page repeats the last gauges of a dead one for ever: what the other
endpoints say is exported only while health holds, and nothing here claims that an engine makes progress.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from exporter.metric import Point
from exporter.targets import catalog
from exporter.targets.answer import Failed, Reason, Request, Script, Unknown, expect
from exporter.targets.document import PAGE_BYTES, is_name, read_json, read_page, total, values
from native.exposition import Labels

MODELS_NAMED: Final = 64
"""Models beyond these are counted and not named."""


@dataclass(frozen=True, slots=True)
class Healthy:
    """/health answered 200; its body is empty."""

    failure: None = None

    def points(self, target: Labels) -> Iterator[Point]:
        """Nothing beyond the endpoint being up."""
        del target
        return iter(())


@dataclass(frozen=True, slots=True)
class Models:
    """The ids that /v1/models lists, sorted."""

    ids: tuple[str, ...]
    failure: None = None

    def points(self, target: Labels) -> Iterator[Point]:
        """How many there are, and one info series each for the first `MODELS_NAMED`."""
        yield catalog.VLLM_MODELS.at(target, len(self.ids))
        for name in self.ids[:MODELS_NAMED]:
            yield catalog.VLLM_MODEL_INFO.at((*target, ("model_name", name)), 1)


@dataclass(frozen=True, slots=True)
class Load:
    """What the metrics page says about the engines' work; None is a series that the page does not have."""

    logged: bool
    running: float | None
    waiting: float | None
    kv_cache: float | None
    failure: None = None

    def points(self, target: Labels) -> Iterator[Point]:
        """The values that are there."""
        yield catalog.VLLM_STATS_LOGGED.at(target, self.logged)
        queues = ((catalog.VLLM_RUNNING, self.running), (catalog.VLLM_WAITING, self.waiting))
        for metric, value in (*queues, (catalog.VLLM_KV_CACHE, self.kv_cache)):
            if value is not None:
                yield metric.at(target, value)


def health(url: str) -> Script:
    """Ask /health: 200 is well; the body is empty and means nothing."""
    body = expect((yield Request(f"{url}/health")))
    return Unknown(body) if isinstance(body, Failed) else Healthy()


def models(url: str) -> Script:
    """Ask /v1/models for the ids it lists."""
    body = expect((yield Request(f"{url}/v1/models")))
    document = body if isinstance(body, Failed) else read_json(body)
    if isinstance(document, Failed):
        return Unknown(document)
    ids = _ids(document)
    return Unknown(ids) if isinstance(ids, Failed) else Models(ids)


def metrics(url: str) -> Script:
    """Ask /metrics for queue lengths and cache use."""
    body = expect((yield Request(f"{url}/metrics", limit=PAGE_BYTES)))
    page = body if isinstance(body, Failed) else read_page(body)
    if isinstance(page, Failed):
        return Unknown(page)
    return Load(
        logged=b"\nvllm:" in b"\n" + page.body,
        running=total(page, "vllm:num_requests_running"),
        waiting=total(page, "vllm:num_requests_waiting"),
        kv_cache=max(values(page, "vllm:kv_cache_usage_perc"), default=None),
    )


def _ids(document: dict[str, Any]) -> tuple[str, ...] | Failed:
    entries = document.get("data")
    if not isinstance(entries, list):
        return Failed(Reason.GARBAGE, "/v1/models lacks its list `data`")
    ids = [entry.get("id") if isinstance(entry, dict) else None for entry in entries]
    if not all(map(is_name, ids)):
        return Failed(Reason.GARBAGE, "/v1/models holds an entry without a usable `id`")
    return tuple(sorted({str(name) for name in ids}))
