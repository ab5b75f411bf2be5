"""The metrics that the target probes export, as one table."""

from typing import Final

from exporter.metric import Metric

UP: Final = Metric(
    "emberline_target_up",
    "gauge",
    "1 if the target's own health endpoint answered well and in time at the newest probe, 0 if not. vLLM's answers"
    " well while its engine is frozen.",
)
ENDPOINT_UP: Final = Metric(
    "emberline_target_endpoint_up", "gauge", "1 if the newest probe of this endpoint got a good answer in time, else 0."
)
DURATION: Final = Metric(
    "emberline_target_probe_duration_seconds", "gauge", "Time the newest probe of this endpoint took, good or not."
)
LAST_SUCCESS: Final = Metric(
    "emberline_target_last_success_timestamp_seconds",
    "gauge",
    "Unix time of the newest probe of this endpoint that succeeded; absent before the first.",
)
FAILURES: Final = Metric(
    "emberline_target_failures_total", "counter", "Probes of any endpoint of this target that failed, by reason."
)
RELAYED: Final = Metric("emberline_relay_series", "gauge", "Series of the target's own page that stand on this one.")
RELAY_DROPPED: Final = Metric(
    "emberline_relay_dropped_series",
    "gauge",
    "Series of the target's own page that do not stand on this one, by reason.",
)
PROBE_DURATION: Final = Metric("emberline_probe_duration_seconds", "gauge", "Time this answer to /probe took.")

VLLM_MODELS: Final = Metric("emberline_vllm_models", "gauge", "Models that /v1/models lists, adapters included.")
VLLM_MODEL_INFO: Final = Metric("emberline_vllm_model_info", "gauge", "1 for each model that /v1/models lists.")
VLLM_STATS_LOGGED: Final = Metric(
    "emberline_vllm_stats_logged",
    "gauge",
    "1 if the metrics page holds vLLM's own series, 0 if the server runs with --disable-log-stats.",
)
VLLM_SEVERAL_SERVERS: Final = Metric(
    "emberline_vllm_several_api_servers",
    "gauge",
    "1 if the metrics page is that of several API servers behind one port (--api-server-count), else 0.",
)
VLLM_INFO: Final = Metric("emberline_vllm_info", "gauge", "1, with the version that /version tells.")
VLLM_VERDICT: Final = Metric(
    "emberline_vllm_verdict",
    "gauge",
    "1 for what the server does now, 0 for the rest; all absent while nothing supports a verdict.",
)
VLLM_EVIDENCE: Final = Metric(
    "emberline_vllm_verdict_evidence", "gauge", "1 for the verdict that holds, with what it rests on."
)
VLLM_RUNNING: Final = Metric(
    "emberline_vllm_requests_running", "gauge", "Requests in execution, summed over engines and models."
)
VLLM_WAITING: Final = Metric(
    "emberline_vllm_requests_waiting", "gauge", "Requests queued or swapped out, over engines and models."
)
VLLM_KV_CACHE: Final = Metric(
    "emberline_vllm_kv_cache_usage_ratio", "gauge", "KV cache in use, 0 to 1, of the fullest engine."
)
VLLM_PROMPT_TOKENS: Final = Metric(
    "emberline_vllm_prompt_tokens_total", "counter", "Tokens of prompts processed, over engines and models."
)
VLLM_GENERATION_TOKENS: Final = Metric(
    "emberline_vllm_generation_tokens_total", "counter", "Tokens generated, over engines and models."
)
VLLM_FINISHED: Final = Metric(
    "emberline_vllm_requests_finished_total",
    "counter",
    "Requests that ended in the engine, by vLLM's reason; what clients cut off is not among them.",
)
VLLM_FIRST_TOKEN: Final = Metric(
    "emberline_vllm_time_to_first_token_seconds",
    "histogram",
    "Time from a request's arrival to its first token, over engines and models.",
)
VLLM_CANARIES: Final = Metric(
    "emberline_vllm_canary_requests_total", "counter", "Completions of one token that the exporter asked for, by end."
)
VLLM_CANARY_TOKENS: Final = Metric(
    "emberline_vllm_canary_tokens_total", "counter", "Tokens that the canaries cost, as the server counts them."
)

MILVUS_COMPONENT: Final = Metric(
    "emberline_milvus_component_healthy", "gauge", "1 if /healthz reports the component healthy or on standby, else 0."
)
MILVUS_COLLECTIONS: Final = Metric("emberline_milvus_collections", "gauge", "Collections of the default database.")
MILVUS_LOADED: Final = Metric(
    "emberline_milvus_collection_loaded", "gauge", "1 if the collection is loaded and can be searched, else 0."
)
MILVUS_ROWS: Final = Metric(
    "emberline_milvus_collection_rows", "gauge", "Rows of the collection; only servers with the v2 REST API tell."
)
MILVUS_STORED_ROWS: Final = Metric(
    "emberline_milvus_stored_rows",
    "gauge",
    "Rows in healthy segments of all collections, growing ones excluded.",
)
MILVUS_PORT: Final = Metric(
    "emberline_milvus_management_port", "gauge", "Port at which /healthz was found; a Milvus moves up from 9091."
)
MILVUS_MAINTENANCE_AGE: Final = Metric(
    "emberline_milvus_maintenance_age_seconds",
    "gauge",
    "Time since the task last ran, or, while no run was seen, a time for which it has not run at least.",
)
MILVUS_MAINTENANCE_LAST: Final = Metric(
    "emberline_milvus_maintenance_last_timestamp_seconds",
    "gauge",
    "Unix time of the last run of the task; absent while none was seen.",
)
MILVUS_MAINTENANCE_OVERDUE: Final = Metric(
    "emberline_milvus_maintenance_overdue",
    "gauge",
    "1 if the task is older than the handbook's schedule allows, 0 if not; absent while that is not known.",
)
