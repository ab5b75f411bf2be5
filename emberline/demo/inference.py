"""The AI hub: vLLM (A1, A2), text-embeddings-inference (A3) and the RAG API (A4)."""

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from emberline.demo.captured import Direction, captured
from emberline.demo.component import Cell, Component, Metric, Terms, assemble
from emberline.demo.driver import All, Bad, During, Good, One, Rate
from emberline.demo.flow import Flow, Span, Traffic
from emberline.demo.metrics import Spread, counter, gauge, histogram, labelled
from emberline.demo.script import Script
from native.exposition import Labels

_CAPTURED_REQUESTS: Final = 43
_PROMPT_TOKENS: Final = 640.0
_ANSWER_TOKENS: Final = 210.0
_QUICK_ANSWER: Final = Spread(1.9, 0.42)
_SLOW_ANSWER: Final = Spread(6.8, 0.18)
_HTTP_BOUNDS: Final = (
    *("0.005", "0.01", "0.025", "0.05", "0.075", "0.1", "0.25", "0.5", "0.75"),
    *("1", "2", "2.5", "5", "7.5", "10"),
)
_VERSION: Final = "0.32.0"
"""Of the server whose pages were captured."""
_LENGTHS: Final = ("1", "16", "32", "64", "128", "256", "512", "1024", "2048", "4096", "8192")
_BATCHES: Final = ("1", "2", "4", "8", "16", "32", "64")
_ROWS: Final = ("0", "1", "2", "5", "10", "20", "50")
_STORE_BOUNDS: Final = ("0.001", "0.005", "0.01", "0.05", "0.1", "0.5", "1", "5", "10")
_DESCRIPTION: Final[dict[str, object]] = {
    "object": "model",
    "owned_by": "vllm",
    "parent": None,
    "max_model_len": 32768,
    "permission": [],
}


def inference(script: Script) -> tuple[Component, ...]:
    """Two models, of which the larger has been slow since yesterday; embeddings; retrieval."""
    return (
        _vllm(script, "llama-3.3-70b-instruct", 2.6, (script.slow_model,)),
        _vllm(script, "qwen3-14b", 4.2, ()),
        _embeddings(script),
        _retrieval(script),
    )


def _vllm(script: Script, model: str, rate: float, spans: tuple[Span, ...]) -> Component:
    traffic = script.traffic(model, rate, 0.012, spans)
    good, bad = Good(traffic), Bad(traffic)
    crowded: Terms = tuple((During(span), 60.0) for span in spans)
    direction = Direction(
        load=All(traffic.flow),
        unit=_CAPTURED_REQUESTS,
        started_ms=script.origin_ms,
        rename={("model_name", "tiny"): model},
        numbers={
            "vllm:num_requests_running": ((Rate(traffic.flow), 2.1), *crowded),
            "vllm:num_requests_waiting": ((Rate(traffic.flow), 0.1), *crowded),
            'vllm:num_requests_waiting_by_reason{reason="capacity"}': ((Rate(traffic.flow), 0.1), *crowded),
            "vllm:num_preemptions_total": ((bad, 0.08),),
            "vllm:prefix_cache_queries_total": ((good, _PROMPT_TOKENS), (bad, _PROMPT_TOKENS)),
            "vllm:prefix_cache_hits_total": ((good, 0.4 * _PROMPT_TOKENS), (bad, 0.1 * _PROMPT_TOKENS)),
            "vllm:prompt_tokens_total": ((good, _PROMPT_TOKENS), (bad, _PROMPT_TOKENS)),
            "vllm:generation_tokens_total": ((good, _ANSWER_TOKENS), (bad, 2 * _ANSWER_TOKENS)),
            'vllm:request_success_total{finished_reason="stop"}': ((good, 0.94), (bad, 0.5)),
            'vllm:request_success_total{finished_reason="length"}': ((good, 0.06), (bad, 0.5)),
        },
        ratios={
            "vllm:kv_cache_usage_perc": ((Rate(traffic.flow), 0.4 / rate), *((d, 1.2) for d, _ in crowded)),
        },
        spreads={
            "vllm:e2e_request_latency_seconds": ((good, _QUICK_ANSWER), (bad, _SLOW_ANSWER)),
            "vllm:request_inference_time_seconds": ((good, _QUICK_ANSWER), (bad, Spread(5.4, 0.2))),
            "vllm:request_decode_time_seconds": ((good, Spread(1.7, 0.42)), (bad, Spread(5.1, 0.2))),
            "vllm:request_prefill_time_seconds": ((good, Spread(0.12, 0.5)), (bad, Spread(0.4, 0.4))),
            "vllm:request_queue_time_seconds": ((good, Spread(0.02, 0.8)), (bad, Spread(1.3, 0.4))),
            "vllm:time_to_first_token_seconds": ((good, Spread(0.16, 0.5)), (bad, Spread(1.8, 0.4))),
            "vllm:inter_token_latency_seconds": (
                (good, Spread(0.011, 0.35)),
                (bad, Spread(0.03, 0.35)),
            ),
            "vllm:request_time_per_output_token_seconds": ((good, Spread(0.011, 0.3)), (bad, Spread(0.03, 0.3))),
            "vllm:request_prompt_tokens": ((good, Spread(480, 0.75)), (bad, Spread(480, 0.75))),
            "vllm:request_generation_tokens": ((good, Spread(170, 0.65)), (bad, Spread(340, 0.65))),
        },
    )
    models = {"object": "list", "data": [{"id": model, "root": model, "created": 0, **_DESCRIPTION}]}
    return assemble(
        "vllm",
        f"vllm-{model}.ai-hub:8000",
        captured("vllm", direction),
        (("/health", ""), ("/v1/models", json.dumps(models)), ("/version", json.dumps({"version": _VERSION}))),
    )


