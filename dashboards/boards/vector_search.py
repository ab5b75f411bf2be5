"""D9, Vector Search: are searches fast, which part of Milvus is slow, and is everything indexed and loaded."""

from typing import Final

from dashboards.board import Board, Row
from dashboards.choices import choices
from dashboards.panels import ANY, from_above, lines, stat, table
from dashboards.promised import Promised, firing
from dashboards.scope import Scope

_AT: Final = Scope.of("cluster", "job", "instance")
_SEARCH: Final = 'query_type=~"search|hybrid_search"'
_OF_SEARCH: Final = f"milvus_proxy_sq_latency{{{_SEARCH}}}"
_STATE: Final = "a state: it moves when data is written or loaded"


def board(promised: Promised) -> Board:
    """The handbook's D9."""
    return Board(
        id="D9",
        uid="emberline-vector-search",
        title="Vector Search",
        description="Milvus: latency of searches and its parts, failures and limits, what is indexed and loaded, and "
        "how fresh it is. Times are shown in seconds, though Milvus counts milliseconds.",
        tags=("emberline", "ai-hub", "milvus"),
        variables=choices(_AT, "milvus_proxy_sq_latency_count", "milvus_proxy_slow_query_count"),
        rows=(_glance(promised), _latency(promised), _refused(), _stored(), _fresh()),
        alerts=firing("ai-hub"),
        links=promised.details("ai-hub"),
    )


def _glance(promised: Promised) -> Row:
    asked = _AT.rate('milvus_proxy_req_count{status="total"}')
    return Row(
        "Are searches fast?",
        (
            stat("Searches", "Vectors that are searched for, a second.", _AT.rate("milvus_proxy_search_vectors_count")),
            stat(
                "p95 search",
                "Between Milvus' powers of two, evenly spread.",
                _AT.quantile("0.95", _OF_SEARCH),
                marks=promised.marks("A6"),
            ),
            stat(
                "Share of failed requests",
                "Of all functions.",
                _AT.rate('milvus_proxy_req_count{status="fail"}').share_of(asked),
                marks=from_above(0.001, 0.01),
            ),
            stat(
                "Slow requests",
                "A second, by Milvus' own limit.",
                _AT.rate("milvus_proxy_slow_query_count"),
                marks=from_above(0.1, 1),
            ),
            stat(
                "Waiting tasks",
                "In the query nodes.",
                _AT.level("milvus_querynode_read_task_unsolved_len"),
                marks=from_above(10, 100),
                steady="zero while nodes keep up",
            ),
            stat(
                "Unfinished index tasks",
                "Segments without an index are searched row by row.",
                _AT.level('milvus_datacoord_index_task_count{index_task_status=~"unissued|in-progress|retry"}'),
                marks=from_above(1, 10),
                steady=_STATE,
            ),
        ),
    )


def _latency(promised: Promised) -> Row:
    kind = "query_type"
    return Row(
        "Which part is slow?",
        (
            lines(
                "Search latency at the proxy",
                "Searches that succeed; failures are counted below.",
                *(_AT.quantile(q, _OF_SEARCH).named(f"p{q[2:]}") for q in ("0.50", "0.95", "0.99")),
                width=8,
                marks=promised.marks("A6"),
            ),
            lines(
                "p95 by collection",
                "One collection: its index or its filters.",
                _AT.quantile("0.95", "milvus_proxy_collection_sq_latency", "collection_name", kind),
                width=8,
            ),
            lines(
                "p95 in query nodes",
                "Far below the proxy's: the time goes into merging, or the network.",
                _AT.quantile("0.95", "milvus_querynode_sq_req_latency", kind),
                width=8,
            ),
            lines(
                "p95 in the queue of query nodes",
                "It grows: add nodes or replicas.",
                _AT.quantile("0.95", "milvus_querynode_sq_queue_latency", kind),
                width=8,
            ),
            lines(
                "p95 in segments by state",
                "Growing segments have no index yet.",
                _AT.quantile("0.95", "milvus_querynode_sq_segment_latency", "segment_state", kind),
                width=8,
            ),
            lines(
                "Tasks in query nodes",
                "Ready and waiting: processors. Waiting for data: the message queue.",
                _AT.level("milvus_querynode_read_task_ready_len").named("ready"),
                _AT.level("milvus_querynode_read_task_unsolved_len").named("wait for data"),
                _AT.level("milvus_querynode_read_task_concurrency").named("running"),
                width=8,
                steady="few tasks at any moment",
            ),
        ),
    )


