"""D7, LLM Inference: how long users wait, for what, and whether the engine, its cache or its queue is the reason."""

from typing import Final

from dashboards.board import Board, Row
from dashboards.choices import choices
from dashboards.panels import ANY, from_above, from_below, heat, lines, stat
from dashboards.promised import Promised, firing
from dashboards.scope import Scope

_AT: Final = Scope.of("cluster", "job", "instance", model_name="model")
_SERVER: Final = Scope.of("cluster", "job", "instance")
_MODEL: Final = "model_name"
_QS: Final = ("0.50", "0.95", "0.99")


def board(promised: Promised) -> Board:
    """The handbook's D7."""
    return Board(
        id="D7",
        uid="emberline-llm-inference",
        title="LLM Inference",
        description="vLLM, engine V1: latency and its parts, throughput, queue and cache, lengths and how answers end.",
        tags=("emberline", "ai-hub", "llm"),
        variables=choices(_AT, "vllm:num_requests_running"),
        rows=(_glance(promised), _wait(promised), _where(), _throughput(promised), _cache(), _shape()),
        alerts=firing("ai-hub"),
        links=promised.details("ai-hub"),
    )


def _glance(promised: Promised) -> Row:
    return Row(
        "Do users get their answers?",
        (
            stat("Requests", "Finished requests a second.", _AT.rate("vllm:request_success_total")),
            stat(
                "p95 latency",
                "19 of 20 answers are complete by then.",
                _AT.quantile("0.95", "vllm:e2e_request_latency_seconds"),
                marks=promised.marks("A1"),
            ),
            stat(
                "p95 to the first token",
                "What feels like silence.",
                _AT.quantile("0.95", "vllm:time_to_first_token_seconds"),
                marks=from_above(1, 3),
            ),
            stat("Tokens written", "Tokens a second of all chosen engines.", _AT.rate("vllm:generation_tokens_total")),
            stat(
                "Waiting",
                "Requests without a place in a batch.",
                _AT.level("vllm:num_requests_waiting"),
                marks=from_above(5, 50),
                steady="whole requests: a queue may stand for minutes",
            ),
            stat(
                "Fullest cache",
                "Above 95 % requests are thrown out of the batch and computed anew.",
                _AT.level("vllm:kv_cache_usage_perc", reduce="max"),
                marks=from_above(0.8, 0.95),
            ),
        ),
    )


def _wait(promised: Promised) -> Row:
    e2e = "vllm:e2e_request_latency_seconds"
    return Row(
        "How long do they wait?",
        (
            lines(
                "p95 latency by model",
                "Until the last token. The dashed lines are A1's objective and alert.",
                _AT.quantile("0.95", e2e, _MODEL),
                width=8,
                marks=promised.marks("A1"),
            ),
            lines(
                "Share answered within 5 s",
                "What A1 counts: 95 % of answers.",
                _AT.within(e2e, "5", _MODEL),
                width=8,
                maximum=1,
                marks=from_below(0.9, 0.95),
            ),
            lines(
                "Latency",
                "p99 far above p50: a few long answers, or a batch that is too full.",
                *(_AT.quantile(q, e2e).named(f"p{q[2:]}") for q in _QS),
                width=8,
            ),
            lines(
                "To the first token",
                "Queue and prompt. It grows first when the queue does.",
                *(_AT.quantile(q, "vllm:time_to_first_token_seconds").named(f"p{q[2:]}") for q in _QS),
                width=8,
            ),
            lines(
                "From token to token",
                "A reader needs about 50 ms or less; 25 ms are 40 tokens a second.",
                *(_AT.quantile(q, "vllm:inter_token_latency_seconds").named(f"p{q[2:]}") for q in _QS),
                width=8,
            ),
            lines(
                "Mean time of a token, p95 by model",
                "Of each request: one stream's speed.",
                _AT.quantile("0.95", "vllm:request_time_per_output_token_seconds", _MODEL),
                width=8,
            ),
        ),
    )


