"""D2, Cilium Network: what flows, what is dropped and by whose decision, and whether the agents keep up."""

from typing import Final

from dashboards.board import Board, Row
from dashboards.boards import cilium_agents
from dashboards.choices import choices
from dashboards.panels import ANY, from_above, lines, stat
from dashboards.promised import Promised, firing
from dashboards.scope import Scope

_AT: Final = Scope.of("cluster", "job", "instance")
_FAILED: Final = 'status=~"5.."'


def board(promised: Promised) -> Board:
    """The handbook's D2."""
    return Board(
        id="D2",
        uid="emberline-cilium-network",
        title="Cilium Network",
        description="Flows, drops and policy verdicts, the application protocols above them, and the agents below.",
        tags=("emberline", "platform", "network"),
        variables=choices(_AT, "hubble_flows_processed_total", "cilium_forward_count_total"),
        rows=(
            _glance(),
            _drops(),
            _protocols(),
            cilium_agents.agents(),
            cilium_agents.complaints(),
            cilium_agents.wire(),
        ),
        alerts=firing("platform"),
        links=promised.details("platform"),
    )


def _glance() -> Row:
    dropped, forwarded = _AT.rate("cilium_drop_count_total"), _AT.rate("cilium_forward_count_total")
    return Row(
        "Does the network carry?",
        (
            stat("Flows", "Flows a second that Hubble has seen.", _AT.rate("hubble_flows_processed_total")),
            stat(
                "Share of dropped packets",
                "Dropped over dropped and forwarded. Denials by policy count: know your usual level.",
                dropped / (dropped + forwarded),
                marks=from_above(0.01, 0.05),
            ),
            stat(
                "Unreachable nodes",
                "The most that any agent cannot reach. Anything above zero splits the cluster.",
                _AT.level("cilium_unreachable_nodes", reduce="max"),
                marks=ANY,
                steady="a state",
            ),
            stat(
                "Failing controllers",
                "Background tasks of agents that keep failing.",
                _AT.level("cilium_controllers_failing"),
                marks=ANY,
                steady="a state",
            ),
            stat(
                "Fullest BPF map",
                "At 100 % new connections or policies are refused without a word.",
                _AT.level("cilium_bpf_map_pressure", reduce="max"),
                marks=from_above(0.7, 0.9),
            ),
            stat(
                "Errors in logs",
                "Lines of level error a second, over all agents.",
                _AT.rate('cilium_errors_warnings_total{level="error"}'),
                marks=from_above(0.1, 1),
            ),
        ),
    )


def _drops() -> Row:
    return Row(
        "What is dropped, and who decided so?",
        (
            lines(
                "Flows by verdict",
                "FORWARDED follows the day; DROPPED should not.",
                _AT.rate("hubble_flows_processed_total", "verdict"),
            ),
            lines(
                "Drops by reason",
                "POLICY_DENIED: a policy did its work, or is wrong. Anything else is a fault of the network.",
                _AT.rate("hubble_drop_total", "reason"),
            ),
            lines(
                "Dropped packets by reason and direction",
                "The datapath's own count, which Hubble's sampling does not thin out.",
                _AT.rate("cilium_drop_count_total", "reason", "direction"),
            ),
            lines(
                "Policy verdicts",
                "What policies let pass, and what they deny. A new denial after a deployment is a missing rule.",
                _AT.rate("hubble_policy_verdicts_total", "direction", "match", "action"),
            ),
            lines(
                "Layer-7 verdicts",
                "Requests that a proxy received, forwarded or denied.",
                _AT.rate("cilium_policy_l7_total", "rule", "proxy_type"),
            ),
            lines(
                "Until a policy is in force, p99",
                "From the change to the datapath. Minutes: agents are overloaded, and new pods run without policy.",
                _AT.quantile("0.99", "cilium_policy_implementation_delay", "source"),
            ),
        ),
    )


def _protocols() -> Row:
    http = "hubble_http_request_duration_seconds"
    return Row(
        "What do applications see?",
        (
            lines(
                "HTTP requests by status",
                "Needs httpV2, and a policy that sends traffic through Envoy.",
                _AT.rate("hubble_http_requests_total", "status"),
                width=8,
                stacked=True,
            ),
            lines(
                "Share of HTTP server errors",
                "By who reports it: errors that only the client sees are lost on the way.",
                _AT.rate(f"hubble_http_requests_total{{{_FAILED}}}", "reporter").share_of(
                    _AT.rate("hubble_http_requests_total", "reporter")
                ),
                width=8,
                marks=from_above(0.001, 0.01),
            ),
            lines(
                "HTTP latency",
                "As proxies measure it.",
                *(_AT.quantile(q, http).named(f"p{q[2:]}") for q in ("0.50", "0.95", "0.99")),
                width=8,
            ),
            lines(
                "DNS questions by type",
                "AAAA twice as often as A: a resolver that tries every search domain.",
                _AT.rate("hubble_dns_queries_total", "qtypes"),
                width=8,
            ),
            lines(
                "DNS answers by result",
                "SERVFAIL and Refused are faults; NXDOMAIN is mostly the search path.",
                _AT.rate("hubble_dns_responses_total", "rcode"),
                width=8,
            ),
            lines(
                "Connections without an answer",
                "SYN less SYN-ACK. Above zero for long: something behind an address does not listen.",
                (_AT.rate('hubble_tcp_flags_total{flag="SYN"}') - _AT.rate('hubble_tcp_flags_total{flag="SYN-ACK"}')),
                width=8,
                minimum=None,
            ),
        ),
    )
