"""vLLM, KServe's own model servers, and what the exporter joins of servers and the GPUs under them."""

from typing import Final

from dashboards.metric import table

LANGUAGE: Final = table(
    """
up | gauge | state | | Whether a target was scraped
http_requests_total | counter | requests | handler method status | HTTP requests of the API server
vllm:num_requests_running | gauge | requests | | Requests in the batch
vllm:num_requests_waiting | gauge | requests | | Requests that wait for a place in it
vllm:num_requests_waiting_by_reason | gauge | requests | reason | The same by reason
vllm:kv_cache_usage_perc | gauge | ratio | | How full the key-value cache is
vllm:prefix_cache_queries_total | counter | tokens | | Tokens looked up in the prefix cache
vllm:prefix_cache_hits_total | counter | tokens | | Tokens found in it
vllm:num_preemptions_total | counter | events | | Requests thrown out of the batch for want of cache
vllm:prompt_tokens_total | counter | tokens | | Tokens read
vllm:generation_tokens_total | counter | tokens | | Tokens written
vllm:request_success_total | counter | requests | finished_reason | Finished requests by reason, errors too
vllm:time_to_first_token_seconds | histogram | seconds | | Until the first token
vllm:inter_token_latency_seconds | histogram | seconds | | From token to token
vllm:request_time_per_output_token_seconds | histogram | seconds | | Mean time of a token, of each request
vllm:e2e_request_latency_seconds | histogram | seconds | | Until the last token
vllm:request_queue_time_seconds | histogram | seconds | | Time in the queue
vllm:request_prefill_time_seconds | histogram | seconds | | Time to read the prompt
vllm:request_decode_time_seconds | histogram | seconds | | Time to write the answer
vllm:request_prompt_tokens | histogram | tokens | | Length of prompts
vllm:request_generation_tokens | histogram | tokens | | Length of answers
vllm:request_params_max_tokens | histogram | tokens | | Length of answers that was allowed
vllm:iteration_tokens_total | histogram | tokens | | Tokens in a step of the engine
""",
    "model_name",
    "engine",
)
JOINED: Final = table(
    """
emberline_tokens_per_joule | gauge | count | type | Tokens for a joule of the GPUs under a server
emberline_energy_joules_per_request | gauge | joules | | Energy of a request
emberline_gpu_idle_with_queue | gauge | state | | Whether requests wait while the GPUs idle
emberline_gpu_busy_without_requests | gauge | state | | Whether the GPUs work without any request
""",
    "target",
    "shared",
)
