"""The rows of D2 on the agents, and on what is on the wire."""

from typing import Final

from dashboards.board import Row
from dashboards.panels import ANY, from_above, lines
from dashboards.scope import Scope

_AT: Final = Scope.of("cluster", "job", "instance")


def agents() -> Row:
    """Whether the agents keep up."""
    return Row(
        "Do the agents keep up?",
        (
            lines(
                "BPF map pressure",
                "How full each map is.",
                _AT.level("cilium_bpf_map_pressure", "map_name", reduce="max"),
                maximum=1,
                marks=from_above(0.7, 0.9),
                width=8,
            ),
            lines(
                "Tracked connections",
                "After the last clean-up; alive ones follow the load.",
                _AT.level("cilium_datapath_conntrack_gc_entries", "family", "protocol", "status"),
                width=8,
            ),
            lines(
                "Endpoints by state",
                "Anything but ready for more than a minute is stuck.",
                _AT.level("cilium_endpoint_state", "endpoint_state"),
                width=8,
                steady="a state",
            ),
            lines(
                "Until an endpoint is rebuilt, p99",
                "Pods start and policies change no faster than this.",
                _AT.quantile("0.99", "cilium_endpoint_regeneration_time_stats_seconds", "scope"),
                width=8,
            ),
            lines(
                "Agent API, p99",
                "Slow here: the agent itself has no processor time.",
                _AT.quantile("0.99", "cilium_agent_api_process_time_seconds", "method"),
                width=8,
            ),
            lines(
                "Kubernetes API as agents see it, p99",
                "Slow here: the control plane, and everything with it.",
                _AT.quantile("0.99", "cilium_k8s_client_api_latency_time_seconds", "method"),
                width=8,
            ),
        ),
    )


def complaints() -> Row:
    """What agents complain of."""
    return Row(
        "What do they complain of?",
        (
            lines(
                "Warnings and errors in logs",
                "By subsystem: the one that complains first is near the cause.",
                _AT.rate("cilium_errors_warnings_total", "level", "subsystem"),
                width=8,
            ),
            lines(
                "Failed map changes",
                "Above zero: a map is full, or the kernel refuses.",
                _AT.rate('cilium_bpf_map_ops_total{outcome="fail"}', "map_name"),
                width=8,
            ),
            lines(
                "Unreachable nodes by agent",
                "One agent alone: its node. All: the node that they cannot reach.",
                _AT.level("cilium_unreachable_nodes", "instance"),
                width=8,
                marks=ANY,
                steady="a state",
            ),
        ),
    )


def wire() -> Row:
    """What is on the wire."""
    return Row(
        "What is on the wire?",
        (
            lines("Forwarded bytes", "By direction.", _AT.rate("cilium_forward_bytes_total", "direction"), width=6),
            lines("Dropped bytes", "By reason.", _AT.rate("cilium_drop_bytes_total", "reason"), width=6),
            lines(
                "Packets by port, top ten",
                "A port that nobody knows is worth a question.",
                _AT.rate("hubble_port_distribution_total", "port", "protocol").top(10),
                width=6,
            ),
            lines(
                "ICMP by type",
                "Unreachables rise when routes are missing.",
                _AT.rate("hubble_icmp_total", "family", "type"),
                width=6,
            ),
        ),
    )