def _refused() -> Row:
    return Row(
        "What fails, and what is refused?",
        (
            lines(
                "Requests by function",
                "The load.",
                _AT.rate('milvus_proxy_req_count{status="total"}', "function_name").top(10),
                width=6,
            ),
            lines(
                "Failed requests by function",
                "Search: users notice. Insert: documents are missing.",
                _AT.rate('milvus_proxy_req_count{status="fail"}', "function_name"),
                width=6,
                steady="zero while nothing fails",
            ),
            lines(
                "Requests at the rate limiter",
                "Refused ones come back as errors to the client.",
                _AT.rate("milvus_proxy_rate_limit_req_count", "msg_type", "status"),
                width=6,
            ),
            lines(
                "Look-ups in the proxy's caches",
                "Misses follow changes of the schema.",
                _AT.rate("milvus_proxy_cache_hit_count", "cache_name", "cache_state"),
                width=6,
            ),
            lines(
                "p95 of other requests, slowest ten",
                "By function.",
                _AT.quantile("0.95", "milvus_proxy_req_latency", "function_name").top(10),
                width=12,
            ),
            table(
                "Quotas",
                "1: the server refuses reads or writes, for want of memory or disk.",
                ("quota_states",),
                _AT.level("milvus_rootcoord_quota_states", "quota_states", reduce="max").column("State", ANY.steps),
                width=12,
                steady="a state",
            ),
        ),
    )


def _stored() -> Row:
    return Row(
        "Is everything indexed and loaded?",
        (
            lines(
                "Loaded vectors",
                "By collection and state. A fall without a deletion: a node has lost its data.",
                _AT.level("milvus_querynode_entity_num", "collection_id", "segment_state"),
                width=8,
                steady=_STATE,
            ),
            lines(
                "Loaded segments",
                "Many small ones: compaction stands still.",
                _AT.level("milvus_querynode_segment_num", "collection_id", "segment_state"),
                width=8,
                steady=_STATE,
            ),
            lines(
                "Stored segments by state",
                "Dropped ones wait for the garbage collector.",
                _AT.level("milvus_datacoord_segment_num", "segment_state"),
                width=8,
                steady=_STATE,
            ),
            lines(
                "Index tasks by status",
                "Failed: read the index node's log. Unissued: no node is free.",
                _AT.level("milvus_datacoord_index_task_count", "index_task_status"),
                width=8,
                steady=_STATE,
            ),
            lines(
                "Stored data",
                "In object storage.",
                _AT.level("milvus_datacoord_stored_binlog_size", "collection_id"),
                width=8,
                steady=_STATE,
            ),
            lines(
                "Disk in use by query nodes",
                "For indexes on disk, and memory-mapped data.",
                _AT.level("milvus_querynode_disk_used_size", "instance"),
                width=8,
                steady=_STATE,
            ),
        ),
    )


def _fresh() -> Row:
    return Row(
        "Is it fresh?",
        (
            lines("Inserted vectors", "A second.", _AT.rate("milvus_proxy_insert_vectors_count"), width=6),
            lines(
                "Lag of the proxy's clock",
                "Searches wait for it when they ask for what was just written.",
                _AT.level("milvus_proxy_tt_lag_ms", "channel_name", reduce="max"),
                width=6,
                marks=from_above(1, 10),
            ),
            lines(
                "p95 of inserts and deletes",
                "Slow here: the message queue or object storage.",
                _AT.quantile("0.95", "milvus_proxy_mutation_latency", "msg_type"),
                width=6,
            ),
            lines(
                "Age of the oldest checkpoint",
                "What a restart of a data node would have to read again.",
                _AT.age("milvus_datacoord_channel_checkpoint_unix_seconds").named("oldest channel"),
                width=6,
                marks=from_above(600, 3600),
            ),
        ),
    )
