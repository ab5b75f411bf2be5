"""Keycloak, with `metrics-enabled`, `http-metrics-slos=200,500,1000` and `event-metrics-user-enabled`."""

from typing import Final

from dashboards.metric import table

IDENTITY: Final = table("""
http_server_requests_seconds | histogram | seconds | method uri status outcome | Time of a request
http_server_active_requests | gauge | requests | | Requests in flight
keycloak_user_events_total | counter | events | realm event error client_id idp | What users did, and what went wrong
keycloak_credentials_password_hashing_validations_total | counter | operations | realm algorithm outcome | Password checks
agroal_active_count | gauge | count | | Database connections in use
agroal_available_count | gauge | count | | Database connections that are idle
agroal_awaiting_count | gauge | count | | Threads that wait for a connection
jvm_memory_used_bytes | gauge | bytes | area id | Memory of the JVM
jvm_memory_max_bytes | gauge | bytes | area id | Memory that the JVM may take
jvm_gc_pause_seconds_sum | counter | seconds | action cause | Time that collections stopped the JVM
process_cpu_usage | gauge | ratio | | Share of the processors that the JVM uses
vendor_cluster_size | gauge | count | cache_manager | Members that a node sees
vendor_statistics_approximate_entries | gauge | count | cache cache_manager | Entries of a cache
vendor_statistics_hit_ratio | gauge | ratio | cache cache_manager | Share of look-ups that a cache answers
""")
