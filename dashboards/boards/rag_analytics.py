"""D8, RAG Analytics: is what users need found, how much of it, how fast, and which part of the chain is slow."""

from typing import Final

from dashboards.board import Board, Row
from dashboards.choices import choices
from dashboards.panels import from_above, heat, lines, stat
from dashboards.promised import Promised, firing
from dashboards.scope import Scope

_AT: Final = Scope.of("cluster", "job", "instance")
_QUERY: Final = 'http_server_request_duration_seconds{http_request_method="POST",http_route="/query"}'
_ROWS: Final = 'db_client_response_returned_rows{db_system_name="milvus"}'
_STORE: Final = 'db_client_operation_duration_seconds{db_system_name="milvus"}'
_EMBED: Final = 'te_request_duration{job=~".*embeddings.*"}'
_EMPTY: Final = from_above(0.1, 0.2)


def board(promised: Promised) -> Board:
    """The handbook's D8."""
    return Board(
        id="D8",
        uid="emberline-rag-analytics",
        title="RAG Analytics",
        description="Retrieval quality as far as metrics tell it (empty answers, passages found), and the time of "
        "every part of the chain. Citations and scores of answers live in LangFuse, not in Prometheus.",
        tags=("emberline", "ai-hub", "rag"),
        variables=choices(_AT, "http_server_request_duration_seconds_count", "te_queue_size"),
        rows=(_glance(promised), _quality(), _chain(promised), _load()),
        alerts=firing("ai-hub"),
        links=promised.details("ai-hub"),
    )


def _glance(promised: Promised) -> Row:
    answers = 'http_server_request_duration_seconds{http_route="/query"'
    return Row(
        "Is what users need found?",
        (
            stat("Retrievals", "A second.", _AT.observed(_QUERY)),
            stat(
                "Empty retrievals",
                "Searches that found nothing: the model answers without sources. RAGRetrievalEmpty fires at 20 %.",
                _AT.within(_ROWS, "0"),
                marks=_EMPTY,
            ),
            stat(
                "Passages for a search",
                "Mean. Fewer than asked for: filters too strict, or a collection too small.",
                _AT.mean(_ROWS),
            ),
            stat("p95 retrieval", "19 of 20 are faster.", _AT.quantile("0.95", _QUERY), marks=promised.marks("A4")),
            stat(
                "Failed retrievals",
                "Share of 5xx.",
                _AT.observed(answers + ',http_response_status_code=~"5.."}').share_of(_AT.observed(answers + "}")),
                marks=from_above(0.001, 0.01),
                steady="zero while nothing fails",
            ),
            stat(
                "Embedding queue",
                "Requests that wait. EmbeddingQueueBacklog fires at 128.",
                _AT.level("te_queue_size"),
                marks=from_above(64, 128),
            ),
        ),
    )


def _quality() -> Row:
    return Row(
        "How good is what is found?",
        (
            lines(
                "Share of empty retrievals",
                "A step after a deployment: another embedding model than the index has.",
                _AT.within(_ROWS, "0"),
                width=8,
                marks=_EMPTY,
            ),
            heat("How many passages are found", "A band that sinks: documents are gone.", _AT.buckets(_ROWS), width=8),
            lines(
                "Length of inputs",
                "Tokens, mean and p95. At the model's limit inputs are cut off.",
                _AT.mean("te_request_input_length").named("mean"),
                _AT.quantile("0.95", "te_request_input_length").named("p95"),
                width=8,
            ),
        ),
    )


def _chain(promised: Promised) -> Row:
    return Row(
        "Which part is slow?",
        (
            lines(
                "Retrieval",
                "The whole, as its API sees it.",
                *(_AT.quantile(q, _QUERY).named(f"p{q[2:]}") for q in ("0.50", "0.95", "0.99")),
                width=8,
                marks=promised.marks("A4"),
            ),
            lines(
                "p95 by part",
                "Embedding, search and reranking follow each other: the tallest is the one to mend.",
                _AT.quantile("0.95", _EMBED).named("embedding"),
                _AT.quantile("0.95", _STORE).named("vector store"),
                _AT.quantile("0.95", "te_predict_duration").named("reranking"),
                width=8,
            ),
            lines(
                "p95 by call of the API",
                "/embed is ingestion, and may take longer.",
                _AT.quantile("0.95", "http_server_request_duration_seconds", "http_route"),
                width=8,
            ),
            lines(
                "Embedding: queue and model",
                "Queue grows: more replicas, or larger batches.",
                _AT.mean("te_request_queue_duration").named("queue"),
                _AT.mean("te_request_inference_duration").named("model"),
                width=8,
                stacked=True,
            ),
            lines(
                "p95 of the vector store by operation",
                "As the client sees it, the network too.",
                _AT.quantile("0.95", _STORE, "db_operation_name"),
                width=8,
            ),
            lines(
                "Share of embeddings within 112 ms",
                "The bucket next to A3's 100 ms.",
                _AT.within(_EMBED, "0.11222741464018826"),
                width=8,
                maximum=1,
            ),
        ),
    )


def _load() -> Row:
    return Row(
        "How much do they carry?",
        (
            lines(
                "Calls of the API by status",
                "5xx is ours.",
                _AT.observed("http_server_request_duration_seconds", "http_route", "http_response_status_code"),
                width=8,
            ),
            lines("Embedding and reranking requests", "By method.", _AT.rate("te_request_count", "method"), width=8),
            lines(
                "Failed embeddings by reason",
                "overloaded: the queue is full, and requests are refused.",
                _AT.rate("te_request_failure", "err"),
                width=8,
                steady="few, and none for minutes",
            ),
            lines(
                "Queue by instance",
                "One above the others: its GPU is shared or slow.",
                _AT.level("te_queue_size", "job", "instance"),
                width=12,
                steady="few requests wait",
            ),
            lines(
                "Requests in a batch",
                "Mean. Larger batches use the GPU better.",
                _AT.mean("te_batch_next_size", "job"),
                width=12,
            ),
        ),
    )
