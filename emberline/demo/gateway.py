"""Cilium's Envoy: rows P1, P2, P3 and B2. Envoy writes no HELP, and times are in milliseconds."""

from typing import Final

from emberline.demo.component import Cell, Component, Metric, Terms, assemble
from emberline.demo.driver import All, Bad, Driver, Good, One, Rate
from emberline.demo.flow import Flow, Span, Traffic
from emberline.demo.metrics import Spread, counter, gauge, histogram, labelled
from emberline.demo.script import Script
from native.exposition import Labels

_BOUNDS: Final = (
    *("0.5", "1", "5", "10", "25", "50", "100", "250", "500", "1000", "2500", "5000", "10000"),
    *("30000", "60000", "300000", "600000", "1800000", "3600000"),
)
_QUICK: Final = Spread(55, 0.95)
_STREAMING: Final = Spread(120, 0.8)
_CLASSES: Final = (("2", 0.93), ("3", 0.03), ("4", 0.04))


def gateway(script: Script) -> Component:
    """One Envoy for both gateways; its listeners see what its clusters see, and redirects to HTTPS besides."""
    clusters = _clusters(script)
    redirects = Flow.drawn("redirects", script.seed, script.origin_ms, 2.5)
    return assemble(
        "cilium-envoy",
        "cilium-envoy.kube-system:9964",
        (*_upstream(clusters), *_downstream(clusters, redirects)),
    )


def _clusters(script: Script) -> dict[str, Traffic]:
    def cluster(namespace: str, service: str, rate: float, usual: float, *spans: Span) -> tuple[str, Traffic]:
        name = f"{namespace}/cilium-gateway-{namespace}/{namespace}_{service}"
        return name, script.traffic(name, rate, usual, spans)

    return dict(
        (
            cluster("ai-hub", "llm-gateway_4000", 18, 0.00020, script.gateway_errors(0.9)),
            cluster("ai-hub", "librechat_3080", 12, 0.00030, script.gateway_errors(0.5)),
            cluster("platform", "console_8080", 14, 0.00025),
            cluster("platform", "keycloak_8080", 6, 0.00012),
            cluster("open-banking", "accounts-api_8080", 5.5, 0.00018),
            cluster("open-banking", "payments-api_8080", 3.5, 0.00015, script.failing_payments),
            cluster("open-banking", "consents-api_8080", 1.2, 0.0),
        )
    )


def _upstream(clusters: dict[str, Traffic]) -> tuple[Metric, ...]:
    """A class appears with its first response: the consents API, which never failed, has no series for 5xx."""
    cells = (
        Cell(
            "envoy_cluster_upstream_rq_xx",
            labelled(envoy_response_code_class=digit, envoy_cluster_name=name),
            terms,
        )
        for name, traffic in clusters.items()
        for digit, terms in _by_class(traffic).items()
    )
    healthy = {labelled(envoy_cluster_name=name): ((One(), 3.0),) for name in clusters}
    times = {labelled(envoy_cluster_name=name): tuple(_spread(name, traffic)) for name, traffic in clusters.items()}
    return (
        Metric("envoy_cluster_upstream_rq_xx", "counter", "", tuple(cells)),
        histogram("envoy_cluster_upstream_rq_time", "", _BOUNDS, times),
        gauge("envoy_cluster_membership_healthy", "", healthy),
    )


def _by_class(traffic: Traffic) -> dict[str, Terms]:
    classes: dict[str, Terms] = {digit: ((Good(traffic), share),) for digit, share in _CLASSES}
    return classes if traffic.usual == 0 else {**classes, "5": ((Bad(traffic), 1.0),)}


def _downstream(clusters: dict[str, Traffic], redirects: Flow) -> tuple[Metric, ...]:
    secure, insecure = (labelled(envoy_http_conn_manager_prefix=f"listener-{end}") for end in ("secure", "insecure"))
    classes: dict[str, Terms] = {"1": (), "5": tuple((Bad(traffic), 1.0) for traffic in clusters.values())}
    for digit, share in _CLASSES:
        classes[digit] = tuple((Good(traffic), share) for traffic in clusters.values())
    answers = {(*_digit(digit), *secure): terms for digit, terms in classes.items()}
    moved = {(*_digit(digit), *insecure): ((All(redirects), 1.0),) if digit == "3" else () for digit in classes}
    active = tuple((Rate(traffic.flow), 0.2) for traffic in clusters.values())
    checked = next(traffic for name, traffic in clusters.items() if "accounts-api" in name)
    verdicts = {"ok": 1.0, "denied": 0.01, "error": 0.001}
    return (
        *(
            counter(f"envoy_http_ext_authz_{verdict}", "", {secure: ((Good(checked), share),)})
            for verdict, share in verdicts.items()
        ),
        counter("envoy_http_downstream_rq_xx", "", {**answers, **moved}),
        gauge("envoy_http_downstream_rq_active", "", {secure: active, insecure: ()}, whole=True),
        histogram(
            "envoy_http_downstream_rq_time",
            "",
            _BOUNDS,
            {
                secure: tuple(part for name, traffic in clusters.items() for part in _spread(name, traffic)),
                insecure: ((All(redirects), Spread(1.2, 0.5)),),
            },
        ),
    )


def _spread(cluster: str, traffic: Traffic) -> tuple[tuple[Driver, Spread], ...]:
    spread = _STREAMING if "/ai-hub_" in cluster else _QUICK
    return (Good(traffic), spread), (Bad(traffic), spread)


def _digit(digit: str) -> Labels:
    return labelled(envoy_response_code_class=digit)