def _where() -> Row:
    parts = ("queue", "prefill", "decode")
    return Row(
        "Where does the time go?",
        (
            lines(
                "Mean time by part",
                "Queue grows: too few replicas. Prefill: long prompts without a cached prefix. "
                "Decode: long answers, or a full batch.",
                *(_AT.mean(f"vllm:request_{part}_time_seconds").named(part) for part in parts),
                stacked=True,
            ),
            lines(
                "p95 by part",
                "The same for the slow ones.",
                *(_AT.quantile("0.95", f"vllm:request_{part}_time_seconds").named(part) for part in parts),
            ),
        ),
    )


def _throughput(promised: Promised) -> Row:
    return Row(
        "How much do they do?",
        (
            lines(
                "Tokens written by model",
                "A2 wants more than its objective while requests run.",
                _AT.rate("vllm:generation_tokens_total", _MODEL),
                width=8,
                marks=promised.marks("A2"),
            ),
            lines("Tokens read by model", "Prompts.", _AT.rate("vllm:prompt_tokens_total", _MODEL), width=8),
            lines(
                "Tokens in a step of the engine",
                "Mean. Higher is better use of the GPU, and slower for each.",
                _AT.mean("vllm:iteration_tokens_total", _MODEL),
                width=8,
            ),
            lines("Requests in the batch", "Running, by model.", _AT.level("vllm:num_requests_running", _MODEL)),
            lines(
                "Waiting by reason",
                "Capacity: scale. Deferred: the engine waits for something else.",
                _AT.level("vllm:num_requests_waiting_by_reason", _MODEL, "reason"),
                steady="whole requests: a queue may stand for minutes",
            ),
        ),
    )


def _cache() -> Row:
    hits, asked = (_AT.rate(f"vllm:prefix_cache_{what}_total", _MODEL) for what in ("hits", "queries"))
    return Row(
        "Is the cache the limit?",
        (
            lines(
                "Key-value cache",
                "How full. Saturated cache and waiting requests: the batch cannot grow.",
                _AT.level("vllm:kv_cache_usage_perc", _MODEL, reduce="max"),
                width=8,
                maximum=1,
                marks=from_above(0.8, 0.95),
            ),
            lines(
                "Preemptions",
                "Requests thrown out of the batch. Zero but for moments.",
                _AT.rate("vllm:num_preemptions_total", _MODEL),
                width=8,
            ),
            lines(
                "Prefix cache hits",
                "Share of prompt tokens that were known. Agents with a fixed preamble reach 50 % and more.",
                hits / asked,
                width=8,
                maximum=1,
            ),
        ),
    )


def _shape() -> Row:
    return Row(
        "What do they ask, and how does it end?",
        (
            heat(
                "Length of prompts",
                "Tokens. A new bright band is a new application.",
                _AT.buckets("vllm:request_prompt_tokens"),
                width=8,
            ),
            heat(
                "Length of answers",
                "Tokens. A band at the upper end: answers are cut off.",
                _AT.buckets("vllm:request_generation_tokens"),
                width=8,
            ),
            lines(
                "Length that clients allow",
                "Tokens of an answer at most, as asked for. Far above what is used: the scheduler keeps room in vain.",
                *(_AT.quantile(q, "vllm:request_params_max_tokens").named(f"p{q[2:]}") for q in _QS),
                width=8,
                steady="it changes with applications",
            ),
            lines(
                "HTTP answers by status",
                "Of the API server: 5xx here without errors below is a client that was refused at the door.",
                _SERVER.rate("http_requests_total", "status"),
                width=8,
            ),
            lines(
                "Engines that cannot be reached",
                "Scraped without an answer. Each is a restart, or a hang: requests wait at the gateway.",
                _SERVER.how_many('up{job=~".*vllm.*"}', "job") - _SERVER.level('up{job=~".*vllm.*"}', "job"),
                width=8,
                marks=ANY,
                steady="a state",
            ),
            lines(
                "How answers end",
                "stop is good, length is cut off, abort is a client that left, error is ours.",
                _AT.rate("vllm:request_success_total", "finished_reason"),
                width=8,
                stacked=True,
            ),
        ),
    )
