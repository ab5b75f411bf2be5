"""Cilium's agents and Hubble, on two nodes unless more are named."""

from collections.abc import Iterable, Iterator
from itertools import product

from emberline.demo.component import Component, Metric, assemble
from emberline.demo.estate.draw import Draw
from emberline.demo.metrics import Spread, labelled
from emberline.demo.script import Script

_NODES = ("node-1", "node-2")
_QUICK = Spread(0.02, 0.8)


def components(script: Script, nodes: Iterable[str] = _NODES) -> Iterator[Component]:
    """An agent and a Hubble on each node."""
    for node in nodes:
        hubble, agent = Draw(script, f"hubble {node}"), Draw(script, f"cilium {node}")
        yield assemble("hubble", f"{node}:9965", (*_flows(hubble), *_protocols(hubble)))
        yield assemble("cilium-agent", f"{node}:9962", (*_datapath(agent), *_health(agent)))


def _flows(draw: Draw) -> Iterator[Metric]:
    verdicts = {"FORWARDED": 420.0, "DROPPED": 1.1, "REDIRECTED": 60.0, "ERROR": 0.02}
    yield draw.counters(
        "hubble_flows_processed_total",
        "Total number of flows processed",
        {
            labelled(protocol="TCP", subtype="to-endpoint", type="Trace", verdict=verdict): rate
            for verdict, rate in verdicts.items()
        },
    )
    reasons = {"POLICY_DENIED": 0.9, "STALE_OR_UNROUTABLE_IP": 0.12, "UNSUPPORTED_L3_PROTOCOL": 0.05}
    drops = {labelled(protocol="TCP", reason=reason): rate for reason, rate in reasons.items()}
    yield draw.counters("hubble_drop_total", "Number of drops", drops)
    yield draw.counters(
        "hubble_policy_verdicts_total",
        "Total number of Cilium network policy verdicts",
        {
            labelled(action=action, direction=direction, match="l3-l4"): rate
            for (action, rate), direction in product((("forwarded", 90.0), ("dropped", 0.5)), ("ingress", "egress"))
        },
    )
    ports = {"443": 180.0, "8080": 140.0, "5432": 60.0, "53": 90.0, "9092": 45.0}
    yield draw.counters(
        "hubble_port_distribution_total",
        "Numbers of packets distributed by destination port",
        {labelled(port=port, protocol="TCP"): rate for port, rate in ports.items()},
    )
    flags = {"SYN": 22.0, "SYN-ACK": 21.9, "FIN": 20.0, "RST": 0.9}
    yield draw.counters(
        "hubble_tcp_flags_total",
        "TCP flag occurrences",
        {labelled(family="IPv4", flag=flag): rate for flag, rate in flags.items()},
    )
    yield draw.counters(
        "hubble_icmp_total",
        "Number of ICMP messages",
        {labelled(family="IPv4", type=kind): rate for kind, rate in (("EchoReply", 0.5), ("EchoRequest", 0.5))},
    )


def _protocols(draw: Draw) -> Iterator[Metric]:
    statuses = {"200": 70.0, "404": 2.0, "503": 0.06}
    yield draw.counters(
        "hubble_http_requests_total",
        "Count of HTTP requests by methods and status.",
        {
            labelled(method="GET", protocol="HTTP/1.1", reporter=reporter, status=status): rate
            for (status, rate), reporter in product(statuses.items(), ("client", "server"))
        },
    )
    yield draw.times(
        "hubble_http_request_duration_seconds",
        "Quantiles of HTTP request duration in seconds",
        {labelled(method="GET", reporter="server"): (72.0, Spread(0.03, 0.9))},
    )
    yield draw.counters(
        "hubble_dns_queries_total",
        "Number of DNS queries observed",
        {labelled(qtypes=kind): rate for kind, rate in (("A", 30.0), ("AAAA", 28.0))},
    )
    yield draw.counters(
        "hubble_dns_responses_total",
        "Number of DNS responses observed",
        {labelled(qtypes="A", rcode=code): rate for code, rate in (("No Error", 26.0), ("Non-Existent Domain", 31.0))},
    )


