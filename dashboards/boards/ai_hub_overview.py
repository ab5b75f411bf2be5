"""D5, AI Hub Overview: is the hub answering, who asks for which model, and what stands behind it."""

from typing import Final

from dashboards.board import Board, Row
from dashboards.choices import choices
from dashboards.panels import ANY, from_above, lines, stat, table
from dashboards.promised import Promised, firing
from dashboards.scope import Scope

_AT: Final = Scope.of("cluster", "job", "instance")
_GATE: Final = _AT.also(requested_model="model")
_ENGINE: Final = _AT.also(model_name="model")


def board(promised: Promised) -> Board:
    """The handbook's D5."""
    return Board(
        id="D5",
        uid="emberline-ai-hub-overview",
        title="AI Hub Overview",
        description="Requests by model at the gateway, then the engines, retrieval and GPUs behind them.",
        tags=("emberline", "ai-hub"),
        variables=(
            *choices(
                _AT,
                "litellm_proxy_total_requests_metric_total",
                "vllm:num_requests_running",
                "te_queue_size",
                "http_server_request_duration_seconds_count",
                "milvus_proxy_sq_latency_count",
                "kn_revision_pods_count",
                "DCGM_FI_DEV_GPU_UTIL",
                "kn_serving_invocation_duration_seconds_count",
            ),
            *choices(_ENGINE, "vllm:num_requests_running")[-1:],
        ),
        rows=(_glance(), _models(promised), _engines(promised), _serving(), _around(promised)),
        alerts=firing("ai-hub"),
        links=promised.details("ai-hub"),
    )


def _glance() -> Row:
    failed = _GATE.rate("litellm_proxy_failed_requests_metric_total")
    return Row(
        "Is the hub answering?",
        (
            stat(
                "Requests", "Requests a second at the gateway.", _GATE.rate("litellm_proxy_total_requests_metric_total")
            ),
            stat(
                "Share of failures",
                "Whatever the gateway could not answer, refused quotas too.",
                failed.share_of(_GATE.rate("litellm_proxy_total_requests_metric_total")),
                marks=from_above(0.01, 0.05),
            ),
            stat(
                "p95 at the gateway",
                "From request to the last token.",
                _GATE.quantile("0.95", "litellm_request_total_latency_metric"),
                marks=from_above(10, 30),
            ),
            stat("Tokens written", "Tokens a second of all models.", _ENGINE.rate("vllm:generation_tokens_total")),
            stat(
                "Waiting requests",
                "Requests that wait for a place in a batch. Above zero for minutes: scale.",
                _ENGINE.level("vllm:num_requests_waiting"),
                marks=from_above(5, 50),
                steady="whole requests: a queue may stand for minutes",
            ),
            stat(
                "Worst deployment",
                "0 healthy, 1 partly failing, 2 out of service: the gateway no longer asks it.",
                _AT.level("litellm_deployment_state", reduce="max"),
                marks=ANY,
                steady="a state",
            ),
        ),
    )


def _models(promised: Promised) -> Row:
    model = "requested_model"
    failed = _GATE.rate("litellm_proxy_failed_requests_metric_total", model)
    return Row(
        "Which model?",
        (
            lines(
                "Requests by model",
                "Who carries the load.",
                _GATE.rate("litellm_proxy_total_requests_metric_total", model),
                width=8,
                stacked=True,
            ),
            lines(
                "Share of failures by model",
                "One model: its engine. All: the gateway, or a quota.",
                failed.share_of(_GATE.rate("litellm_proxy_total_requests_metric_total", model)),
                width=8,
                marks=from_above(0.01, 0.05),
            ),
            lines(
                "Failures by reason",
                "RateLimit and BudgetExceeded are quotas; Timeout and APIConnection are ours.",
                _GATE.rate("litellm_proxy_failed_requests_metric_total", "exception_class"),
                width=8,
            ),
            lines(
                "p95 by model, gateway",
                "What users wait.",
                _GATE.quantile("0.95", "litellm_request_total_latency_metric", model),
                width=8,
                marks=promised.marks("A1"),
            ),
            lines(
                "p95 by model, without the gateway",
                "What the model takes of it; the rest is the gateway's own.",
                _GATE.quantile("0.95", "litellm_llm_api_latency_metric", model),
                width=8,
            ),
            lines(
                "Answers by status",
                "As clients of the gateway see them.",
                _GATE.rate("litellm_proxy_total_requests_metric_total", "status_code"),
                width=8,
            ),
        ),
    )


def _engines(promised: Promised) -> Row:
    model = "model_name"
    return Row(
        "Do the engines keep up?",
        (
            lines(
                "Running requests",
                "In the batch, by model.",
                _ENGINE.level("vllm:num_requests_running", model),
                width=6,
            ),
            lines(
                "Waiting requests by model",
                "What waits is what users feel.",
                _ENGINE.level("vllm:num_requests_waiting", model),
                width=6,
                steady="whole requests: a queue may stand for minutes",
            ),
            lines(
                "Tokens written by model",
                "By model; A2 wants more than its objective while requests run.",
                _ENGINE.rate("vllm:generation_tokens_total", model),
                width=6,
                marks=promised.marks("A2"),
            ),
            lines(
                "Key-value cache by model",
                "Above 95 % requests are thrown out of the batch.",
                _ENGINE.level("vllm:kv_cache_usage_perc", model, reduce="max"),
                width=6,
                maximum=1,
                marks=from_above(0.8, 0.95),
            ),
        ),
    )


def _serving() -> Row:
    of = "kn_configuration_name"
    return Row(
        "Does serving scale?",
        (
            lines(
                "Pods by revision",
                "What runs.",
                _AT.level("kn_revision_pods_count", "kn_revision_name"),
                width=8,
                steady="a state",
            ),
            lines(
                "Pods that the autoscaler wants",
                "More than run for minutes: no node, no GPU, or a slow start.",
                _AT.level("kn_revision_pods_desired", "kn_revision_name"),
                width=8,
                steady="a state",
            ),
            lines(
                "p95 by service, as the queue-proxy sees it",
                "Cold starts show here and not in the engine.",
                _AT.quantile("0.95", "kn_serving_invocation_duration_seconds", of),
                width=8,
            ),
        ),
    )


def _around(promised: Promised) -> Row:
    query = 'http_server_request_duration_seconds{http_route="/query"}'
    used = _AT.level("DCGM_FI_DEV_FB_USED", "Hostname")
    return Row(
        "And what stands around them?",
        (
            lines(
                "Retrieval, p95", "Of the RAG API.", _AT.quantile("0.95", query), width=6, marks=promised.marks("A4")
            ),
            lines(
                "Embedding, p95",
                "Of a request.",
                _AT.quantile("0.95", "te_request_duration"),
                width=6,
                marks=promised.marks("A3"),
            ),
            lines(
                "Vector search, p95",
                "Of a search that succeeds.",
                _AT.quantile("0.95", 'milvus_proxy_sq_latency{query_type=~"search|hybrid_search"}'),
                width=6,
                marks=promised.marks("A6"),
            ),
            lines(
                "GPU utilization by node",
                "Paid for and idle when low, saturated near 100 %.",
                _AT.level("DCGM_FI_DEV_GPU_UTIL", "Hostname", reduce="avg"),
                width=6,
                maximum=100,
                marks=promised.marks("A5"),
            ),
            table(
                "GPU memory by node",
                "Engines reserve most of it at start.",
                ("Hostname",),
                used.column("Used"),
                _AT.level("DCGM_FI_DEV_FB_FREE", "Hostname").column("Free"),
                width=24,
                height=6,
            ),
        ),
    )
