"""Every metric that the shipped alerts read exists: where its component registers it, and what we record ourselves."""

from collections.abc import Iterator

from emberline.catalogue import shipped, shipped_alerts
from rules.grouping import groups
from rules.rule import Recording
from slo.handbook.expression import metrics
from slo.plan import plan

REGISTERED = {
    "google/cadvisor: lib/metrics/prometheus.go": {"container_memory_working_set_bytes"},
    "kubernetes/kube-state-metrics: internal/store/pod.go": {
        "kube_pod_container_resource_limits",
        "kube_pod_container_status_last_terminated_reason",
        "kube_pod_container_status_restarts_total",
        "kube_pod_container_status_waiting_reason",
    },
    "cloudnative-pg: pkg/management/pgbouncer/metricsserver/pools.go": {
        "cnpg_pgbouncer_pools_cl_waiting",
        "cnpg_pgbouncer_pools_maxwait",
    },
    "cloudnative-pg: config/manager/default-monitoring.yaml": {"cnpg_backends_total", "cnpg_pg_settings_setting"},
    "cert-manager: pkg/metrics/metrics.go": {
        "certmanager_certificate_expiration_timestamp_seconds",
        "certmanager_certificate_renewal_timestamp_seconds",
    },
    "k8gb: controllers/providers/metrics/prometheus.go": {"k8gb_gslb_healthy_records", "k8gb_gslb_service_status_num"},
    "prometheus/blackbox_exporter: prober/handler.go": {"probe_success"},
    "prometheus/prometheus: scrape/scrape.go": {"up"},
    "NVIDIA/dcgm-exporter: etc/default-counters.csv": {
        "DCGM_FI_DEV_FB_FREE",
        "DCGM_FI_DEV_FB_RESERVED",
        "DCGM_FI_DEV_FB_USED",
        "DCGM_FI_DEV_GPU_UTIL",
    },
    "vllm: vllm/v1/metrics/loggers.py, and vllm/engine/metrics.py before": {
        "vllm:gpu_cache_usage_perc",
        "vllm:kv_cache_usage_perc",
        "vllm:num_preemptions_total",
    },
    "text-embeddings-inference: core/src/queue.rs, core/src/infer.rs": {
        "te_queue_size",
        "te_request_failure",
        "te_request_queue_duration_bucket",
    },
    "semantic-conventions: docs/db/database-metrics.md": {
        "db_client_response_returned_rows_bucket",
        "db_client_response_returned_rows_count",
    },
    "litellm: litellm/types/integrations/prometheus.py": {
        "litellm_proxy_failed_requests_metric_total",
        "litellm_remaining_api_key_budget_metric",
    },
    "envoy: source/extensions/filters/http/ext_authz/ext_authz.h": {
        "envoy_http_ext_authz_denied",
        "envoy_http_ext_authz_error",
        "envoy_http_ext_authz_ok",
    },
    "envoy: envoy/upstream/upstream.h": {"envoy_cluster_membership_healthy"},
    "openmeter: openmeter/watermill/router/metrics.go": {
        "consumer_watermill_router_message_handler_message_count_total"
    },
    "svix: server/svix-server/src/metrics/redis.rs": {"svix_queue_depth_dlq"},
    "enix/x509-certificate-exporter: pkg/registry/collector.go": {"x509_cert_not_after"},
}


def expressions() -> Iterator[str]:
    handbook = shipped_alerts()
    yield from (alert.verification.query for alert in handbook.alerts)
    yield from (signal.expr for alert in handbook.own for signal in alert.signals)


def read() -> set[str]:
    return {metric for expression in expressions() for metric in metrics(expression)}


def test_metrics_of_components_are_registered_by_them() -> None:
    assert {metric for metric in read() if not metric.startswith("slo:")} == set().union(*REGISTERED.values())


def test_recorded_series_are_recorded() -> None:
    rules = (rule for slo in shipped() for group in groups(plan(slo)) for rule in group.rules)
    recorded = {rule.record for rule in rules if isinstance(rule, Recording)}
    own = {metric for metric in read() if metric.startswith("slo:")}
    assert own
    assert own <= recorded
