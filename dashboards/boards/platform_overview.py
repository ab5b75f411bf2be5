"""D1, Platform Overview: is the gateway serving, who gets errors, and do the pods behind it hold."""

from typing import Final

from dashboards.board import Board, Row
from dashboards.choices import choices
from dashboards.panels import from_above, from_below, lines, stat, table
from dashboards.promised import Promised, firing
from dashboards.quantity import Quantity
from dashboards.scope import Scope

_AT: Final = Scope.of("cluster", "job", "instance")
_PODS: Final = _AT.also("namespace")
_DOWN: Final = 'envoy_http_conn_manager_prefix=~"listener-.*"'
_UP: Final = 'envoy_cluster_name=~".*cilium-gateway-.*"'
_RUNNING: Final = 'container!="",image!=""'


def board(promised: Promised) -> Board:
    """The handbook's D1."""
    return Board(
        id="D1",
        uid="emberline-platform-overview",
        title="Platform Overview",
        description="Requests, errors and latency at the gateway, then by backend, then the pods behind them.",
        tags=("emberline", "platform"),
        variables=choices(
            _PODS,
            "envoy_http_downstream_rq_xx",
            "kube_pod_status_phase",
            "container_memory_working_set_bytes",
            "certmanager_certificate_expiration_timestamp_seconds",
            "k8gb_gslb_healthy_records",
        ),
        rows=(_glance(promised), _callers(promised), _backends(promised), _pods(), _names()),
        alerts=firing("platform"),
        links=promised.details("platform"),
    )


def _answers() -> Quantity:
    return _AT.rate(f"envoy_http_downstream_rq_xx{{{_DOWN}}}")


def _failed() -> Quantity:
    return _AT.rate(f'envoy_http_downstream_rq_xx{{{_DOWN},envoy_response_code_class="5"}}')


def _glance(promised: Promised) -> Row:
    waiting = _PODS.level('kube_pod_status_phase{phase=~"Pending|Unknown|Failed"}')
    return Row(
        "Is the platform serving?",
        (
            stat("Requests", "Answers a second at the gateway. A sudden fall is worse than a rise.", _answers()),
            stat(
                "Share of server errors",
                "5xx over all answers. Orange: P1 misses its objective at this pace; red: its static alert fires.",
                _failed().share_of(_answers()),
                marks=promised.marks("P1"),
            ),
            stat(
                "p95 latency",
                "19 of 20 answers are faster. Streamed answers of the AI Hub count until their end.",
                _AT.quantile("0.95", f"envoy_http_downstream_rq_time{{{_DOWN}}}"),
                marks=promised.marks("P2"),
            ),
            stat(
                "In flight",
                "Requests without an answer yet. It rises when backends get slower, before latency shows it.",
                _AT.level(f"envoy_http_downstream_rq_active{{{_DOWN}}}"),
            ),
            stat(
                "Pods not running",
                "Pending, failed or unknown. Some come and go with a roll-out; none stays.",
                waiting,
                marks=from_above(1, 5),
                steady="a state",
            ),
            stat(
                "Restarts",
                "Containers that restart, per second. Zero is the usual.",
                _PODS.rate("kube_pod_container_status_restarts_total"),
                marks=from_above(0.001, 0.01),
                steady="zero while nothing restarts",
            ),
        ),
    )


def _callers(promised: Promised) -> Row:
    time = f"envoy_http_downstream_rq_time{{{_DOWN}}}"
    return Row(
        "What do callers see?",
        (
            lines(
                "Answers by class",
                "2xx follows the day. 5xx is ours; a wave of 4xx is a client that has changed, or an attack.",
                _AT.rate(f"envoy_http_downstream_rq_xx{{{_DOWN}}}", "envoy_response_code_class").named(
                    "{{envoy_response_code_class}}xx"
                ),
                stacked=True,
            ),
            lines(
                "Latency",
                "p50 tells the usual caller's time, p99 the worst in a hundred. When only p99 rises, look for one "
                "slow backend below; when all rise, for the gateway's processors.",
                *(_AT.quantile(q, time).named(f"p{q[2:]}") for q in ("0.50", "0.95", "0.99")),
                marks=promised.marks("P2"),
            ),
        ),
    )


def _backends(promised: Promised) -> Row:
    of = "envoy_cluster_name"
    answers = _AT.rate(f"envoy_cluster_upstream_rq_xx{{{_UP}}}", of)
    failed = _AT.rate(f'envoy_cluster_upstream_rq_xx{{{_UP},envoy_response_code_class="5"}}', of)
    return Row(
        "Which backend?",
        (
            lines("Requests by backend", "Who carries the load.", answers, width=12),
            lines(
                "Share of server errors by backend",
                "One line above the others: that backend. All of them: what they share.",
                failed.share_of(answers),
                marks=promised.marks("P3"),
            ),
            lines(
                "p95 latency by backend",
                "Time that the backend takes, without the way to the client.",
                _AT.quantile("0.95", f"envoy_cluster_upstream_rq_time{{{_UP}}}", of),
            ),
            lines(
                "Healthy members by backend",
                "Zero: requests have nowhere to go. One: the next roll-out is an outage.",
                _AT.level(f"envoy_cluster_membership_healthy{{{_UP}}}", of),
                marks=from_below(1, 2),
                steady="a state",
            ),
        ),
    )


def _pods() -> Row:
    pod = ("namespace", "pod", "container")
    memory = _PODS.level(f"container_memory_working_set_bytes{{{_RUNNING}}}", *pod, reduce="max")
    limit = _PODS.level('kube_pod_container_resource_limits{resource="memory"}', *pod, reduce="max")
    wanted = _PODS.level("kube_deployment_spec_replicas", "namespace", "deployment")
    there = _PODS.level("kube_deployment_status_replicas_available", "namespace", "deployment")
    return Row(
        "Do the pods hold?",
        (
            lines(
                "Missing replicas by deployment",
                "Wanted, but not available. Longer than a roll-out: look at the pod's events.",
                wanted - there,
                width=8,
                steady="zero while all replicas are there",
            ),
            lines(
                "Memory against the limit, worst ten",
                "At 100 % the kernel kills the container. HighMemoryUsage fires at 90 %.",
                memory.on(limit, *pod).top(10),
                width=8,
                marks=from_above(0.8, 0.9),
            ),
            lines(
                "Processors in use, top ten",
                "Cores. Requests get slower before a container reaches its limit.",
                _PODS.rate(f"container_cpu_usage_seconds_total{{{_RUNNING}}}", "namespace", "pod").top(10),
                width=8,
            ),
        ),
    )


def _names() -> Row:
    cert = _PODS.left("certmanager_certificate_expiration_timestamp_seconds", "namespace", "name")
    return Row(
        "Do names and certificates hold?",
        (
            table(
                "Certificates",
                "Time until a certificate ends. cert-manager renews at a third of its life: below 14 days it has "
                "failed to.",
                ("namespace", "name"),
                cert.column("Ends in", from_below(604_800, 1_209_600).steps),
                width=12,
            ),
            lines(
                "Healthy records by global name",
                "Regions that answer. Below two, the next failure is an outage.",
                _PODS.level("k8gb_gslb_healthy_records", "namespace", "name", reduce="min"),
                marks=from_below(1, 2),
                steady="a state",
            ),
        ),
    )
