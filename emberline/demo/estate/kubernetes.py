"""kube-state-metrics, the kubelet, Knative, and the controllers of certificates and global names."""

from collections.abc import Iterator

from emberline.demo.component import Component, Metric, assemble
from emberline.demo.driver import One
from emberline.demo.estate.draw import Draw
from emberline.demo.flow import DAY_MS
from emberline.demo.metrics import Spread, gauge, labelled
from emberline.demo.script import Script

_WORKLOADS = (
    ("platform", "console", 2, 310e6, 0.12),
    ("platform", "keycloak", 3, 1.4e9, 0.5),
    ("ai-hub", "llm-gateway", 3, 700e6, 0.4),
    ("ai-hub", "rag-api", 2, 500e6, 0.2),
    ("open-banking", "payments-api", 3, 450e6, 0.3),
)
_LIMIT = 2 * 2**30


def components(script: Script) -> Iterator[Component]:
    """One of each."""
    state, node = Draw(script, "kube-state-metrics"), Draw(script, "kubelet")
    yield assemble(
        "kube-state-metrics", "kube-state-metrics.monitoring:8080", (*_state(state), *_flux(script), state.process())
    )
    yield assemble("kubelet", "node-1:10250", (*_kubelet(node), *_volumes(node)))
    yield assemble("knative", "autoscaler.knative-serving:9090", tuple(_knative(Draw(script, "knative"))))
    yield assemble(
        "cert-manager",
        "cert-manager.cert-manager:9402",
        (*_certificates(script), Draw(script, "cert-manager").process()),
    )
    yield assemble("k8gb", "k8gb.k8gb:8080", (*_names(Draw(script, "k8gb")), Draw(script, "k8gb").process()))
    yield assemble(
        "x509-certificate-exporter", "x509.monitoring:9793", (*_third_parties(script), Draw(script, "x509").process())
    )


def _pods() -> Iterator[tuple[str, str, str, float, float]]:
    for namespace, name, count, memory, cores in _WORKLOADS:
        for number in range(count):
            yield namespace, name, f"{name}-{number}", memory, cores


def _state(draw: Draw) -> Iterator[Metric]:
    phases = {
        labelled(namespace=namespace, phase=phase, pod=pod): float(phase == "Running")
        for namespace, _, pod, _, _ in _pods()
        for phase in ("Pending", "Running", "Succeeded", "Failed", "Unknown")
    }
    yield draw.states("kube_pod_status_phase", "The pods current phase.", phases)
    wanted = {labelled(deployment=name, namespace=namespace): float(count) for namespace, name, count, *_ in _WORKLOADS}
    yield draw.states("kube_deployment_spec_replicas", "Number of desired pods for a deployment.", wanted)
    yield draw.states("kube_deployment_status_replicas_available", "The number of available replicas.", wanted)
    containers = [labelled(container=name, namespace=space, pod=pod) for space, name, pod, _, _ in _pods()]
    yield draw.counters(
        "kube_pod_container_status_restarts_total",
        "The number of container restarts.",
        dict.fromkeys(containers, 0.0008),
    )
    limits = {(*container, ("resource", "memory"), ("unit", "byte")): float(_LIMIT) for container in containers}
    yield draw.states("kube_pod_container_resource_limits", "The number of requested limit resource.", limits)


def _flux(script: Script) -> Iterator[Metric]:
    kinds = {"GitRepository": ("platform",), "Kustomization": ("apps", "infra"), "HelmRelease": ("milvus", "grafana")}
    info = {}
    for kind, names in kinds.items():
        for name in names:
            labels = {"ready": "False" if name == "milvus" else "True"}
            labels["suspended"] = "true" if name == "infra" else "false"
            info[
                labelled(
                    customresource_kind=kind,
                    exported_namespace="flux-system",
                    name=name,
                    **labels,
                    revision="main@sha1:7c1e",
                )
            ] = 1.0
    yield Draw(script, "flux").states("gotk_resource_info", "The current state of a Flux resource.", info)


def _kubelet(draw: Draw) -> Iterator[Metric]:
    containers = {
        labelled(container=name, image=f"harbor/{name}", namespace=namespace, pod=pod): (memory, cores)
        for namespace, name, pod, memory, cores in _pods()
    }
    memory = {labels: used for labels, (used, _) in containers.items()}
    yield draw.levels("container_memory_working_set_bytes", "Current working set in bytes.", memory, whole=True)
    cores = {labels: 100 * cores for labels, (_, cores) in containers.items()}
    yield draw.amounts("container_cpu_usage_seconds_total", "Cumulative cpu time consumed.", cores, 0.01)


def _volumes(draw: Draw) -> Iterator[Metric]:
    claims = {labelled(namespace="platform", persistentvolumeclaim=f"pg-main-{n}"): 38e9 for n in (1, 2)}
    yield draw.levels("kubelet_volume_stats_used_bytes", "Number of used bytes in the volume", claims, whole=True)
    yield draw.states(
        "kubelet_volume_stats_capacity_bytes", "Capacity in bytes of the volume", dict.fromkeys(claims, 1e11)
    )


def _knative(draw: Draw) -> Iterator[Metric]:
    revisions = {
        labelled(k8s_namespace_name="ai-hub", kn_configuration_name=name, kn_revision_name=f"{name}-00003"): count
        for name, count in (("llama-3-3-70b", 2.0), ("qwen3-14b", 3.0))
    }
    yield draw.states("kn_revision_pods_count", "Number of pods that are allocated currently", revisions)
    yield draw.states("kn_revision_pods_desired", "Number of pods autoscaler wants to allocate", revisions)
    yield draw.times(
        "kn_serving_invocation_duration_seconds",
        "The duration of calls as the queue-proxy sees them",
        {
            labelled(http_response_status_code="200", kn_configuration_name=name): (rate, Spread(2.0, 0.5))
            for name, rate in (("llama-3-3-70b", 2.6), ("qwen3-14b", 4.2))
        },
        ("0.005", "0.01", "0.025", "0.05", "0.075", "0.1", "0.25", "0.5", "0.75", "1", "2.5", "5", "7.5", "10"),
    )


def _certificates(script: Script) -> Iterator[Metric]:
    ends = {"console-tls": 61, "keycloak-tls": 24, "gateway-tls": 82}
    yield gauge(
        "certmanager_certificate_expiration_timestamp_seconds",
        "The date after which the certificate expires.",
        {
            labelled(issuer_name="letsencrypt", name=name, namespace="platform"): _in_days(script, days)
            for name, days in ends.items()
        },
    )


def _third_parties(script: Script) -> Iterator[Metric]:
    ends = {"PSDDE-BAFIN-123456": 118, "PSDFR-ACPR-654321": 44}
    yield gauge(
        "x509_cert_not_after",
        "Indicates the certificate's not after timestamp",
        {labelled(namespace="open-banking", subject_CN=name): _in_days(script, days) for name, days in ends.items()},
    )


def _in_days(script: Script, days: int) -> tuple[tuple[One, float], ...]:
    return ((One(), float((script.now_ms + days * DAY_MS) // 1000)),)


def _names(draw: Draw) -> Iterator[Metric]:
    names = {labelled(name=name, namespace="platform"): 2.0 for name in ("console", "api")}
    yield draw.states("k8gb_gslb_healthy_records", "Number of healthy records observed by K8GB.", names)