def _embeddings(script: Script) -> Component:
    """Buckets from 15 microseconds up, each half as high again: computed in floating point, spelt without exponent."""
    bounds, bound = [], 0.00001
    for _ in range(35):
        bound *= 1.5
        bounds.append(format(Decimal(repr(bound)), "f"))
    traffic = script.traffic("embeddings", 22, 0.008)
    parts = ((Good(traffic), Spread(0.028, 0.42)), (Bad(traffic), Spread(0.24, 0.4)))
    waits = ((All(traffic.flow), Spread(0.003, 0.8)),)
    depth: dict[Labels, Terms] = {(): ((Rate(traffic.flow), 0.15),)}
    return assemble(
        "bge-embeddings",
        "bge-embeddings.ai-hub:9000",
        (
            histogram("te_request_duration", "", bounds, {(): parts}),
            histogram("te_request_queue_duration", "", bounds, {(): waits}),
            counter("te_request_failure", "", {labelled(err="overloaded"): ((Bad(traffic), 0.002),)}),
            gauge("te_queue_size", "", depth, whole=True),
            counter("te_request_count", "", {labelled(method="single"): ((All(traffic.flow), 1.0),)}),
            histogram("te_request_inference_duration", "", bounds, {(): parts}),
            histogram("te_request_input_length", "", _LENGTHS, {(): ((All(traffic.flow), Spread(120, 0.7)),)}),
            histogram("te_batch_next_size", "", _BATCHES, {(): ((All(traffic.flow), Spread(3, 0.6)),)}),
        ),
    )


def _retrieval(script: Script) -> Component:
    """A RAG API with OpenTelemetry switched on, and the View that adds the bound 2."""
    query, embed = script.traffic("rag query", 3.1, 0.011), script.traffic("rag embed", 0.2, 0.02)
    failures = Flow.drawn("rag failures", script.seed, script.origin_ms, 0.002)

    def route(path: str, status: str) -> tuple[tuple[str, str], ...]:
        return labelled(http_request_method="POST", http_response_status_code=status, http_route=path)

    return assemble(
        "rag-api",
        "rag-api.ai-hub:8000",
        (
            histogram(
                "http_server_request_duration_seconds",
                "Duration of HTTP server requests.",
                _HTTP_BOUNDS,
                {
                    route("/query", "200"): ((Good(query), Spread(0.14, 0.5)), (Bad(query), Spread(0.9, 0.4))),
                    route("/query", "500"): ((All(failures), Spread(0.05, 0.6)),),
                    route("/embed", "200"): ((Good(embed), Spread(1.1, 0.6)), (Bad(embed), Spread(3.5, 0.4))),
                },
            ),
            *_store(query),
            gauge("target_info", "Target metadata", {labelled(service_name="rag-api"): ((One(), 1.0),)}),
        ),
    )


def _store(query: Traffic) -> Iterator[Metric]:
    """The vector store as its client sees it, with the View that adds the bound 0: one search in fifty is empty."""
    search = labelled(db_operation_name="search", db_system_name="milvus")
    asked = ((Good(query), Spread(0.02, 0.5)), (Bad(query), Spread(0.11, 0.4)))
    yield histogram("db_client_operation_duration_seconds", "", _STORE_BOUNDS, {search: asked})
    cells = _returned(search, Good(query))
    yield Metric("db_client_response_returned_rows", "histogram", "", tuple(cells))


def _returned(labels: Labels, searches: Good) -> Iterator[Cell]:
    shares = dict(zip((*_ROWS, "+Inf"), (0.02, 0.03, 0.06, 0.35, 0.97, 1.0, 1.0, 1.0), strict=True))
    for bound, share in shares.items():
        cell = tuple(sorted((*labels, ("le", bound))))
        yield Cell("db_client_response_returned_rows_bucket", cell, ((searches, share),))
    yield Cell("db_client_response_returned_rows_sum", labels, ((searches, 6.4),), whole=False)
    yield Cell("db_client_response_returned_rows_count", labels, ((searches, 1.0),))