def _datapath(draw: Draw) -> Iterator[Metric]:
    ways = ("INGRESS", "EGRESS")
    reasons = {"Policy denied": 0.8, "Stale or unroutable IP": 0.1}
    dropped = {labelled(direction=way, reason=reason): rate for (reason, rate), way in product(reasons.items(), ways)}
    forwarded = {labelled(direction=way): 900.0 for way in ways}
    yield draw.counters("cilium_drop_count_total", "Total dropped packets", dropped)
    yield draw.amounts("cilium_drop_bytes_total", "Total dropped bytes", dropped, 74)
    yield draw.counters("cilium_forward_count_total", "Total forwarded packets", forwarded)
    yield draw.amounts("cilium_forward_bytes_total", "Total forwarded bytes", forwarded, 640)
    rules = {"received": 70.0, "forwarded": 69.0, "denied": 0.3}
    yield draw.counters(
        "cilium_policy_l7_total",
        "Number of total proxy requests handled",
        {labelled(proxy_type="envoy", rule=rule): rate for rule, rate in rules.items()},
    )
    maps = {"cilium_ct4_global": 0.31, "cilium_snat_v4_external": 0.22, "cilium_policy_v2_01121": 0.05}
    yield draw.levels(
        "cilium_bpf_map_pressure",
        "Map pressure is defined as a ratio of the required map size",
        {labelled(map_name=name): level for name, level in maps.items()},
    )
    yield draw.levels(
        "cilium_datapath_conntrack_gc_entries",
        "The number of alive and deleted conntrack entries",
        {
            labelled(family="ipv4", protocol="TCP", status=status): level
            for status, level in (("alive", 14000.0), ("deleted", 900.0))
        },
        whole=True,
    )
    yield draw.counters(
        "cilium_bpf_map_ops_total",
        "Total operations on map",
        {
            labelled(map_name="cilium_lxc", operation="update", outcome=outcome): rate
            for outcome, rate in (("success", 4.0), ("fail", 0.05))
        },
    )


def _health(draw: Draw) -> Iterator[Metric]:
    yield draw.states("cilium_unreachable_nodes", "Number of nodes that cannot be reached", {(): 0})
    yield draw.states("cilium_controllers_failing", "Number of failing controllers", {(): 0})
    states = {"ready": 41.0, "regenerating": 1.0}
    yield draw.levels(
        "cilium_endpoint_state",
        "Count of all endpoints",
        {labelled(endpoint_state=state): count for state, count in states.items()},
        whole=True,
    )
    yield draw.times(
        "cilium_endpoint_regeneration_time_stats_seconds",
        "Endpoint regeneration time stats",
        {labelled(scope=scope, status="success"): (0.4, Spread(0.3, 0.6)) for scope in ("total", "bpfCompilation")},
    )
    yield draw.times(
        "cilium_policy_implementation_delay",
        "Time between a policy change and it being fully deployed",
        {labelled(source="k8s"): (0.05, Spread(0.6, 0.5))},
    )
    yield draw.counters(
        "cilium_errors_warnings_total",
        "Number of total errors in cilium-agent instances",
        {
            labelled(level=level, subsystem=system): rate
            for level, system, rate in (("warning", "ipcache", 0.03), ("error", "endpoint", 0.02))
        },
    )
    yield draw.times(
        "cilium_agent_api_process_time_seconds",
        "Duration of processed API calls",
        {labelled(method="GET", path="/v1/healthz", return_code="200"): (1.1, Spread(0.004, 0.5))},
    )
    yield draw.times(
        "cilium_k8s_client_api_latency_time_seconds",
        "Duration of processed API calls",
        {labelled(method=method, path="/api/v1/nodes"): (0.6, _QUICK) for method in ("GET", "PATCH")},
    )
