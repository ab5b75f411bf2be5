"""The shipped alerts against the handbook: 19 of them, six of rows, and five incidents."""

from collections import Counter

import pytest

from emberline.catalogue import AREAS, shipped, shipped_alerts, shipped_promises
from slo.handbook.agreement import misnamed
from slo.handbook.alert import OwnAlert, RowAlert
from slo.plan import generated_alert_names

# id, area, alert, row, automatic action, verification
HANDBOOK = [
    ("PA1", "platform", "HighMemoryUsage", None, "scale up the deployment", "memory"),
    ("PA2", "platform", "PodCrashLoopBackOff", None, "restart the pod", "pod status"),
    ("PA3", "platform", "HighErrorRate", "P3", "trigger a rollback", "error rate"),
    ("PA4", "platform", "DatabaseConnectionExhausted", None, "restart PgBouncer", "connections"),
    ("PA5", "platform", "CertificateExpiringSoon", None, "trigger the renewal", "expiry"),
    ("PA6", "platform", "HighLatency", "P2", "scale the service", "latency"),
    ("PA7", "platform", "GslbEndpointDown", None, "check the status of k8gb", "DNS"),
    ("AA1", "ai-hub", "VLLMHighLatency", "A1", "scale the vLLM replicas", "inference latency"),
    ("AA2", "ai-hub", "VLLMOOMKilled", None, "reduce the batch size", "memory"),
    ("AA3", "ai-hub", "GPUUtilizationLow", "A5", "scale down the GPU pods", "utilization"),
    ("AA4", "ai-hub", "GPUMemoryExhausted", None, "evict jobs of low priority", "GPU memory"),
    ("AA5", "ai-hub", "MilvusQuerySlow", "A6", "rebuild the index", "query latency"),
    ("AA6", "ai-hub", "EmbeddingQueueBacklog", None, "scale the BGE replicas", "queue depth"),
    ("AA7", "ai-hub", "RAGRetrievalEmpty", None, "alert and log for analysis", "retrieval quality"),
    ("AA8", "ai-hub", "LLMGatewayQuotaExhausted", None, "notify the user", "quota"),
    ("BA1", "banking", "KeycloakHighLatency", "B1", "scale Keycloak", "auth latency"),
    ("BA2", "banking", "QuotaServiceDown", None, "fail over to the backup", "quota service"),
    ("BA3", "banking", "BillingWebhookFailed", None, "retry with backoff", "webhook status"),
    ("BA4", "banking", "TPPCertExpiring", None, "alert the ops team", "certificate"),
]
INCIDENTS = [
    ("I1", "vLLM not responding", "P1"),
    ("I2", "GPU OOM", "P2"),
    ("I3", "Milvus query timeout", "P2"),
    ("I4", "Embedding service down", "P2"),
    ("I5", "RAG returning empty", "P3"),
]


def test_every_alert_of_the_handbook_is_there_in_its_order() -> None:
    assert [
        (
            alert.id,
            alert.area,
            alert.alert,
            alert.row if isinstance(alert, RowAlert) else None,
            alert.action.what,
            alert.verification.what,
        )
        for alert in shipped_alerts().alerts
    ] == HANDBOOK


def test_every_incident_of_the_handbook_is_there() -> None:
    incidents = shipped_alerts().incidents
    assert [(incident.id, incident.name, incident.priority) for incident in incidents] == INCIDENTS
    assert {incident.area for incident in incidents} == {"ai-hub"}


def test_alerts_and_rows_agree() -> None:
    assert list(misnamed(shipped_alerts(), shipped())) == []


def test_an_alert_has_one_name_across_rows_alerts_and_promises() -> None:
    rows = [name for slo in shipped() for name in (slo.alert.name, *generated_alert_names(slo.area, slo.name))]
    alerts = [alert.alert for alert in shipped_alerts().own]
    promises = [promise.alert.alert for promise in shipped_promises() if promise.alert]
    found = Counter([*rows, *alerts, *promises])
    assert [name for name, times in found.items() if times > 1] == []


@pytest.mark.parametrize("alert", shipped_alerts().own, ids=lambda alert: alert.id)
def test_an_alert_has_a_page_of_its_name_and_an_area_that_has_rows(alert: OwnAlert) -> None:
    assert alert.runbook == f"runbooks/{alert.alert}.md"
    assert alert.area in AREAS
