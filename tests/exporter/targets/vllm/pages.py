"""Pages of vLLM servers: captured ones, and those of a V0 engine as its source registers them."""

from dataclasses import replace
from typing import Final

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from exporter.targets.answer import Failed
from exporter.targets.document import read_page
from exporter.targets.vllm.load import Engine, Load, load
from tests.exporter.targets.asked import captured

CAPTURED: Final = (
    "cold_metrics",
    "during_load_02",
    "during_load_05",
    "during_load_08",
    "after_load_metrics",
    "engine_hung_metrics",
    "engine_dead_metrics",
    "multiproc_cold_metrics",
    "nologstats_metrics",
)


def read(body: bytes) -> Load:
    """The load that a page shows."""
    page = read_page(body)
    assert not isinstance(page, Failed)
    return load(page)


def capture(name: str) -> Load:
    """The load of a captured page."""
    return read(captured(f"vllm/{name}.prom"))


def v0(generated: float, running: int = 0, waiting: int = 0, swapped: int = 0) -> Load:
    """A page of vLLM 0.6.4 (its vllm/engine/metrics.py): label `model_name` alone, `gpu_cache_usage_perc`."""
    registry = CollectorRegistry()
    labels = {"model_name": "llama"}
    gauges = {"running": running, "waiting": waiting, "swapped": swapped}
    for name, value in gauges.items():
        Gauge(f"vllm:num_requests_{name}", "x", labels, registry=registry).labels(**labels).set(value)
    Gauge("vllm:gpu_cache_usage_perc", "x", labels, registry=registry).labels(**labels).set(0.25)
    Counter("vllm:generation_tokens_total", "x", labels, registry=registry).labels(**labels).inc(generated)
    Counter("vllm:prompt_tokens_total", "x", labels, registry=registry).labels(**labels).inc(7)
    first = Histogram("vllm:time_to_first_token_seconds", "x", labels, buckets=(0.25, 1.0), registry=registry)
    first.labels(**labels).observe(0.5)
    return read(generate_latest(registry))


def worked(page: Load, tokens: float = 50) -> Load:
    """The same server after so many more tokens of every engine."""
    engines = tuple(replace(one, steps=one.steps + tokens, generated=one.generated + tokens) for one in page.engines)
    return replace(page, generated=(page.generated or 0) + tokens * len(engines), engines=engines)


def queue(page: Load, running: float, waiting: float = 0) -> Load:
    """The same server with another queue."""
    engines = tuple(replace(engine, running=running, waiting=waiting) for engine in page.engines)
    return replace(page, running=running, waiting=waiting, engines=engines)


def two(first: Engine, second: Engine) -> Load:
    """A server with two engines (--data-parallel-size 2)."""
    return Load(logged=True, generated=first.generated + second.generated, engines=(first, second))
