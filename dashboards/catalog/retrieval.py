"""Retrieval: the RAG API, embeddings and reranking, and Milvus, which counts time in milliseconds."""

from typing import Final

from dashboards.metric import table

RETRIEVAL: Final = table("""
http_server_request_duration_seconds | histogram | seconds | http_route http_request_method http_response_status_code | Time of a call of the RAG API
db_client_operation_duration_seconds | histogram | seconds | db_system_name db_operation_name | Time of a call of the vector store
db_client_response_returned_rows | histogram | rows | db_system_name db_operation_name | Passages that a search returned
te_request_count | counter | requests | method | Embedding and reranking requests
te_request_duration | histogram | seconds | | Time of an embedding request
te_request_queue_duration | histogram | seconds | | Time of it in the queue
te_request_inference_duration | histogram | seconds | | Time of it in the model
te_request_failure | counter | requests | err | Requests that failed, by reason
te_request_input_length | histogram | tokens | | Length of inputs
te_predict_duration | histogram | seconds | | Time of a reranking request
te_batch_next_size | histogram | count | | Requests in a batch
te_queue_size | gauge | requests | | Requests in the queue
milvus_proxy_sq_latency | histogram | milliseconds | query_type db_name collection_name node_id | Time of a search or query that succeeded
milvus_proxy_collection_sq_latency | histogram | milliseconds | query_type collection_name node_id | The same by collection
milvus_proxy_search_vectors_count | counter | operations | db_name collection_name node_id | Vectors that were searched for
milvus_proxy_req_count | counter | requests | function_name status node_id | Requests by function and status
milvus_proxy_req_latency | histogram | milliseconds | function_name node_id | Time of a request
milvus_proxy_slow_query_count | counter | requests | msg_type node_id | Requests slower than the server's own limit
milvus_proxy_rate_limit_req_count | counter | requests | msg_type status node_id | Requests at the rate limiter
milvus_proxy_cache_hit_count | counter | operations | cache_name cache_state node_id | Look-ups in the proxy's caches
milvus_proxy_mutation_latency | histogram | milliseconds | msg_type node_id | Time of an insert or delete
milvus_proxy_insert_vectors_count | counter | rows | node_id | Vectors inserted
milvus_proxy_tt_lag_ms | gauge | milliseconds | channel_name node_id | How far a proxy's clock is behind
milvus_querynode_sq_req_latency | histogram | milliseconds | query_type node_id | Time in a query node
milvus_querynode_sq_queue_latency | histogram | milliseconds | query_type node_id | Time in a query node's queue
milvus_querynode_sq_segment_latency | histogram | milliseconds | query_type segment_state node_id | Time in a segment
milvus_querynode_read_task_ready_len | gauge | count | node_id | Tasks that are ready and wait
milvus_querynode_read_task_unsolved_len | gauge | count | node_id | Tasks that wait for data
milvus_querynode_read_task_concurrency | gauge | count | node_id | Tasks that run
milvus_querynode_entity_num | gauge | rows | collection_id segment_state node_id | Vectors that are loaded
milvus_querynode_segment_num | gauge | count | collection_id segment_state node_id | Segments that are loaded
milvus_querynode_disk_used_size | gauge | mebibytes | node_id | Disk that a query node uses
milvus_datacoord_stored_binlog_size | gauge | bytes | collection_id segment_id | Stored data
milvus_datacoord_segment_num | gauge | count | segment_state | Segments by state
milvus_datacoord_index_task_count | gauge | count | collection_id index_task_status | Index tasks by status
milvus_datacoord_channel_checkpoint_unix_seconds | gauge | timestamp | channel_name node_id | How far a channel is stored
milvus_rootcoord_quota_states | gauge | state | quota_states | Whether the server refuses reads or writes
""")
