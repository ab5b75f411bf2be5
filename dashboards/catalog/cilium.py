"""Cilium's agent and Hubble: what the network lets through, what it drops, and whether its agents keep up."""

from typing import Final

from dashboards.metric import table

CILIUM: Final = table("""
hubble_flows_processed_total | counter | events | protocol type subtype verdict | Flows that Hubble has seen
hubble_drop_total | counter | packets | reason protocol | Dropped flows by reason
hubble_policy_verdicts_total | counter | events | direction match action | What network policies decided
hubble_http_requests_total | counter | requests | method protocol status reporter | HTTP requests that a proxy saw
hubble_http_request_duration_seconds | histogram | seconds | method reporter | Time of HTTP requests that a proxy saw
hubble_dns_queries_total | counter | requests | qtypes | DNS questions
hubble_dns_responses_total | counter | requests | qtypes rcode | DNS answers by result
hubble_tcp_flags_total | counter | packets | flag family | TCP packets by flag
hubble_icmp_total | counter | packets | family type | ICMP packets by type
hubble_port_distribution_total | counter | packets | port protocol | Packets by destination port
cilium_drop_count_total | counter | packets | reason direction | Dropped packets by reason
cilium_drop_bytes_total | counter | bytes | reason direction | Dropped bytes by reason
cilium_forward_count_total | counter | packets | direction | Forwarded packets
cilium_forward_bytes_total | counter | bytes | direction | Forwarded bytes
cilium_policy_l7_total | counter | requests | rule proxy_type | What layer-7 policies decided
cilium_policy_implementation_delay | histogram | seconds | source | Time until a policy change is in force
cilium_bpf_map_pressure | gauge | ratio | map_name | How full a BPF map is
cilium_datapath_conntrack_gc_entries | gauge | count | family protocol status | Tracked connections after the last clean-up
cilium_unreachable_nodes | gauge | count | | Nodes that an agent cannot reach
cilium_endpoint_state | gauge | count | endpoint_state | Endpoints by state
cilium_endpoint_regeneration_time_stats_seconds | histogram | seconds | scope status | Time to rebuild an endpoint's program
cilium_controllers_failing | gauge | count | | Controllers of an agent that fail
cilium_errors_warnings_total | counter | events | level subsystem | Log lines that warn or worse
cilium_agent_api_process_time_seconds | histogram | seconds | path method return_code | Time that the agent's API takes
cilium_k8s_client_api_latency_time_seconds | histogram | seconds | path method | Time that the Kubernetes API takes for an agent
cilium_bpf_map_ops_total | counter | operations | map_name operation outcome | Changes of BPF maps
""")
